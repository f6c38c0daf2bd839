"""Pods that took the names of others are replaced for as long as what came late may be in them."""

from dataclasses import replace

import pytest

from chaos.domain.errors import Transient
from chaos.services.sweep import sweep_cluster
from tests.chaos.services.late import LATE, MINUTE, RUN, Bank, ended, kinds, seen
from tests.support.builders import a_latency_spec, pods
from tests.support.cluster_port import left
from tests.support.launching import AT

ENGINE = left("gd-0f0e0d0c-0", RUN, "i")


def named_anew(how):
    return tuple(replace(pod, uid=f"{how}-{pod.uid}") for pod in pods())


@pytest.fixture
def bank():
    """A store and a cluster: an engine of a run that had replaced its targets has come after its end and gone
    again, and put its fault into those that have their names by now."""
    store, port = ended(a_latency_spec()), Bank()
    replaced = replace(store.record_.progress[0], recreated_at=AT - MINUTE)
    store.record_ = replace(store.record_, progress=(replaced,))
    port.residues, port.sight = (ENGINE,), seen(store, pods=named_anew("second"), residue=(ENGINE,))
    sweep_cluster("bank", port, LATE, store)
    port.residues, port.sight, port.removed = (), seen(store, pods=named_anew("second")), []
    return store, port


def removed(port, store, minutes):
    port.removed = []
    sweep_cluster("bank", port, LATE + minutes * MINUTE, store)
    return {item.uid for item in port.removed}


def test_what_was_not_deleted_is_deleted_the_next_time_and_not_called_gone(bank):
    store, port = bank
    held = {f"second-uid-{number}" for number in range(3)}
    port.fail["remove"] = Transient("Busy.")
    with pytest.raises(Transient):
        sweep_cluster("bank", port, LATE + MINUTE, store)
    del port.fail["remove"]
    assert removed(port, store, 2) == held
    assert "run.gone_late" not in kinds(store)


def test_what_another_engine_that_comes_late_did_to_the_replacements_is_undone_too(bank):
    store, port = bank
    assert removed(port, store, 1)
    port.residues, port.sight = (ENGINE,), seen(store, pods=named_anew("third"), residue=(ENGINE,))
    sweep_cluster("bank", port, LATE + 2 * MINUTE, store)
    port.residues, port.sight = (), seen(store, pods=named_anew("third"))
    assert removed(port, store, 3) == {f"third-uid-{number}" for number in range(3)}
    port.sight = seen(store, pods=named_anew("fourth"))
    assert removed(port, store, 4) == set()
    assert kinds(store)[-1] == "run.gone_late" and store.late("bank") == []
