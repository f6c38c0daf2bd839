"""The sweep: rings what nobody drives, removes what belongs to no live run, and nothing else."""

from datetime import timedelta

import pytest

from chaos.domain.errors import Transient
from chaos.domain.sight import ResidueKind
from chaos.domain.states import FINAL, RunState
from chaos.services.clusters import installation
from chaos.services.store import DjangoStore
from chaos.services.sweep import orphans, ring_overdue, sweep_cluster
from tests.support.cluster_port import left
from tests.support.launching import AT, a_run

SECOND = timedelta(seconds=1)
STORE = DjangoStore(lambda: AT)
overdue = STORE.overdue
LIVE = [state for state in RunState if state not in FINAL]


@pytest.mark.parametrize("state", LIVE)
def test_a_live_run_that_nobody_took_up_is_overdue_after_two_seconds(db, state):
    run = a_run(state)
    assert overdue(AT + 2 * SECOND) == []
    assert overdue(AT + 2.1 * SECOND) == [run]


def test_a_run_whose_driver_died_is_overdue_when_its_lease_is_over(db):
    run = a_run(RunState.INJECTING)
    STORE.claim(run, "first", AT)
    assert overdue(AT + 15 * SECOND) == []
    assert overdue(AT + 15.1 * SECOND) == [run]


def test_a_driver_that_keeps_its_lease_is_left_alone_however_long_it_takes(db):
    run = a_run(RunState.REVERTING)
    fence = STORE.claim(run, "first", AT)
    STORE.renew(run, fence, AT + 1000 * SECOND)
    assert overdue(AT + 1010 * SECOND) == []


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nobody_is_rung_for_a_run_that_is_over(db, state):
    a_run(state)
    assert overdue(AT + 60 * SECOND) == []


def test_every_overdue_run_is_rung_once_a_sweep(db):
    runs = {a_run(), a_run(cluster="second")}
    rung = []
    assert set(ring_overdue(AT + 5 * SECOND, rung.append)) == runs
    assert len(rung) == 2 and set(rung) == runs


def test_what_belongs_to_no_live_run_is_removed_whatever_it_is(port):
    over, ours = a_run(RunState.ABORTED), installation()
    port.residues = tuple(left(f"gd-{kind.value}", over, ours, kind) for kind in ResidueKind)
    port.residues += (left("gd-without-run", "", ours),)
    # Its result stays for as long as what it tells of is looked for.
    gone = tuple(item for item in port.residues if item.kind is not ResidueKind.RESULT)
    assert sweep_cluster("practice", port, AT).removed == gone
    assert port.removed == list(gone)


@pytest.mark.parametrize("state", LIVE)
def test_what_a_live_run_has_in_the_cluster_is_its_own(port, state):
    port.residues = (left("gd-live-0", a_run(state), installation()),)
    assert orphans(port) == ()
    assert sweep_cluster("practice", port, AT).removed == ()
    assert "remove" not in port.said


@pytest.mark.parametrize("whose", ["", "another-installation"])
def test_what_is_not_labelled_ours_is_never_touched(port, whose):
    port.residues = (left("gd-theirs", "", whose), left("gd-theirs-too", a_run(RunState.FAILED), whose))
    assert sweep_cluster("practice", port, AT).removed == ()
    assert port.removed == []


def test_a_run_launched_while_the_cluster_was_being_read_keeps_what_it_has(port):
    fresh = []

    def launch_in_between():
        fresh.append(a_run())
        port.residues = (left("gd-fresh-0", fresh[0], installation()),)

    port.fail["residue"] = launch_in_between
    assert orphans(port) == ()
    assert fresh


def test_a_cluster_that_does_not_answer_says_so(port):
    port.fail["residue"] = Transient("The API server did not answer.")
    with pytest.raises(Transient):
        sweep_cluster("practice", port, AT)
