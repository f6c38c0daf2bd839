"""Halt and release: every cluster at once, latched, and released by somebody with a reason."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import Error, connection

from chaos.domain.errors import Forbidden, Refused
from chaos.domain.sight import ResidueKind
from chaos.domain.states import RunState
from chaos.journal import spool
from chaos.journal.models import JournalEntry
from chaos.models import Halt, Run
from chaos.services import halting
from chaos.services.halting import halt
from chaos.services.releasing import release
from tests.chaos.services.troubles import refuse_everything, refuse_writes, said
from tests.support.cluster_port import QuietCluster, left
from tests.support.launching import AT, a_run, launched
from tests.support.locking import held_by_another, soon
from tests.support.shared_database import shared_database

__all__ = ["shared_database"]

SOON, AT_ONCE = timedelta(seconds=5), timedelta(milliseconds=20)


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


@pytest.mark.parametrize("trouble", [refuse_writes, refuse_everything])
def test_a_halt_that_could_not_be_written_down_is_spooled_and_stands_in_the_journal_late(port, trouble):
    with connection.execute_wrapper(trouble):
        done = halt("ada", "Smoke", {"practice": port}, AT)
    assert [str(path) for path in spool.waiting()] == [done.spooled]
    assert spool.ingest(AT + timedelta(hours=1)).taken == ("ada halted everything: Smoke",)
    entry = JournalEntry.objects.get(kind="halt.pulled")
    assert (entry.at, entry.body["is_late"]) == (AT, True)


def test_a_halt_that_was_written_down_is_not_spooled(port, db):
    assert halt("ada", "Smoke", {"practice": port}, AT).spooled == "" and spool.waiting() == []


def test_a_disk_that_is_full_holds_up_no_halt(port, db, settings):
    settings.SPOOL_DIR = "/dev/null/spool"
    port.residues = (left("gd-1-0"),)
    with connection.execute_wrapper(refuse_everything):
        done = halt("ada", "Smoke", {"practice": port}, AT)
    assert port.removed == list(port.residues) and port.lever
    assert done.record_error and done.spooled == ""


def test_a_halt_does_not_wait_for_one_cluster_before_it_turns_to_the_next(port):
    met = threading.Barrier(2, timeout=5)
    other = QuietCluster(fail={"pull_lever": met.wait})
    port.fail["pull_lever"] = met.wait
    assert halt("ada", "Now", {"practice": port, "other": other}, AT).failed == {}


def test_a_cluster_that_hangs_is_named_in_time_hides_no_other_and_goes_on_being_tried(port, db):
    hold, hung = threading.Event(), QuietCluster()
    hung.fail["revert_all"] = lambda: hold.wait(5)
    run, port.residues = a_run(RunState.INJECTING), (left("gd-1-0"),)
    done = halt("ada", "Now", {"hung": hung, "practice": port}, AT, pause=0, patience=timedelta(seconds=0.5))
    assert (done.waiting, done.failed) == (("hung",), {})
    assert done.deleted == {"practice": port.residues}
    assert Run.objects.get(pk=run).stop_kind == "halt" and Halt.objects.get().by == "ada"
    hung.residues = (left("gd-2-0"),)
    hold.set()
    assert soon(lambda: hung.removed == list(hung.residues))


def test_what_fails_is_said_at_once_where_the_answer_is_due_and_is_tried_until_it_is_through(port, db):
    port.unseen = ("500 to: list leases.",)
    done = halt("ada", "Now", {"practice": port}, AT, pause=0.01, patience=timedelta(seconds=0.3))
    assert done.failed == {"practice": "500 to: list leases."}
    assert soon(lambda: port.said.count("revert_all") > halting.TRIES)
    port.unseen = ()
    assert soon(lambda: "practice" not in halting._kept_at)


def test_what_is_only_leaving_is_not_waited_for_and_is_set_back_beside_the_answer(port, db, monkeypatch):
    """A later pass sets nodes back, when the helpers are gone; there may be nobody else to."""
    monkeypatch.setattr(halting, "_was_released", lambda *_: False)
    passes = iter([False, False, True])
    revert_all = port.revert_all
    port.revert_all = lambda: replace(revert_all(), is_over=next(passes))
    began = time.monotonic()
    assert halt("ada", "Now", {"practice": port}, AT, pause=0.05, patience=timedelta(seconds=3)).failed == {}
    assert time.monotonic() - began < 2
    assert soon(lambda: port.said.count("revert_all") == 3 and "practice" not in halting._kept_at)


def test_of_several_halts_each_deletes_at_once_and_one_alone_goes_on_at_a_cluster(port, db, monkeypatch):
    going_on: list[int] = []
    monkeypatch.setattr(halting, "_was_released", lambda *_: going_on.append(threading.get_ident()))
    port.unseen = ("500 to: list leases.",)
    for tried in (1, 2, 3):
        halt("ada", "Now", {"practice": port}, AT, pause=0.02, patience=AT_ONCE)
        assert port.said.count("pull_lever") >= tried
    assert soon(lambda: len(going_on) > 5)
    assert len(set(going_on)) == 1
    port.unseen = ()
    assert soon(lambda: not halting._kept_at)


def test_a_release_ends_what_was_still_being_tried(port, db, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(halting, "_was_released", lambda since, cluster: released.is_set())
    port.unseen = ("500 to: list leases.",)
    halt("ada", "Now", {"practice": port}, AT, pause=0.01, patience=AT_ONCE)
    assert soon(lambda: "practice" in halting._kept_at)
    released.set()
    assert soon(lambda: "practice" not in halting._kept_at)
    count = len(port.said)
    time.sleep(0.05)
    assert len(port.said) == count


def test_whether_a_halt_was_released_is_asked_of_the_record(port):
    halt("ada", "Now", {"practice": port}, AT)
    assert not halting._was_released(AT, "")
    release("ada", "Over.", {"practice": port}, AT)
    assert halting._was_released(AT, "")
    halt("ada", "Again", {"practice": port}, AT)
    assert not halting._was_released(AT, "")


def test_the_same_person_halting_again_deletes_again_and_writes_nothing_twice(port):
    first = halt("ada", "Smoke", {"practice": port}, AT)
    later, port.residues = AT + timedelta(minutes=1), (left("gd-9-0"),)
    again = halt("ada", "More smoke", {"practice": port}, later)
    assert (first.since, again.since) == (None, AT)
    assert port.removed == [left("gd-9-0")]
    assert Halt.objects.get().reason == "Smoke"
    assert said("halt.pulled") == ["ada halted everything: Smoke"]
    release("ada", "Over.", {"practice": port}, later)
    assert halt("ada", "Anew", {"practice": port}, later).since is None


@pytest.mark.django_db(transaction=True)
def test_with_the_database_held_by_another_a_halt_answers_in_time_and_is_recorded_once_it_is_free(
    shared_database, monkeypatch
):
    monkeypatch.setattr(halting, "PAUSE", 0.05)
    port = QuietCluster()
    with held_by_another():
        began = time.monotonic()
        done = halt("ada", "Now", {"practice": port}, AT, patience=timedelta(milliseconds=200))
        assert time.monotonic() - began < 2
        assert done.record_error and port.lever
    assert soon(lambda: Halt.objects.filter(by="ada").count() == 1)


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
    assert release("ada", "The incident is over.", {"practice": port}, AT).on_record == 2
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
    assert release("ada", "Over.", {"practice": port}, AT).on_record == 0
    assert port.lever == ""
    assert said("halt.released") == ["ada released the halt: Over."]


def test_a_release_that_cannot_be_recorded_releases_nothing(port):
    port.lever = "held"
    with connection.execute_wrapper(refuse_writes), pytest.raises(Error):
        release("ada", "Over.", {"practice": port}, AT)
    assert port.lever == "held"
