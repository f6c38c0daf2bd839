"""A run that cannot be read, or looked after, keeps no other run from being swept."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from chaos.domain.errors import Transient
from chaos.domain.sight import ClusterSight, ResidueKind
from chaos.domain.states import RunState
from chaos.models import Run
from chaos.services.clusters import installation
from chaos.services.store import DjangoStore
from chaos.services.sweep import sweep_cluster
from tests.chaos.services.test_aftermath import LATE, Bank, ended, seen
from tests.support.builders import a_drain_spec, a_node
from tests.support.cluster_port import left
from tests.support.launching import AT, a_run


def unreadable(state: RunState = RunState.ABORTED) -> str:
    """A run as another release wrote it down."""
    run = a_run(state)
    row = Run.objects.get(pk=run)
    Run.objects.filter(pk=run).update(spec={**row.spec, "of_another_release": 1})
    return run


@pytest.fixture
def troubled(port):
    """The port, with an engine and a result of a run that cannot be read, and an engine of one that can."""
    bad, good = unreadable(), a_run(RunState.COMPLETED)
    ours = installation()
    port.residues = (
        left("gd-bad-0", bad, ours),
        left("gd-bad-0-x", bad, ours, ResidueKind.RESULT),
        left("gd-good-0", good, ours),
    )
    port.sight = ClusterSight(AT, AT)
    port.bad, port.good = bad, good
    return port


def names(port):
    return [item.name for item in port.removed]


def test_what_could_inject_goes_whoever_s_it_is_also_where_its_run_cannot_be_read(troubled, caplog):
    with pytest.raises(ValueError):
        sweep_cluster("practice", troubled, AT)
    assert names(troubled) == ["gd-bad-0", "gd-good-0"]
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(said) == 1
    assert said[0].startswith(f"Whether anything came of run {troubled.bad} after its end is not known")
    assert "of_another_release" in said[0]
    assert "Swept from practice: ChaosEngine chaos/gd-bad-0" in caplog.text


def test_a_result_that_tells_of_a_run_that_cannot_be_read_wedges_nothing(troubled):
    """It stays, since it may say to whom something was done; everything else goes on around it."""
    troubled.residues = troubled.residues[1:2]
    for _ in range(2):
        with pytest.raises(ValueError):
            sweep_cluster("practice", troubled, AT)
    assert troubled.removed == []
    troubled.residues += (left("gd-late-0", troubled.good, installation()),)
    with pytest.raises(ValueError):
        sweep_cluster("practice", troubled, AT)
    assert names(troubled) == ["gd-late-0"]


def test_a_late_run_that_cannot_be_read_keeps_no_other_from_being_looked_after(troubled, caplog):
    Run.objects.filter(pk__in=[troubled.bad, troubled.good]).update(late_since=AT)
    troubled.residues = ()
    with pytest.raises(ValueError):
        sweep_cluster("practice", troubled, AT)
    assert [run for run, _ in DjangoStore().late("practice")] == [troubled.bad]
    assert f"What came of run {troubled.bad} after its end could not be seen to" in caplog.text


def test_what_cannot_be_deleted_keeps_nobody_from_undoing_what_else_came_late(troubled):
    Run.objects.filter(pk=troubled.good).update(late_since=AT)
    troubled.residues = troubled.residues[2:]
    troubled.fail["remove"] = Transient("Busy.")
    with pytest.raises(Transient):
        sweep_cluster("practice", troubled, AT)
    assert DjangoStore().late("practice") == []


class Odd(Bank):
    """Its first node cannot be set back, for a defect of ours."""

    def restore_node(self, pre, taint_keys, cordons):
        if pre.name == "node-0":
            raise KeyError("taints")
        super().restore_node(pre, taint_keys, cordons)


def test_a_defect_in_setting_back_one_node_keeps_no_other_from_being_set_back():
    store, port = ended(a_drain_spec()), Odd()
    (injection,) = store.record_.injections
    post = replace(injection.postcondition, nodes=(a_node(), a_node("node-1")))
    store.record_ = replace(store.record_, injections=(replace(injection, postcondition=post),))
    cordoned = tuple(a_node(name, is_schedulable=False) for name in ("node-0", "node-1"))
    store.late_since, port.sight = LATE, seen(store, nodes=cordoned)
    with pytest.raises(KeyError):
        sweep_cluster("bank", port, LATE, store)
    assert port.restored == ("node-1",)
