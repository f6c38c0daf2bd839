"""Halt and release: every cluster at once, latched, and released by somebody with a reason."""

import threading

import pytest
from django.db import Error, connection

from chaos.domain.errors import Forbidden, Refused
from chaos.domain.sight import ResidueKind
from chaos.domain.states import RunState
from chaos.models import Halt, Run
from chaos.services.stop import halt, release
from tests.chaos.services.troubles import refuse_everything, refuse_writes, said
from tests.support.cluster_port import QuietCluster, left
from tests.support.launching import AT, a_run, launched


def test_a_halt_clears_every_cluster_latches_and_stops_every_live_run(port):
    a_run(RunState.INJECTING)
    a_run(RunState.BASELINING, cluster="second")
    port.residues = (left("gd-1-0"), left("gd-theirs", installation="another"))
    second = QuietCluster()
    done = halt("ada", "A real incident", {"practice": port, "second": second}, AT)
    assert (done.failed, done.record_error) == ({}, "")
    assert done.deleted == {"practice": port.residues, "second": ()}
    assert port.removed == list(port.residues)
    assert port.lever == second.lever == "A real incident (by ada)"
    assert {row.stop_kind for row in Run.objects.all()} == {"halt"}
    assert said("halt.pulled") == ["ada halted everything: A real incident"]
    Run.objects.update(state="aborted")
    with pytest.raises(Refused, match="A real incident"):
        launched()


def test_results_are_evidence_and_stay_for_the_run_to_read(port):
    result = left("gd-1-0-pod-delete", kind=ResidueKind.RESULT)
    port.residues = (result, left("gd-1-0"))
    assert result not in halt("ada", "Now", {"practice": port}, AT).deleted["practice"]
    assert result not in port.removed


@pytest.mark.parametrize("verb", ["pull_lever", "revert_all"])
@pytest.mark.parametrize(
    "error", [Forbidden("Not allowed."), KeyError("metadata")], ids=["refused", "a defect"]
)
def test_a_cluster_that_fails_is_named_and_holds_up_no_other(port, verb, error):
    port.fail[verb] = error
    good = QuietCluster(residues=(left("gd-1-0"),))
    done = halt("ada", "Now", {"practice": port, "good": good}, AT, pause=0)
    assert set(done.failed) == {"practice"}
    assert done.failed["practice"] == (
        "Not allowed." if isinstance(error, Forbidden) else "KeyError: 'metadata'"
    )
    assert good.removed == list(good.residues)
    assert Halt.objects.filter(released_at=None).exists()


def test_a_lever_that_cannot_be_pulled_does_not_keep_the_faults_from_being_deleted(port):
    port.residues, port.fail["pull_lever"] = (left("gd-1-0"),), Forbidden("Not allowed.")
    halt("ada", "Now", {"practice": port}, AT, pause=0)
    assert port.removed == list(port.residues)


def test_what_can_be_seen_is_deleted_while_what_cannot_is_said_and_tried_again(port):
    port.residues, port.unseen = (left("gd-1-0"),), ("500 to: list leases.",)
    done = halt("ada", "Now", {"practice": port}, AT, pause=0)
    assert done.deleted == {"practice": port.residues}
    assert done.failed == {"practice": "500 to: list leases."}
    assert port.said.count("revert_all") > 1


@pytest.mark.parametrize("trouble", [refuse_writes, refuse_everything])
def test_a_halt_without_the_database_clears_the_clusters_and_says_that_it_is_not_recorded(port, trouble):
    port.residues = (left("gd-1-0"),)
    with connection.execute_wrapper(trouble):
        done = halt("ada", "Now", {"practice": port}, AT)
    assert port.removed == list(port.residues)
    assert port.lever
    assert done.record_error


def test_a_halt_does_not_wait_for_one_cluster_before_it_turns_to_the_next(port):
    met = threading.Barrier(2, timeout=5)
    other = QuietCluster(fail={"pull_lever": met.wait})
    port.fail["pull_lever"] = met.wait
    assert halt("ada", "Now", {"practice": port, "other": other}, AT).failed == {}


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_release_needs_a_reason_and_touches_nothing_without_one(port, reason):
    halt("ada", "Now", {"practice": port}, AT)
    with pytest.raises(Refused, match="needs a reason") as caught:
        release("ada", reason, {"practice": port}, AT)
    assert caught.value.field == "reason"
    assert port.lever and Halt.objects.filter(released_at=None).exists()


def test_a_release_lets_new_runs_start_and_un_stops_none(port):
    run = a_run(RunState.INJECTING)
    halt("ada", "First", {"practice": port}, AT)
    halt("otto", "Second", {"practice": port}, AT)
    assert release("ada", "The incident is over.", {"practice": port}, AT) == 2
    assert port.lever == ""
    row = Run.objects.get(pk=run)
    assert (row.stop_kind, row.stop_reason) == ("halt", "Halted: First")
    held = Halt.objects.first()
    assert (held.released_by, held.release_reason) == ("ada", "The incident is over.")
    assert said("halt.released") == ["ada released the halt: The incident is over."]
    Run.objects.update(state="aborted")
    assert launched()


def test_a_lever_that_only_the_clusters_hold_is_released_by_name_too(port):
    port.lever = "pulled by labels"
    assert release("ada", "Over.", {"practice": port}, AT) == 0
    assert port.lever == ""
    assert said("halt.released") == ["ada released the halt: Over."]


def test_a_release_that_cannot_be_recorded_releases_nothing(port):
    port.lever = "held"
    with connection.execute_wrapper(refuse_writes), pytest.raises(Error):
        release("ada", "Over.", {"practice": port}, AT)
    assert port.lever == "held"
