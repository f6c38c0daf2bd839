"""A halt that could not be written down holds once it is put on record, unless somebody released it since."""

import pytest
from django.core.management import call_command
from django.db import connection

from chaos import tasks
from chaos.domain.errors import Refused, StoreUnavailable
from chaos.domain.states import RunState
from chaos.journal import spool
from chaos.journal.spool import Spooled
from chaos.models import Halt, Run
from chaos.services import latching
from chaos.services.halting import halt
from chaos.services.latching import ingest
from chaos.services.releasing import release
from tests.chaos.services.troubles import refuse_everything, said
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT, a_run, launched
from tests.support.locking import soon
from tests.support.shared_database import shared_database

__all__ = ["shared_database"]

BEFORE, SINCE, LATER = (AT.replace(hour=hour) for hour in (9, 11, 12))


def pull(cluster="", by="ada"):
    """With the database away, from a process that dies before it is back."""
    with connection.execute_wrapper(refuse_everything):
        halt(by, "Smoke", {cluster or "practice": QuietCluster()}, AT, cluster=cluster)
    assert not Halt.objects.exists() and len(spool.waiting()) == 1


def test_what_halts_everything_lets_nothing_start_once_it_is_on_record(port):
    pull()
    ingest(LATER)
    held = Halt.objects.get()
    assert (held.cluster, held.at, held.by, held.reason, held.released_at) == (None, AT, "ada", "Smoke", None)
    assert len(said("halt.pulled")) == 1 and spool.waiting() == []
    with pytest.raises(Refused, match="Smoke"):
        launched()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_has_it_on_its_own_disk_takes_it_without_a_worker(shared_database, monkeypatch):
    monkeypatch.setattr(latching, "INGEST_EVERY", 3600.0)
    spool.keep(
        Spooled(AT, "halt.pulled", "ada halted everything.", "ada", "Away.", halts=("",), reason="Smoke")
    )
    latching.begin_ingesting()
    assert soon(lambda: Halt.objects.filter(reason="Smoke").exists() and not spool.waiting())


def test_while_the_database_is_away_it_goes_on_trying(port):
    pull()
    with connection.execute_wrapper(refuse_everything):
        latching._try_to_ingest()
    assert len(spool.waiting()) == 1
    latching._try_to_ingest()
    assert Halt.objects.exists() and spool.waiting() == []


@pytest.mark.parametrize("take", [tasks.ingest_spool, lambda: call_command("journal", "ingest")])
def test_the_worker_and_the_command_latch_what_they_put_on_record(port, take):
    pull()
    take()
    assert Halt.objects.get().by == "ada" and len(said("halt.pulled")) == 1


def test_the_halt_of_one_cluster_holds_that_one_alone(port):
    there, here = a_run(RunState.INJECTING, cluster="second"), a_run(RunState.INJECTING)
    pull("second")
    ingest(LATER)
    assert Halt.objects.get().cluster.name == "second"
    assert Run.objects.get(pk=there).stop_kind == "halt" and not Run.objects.get(pk=here).stop_kind


def test_all_live_runs_are_to_stop_also_those_launched_since(port):
    a_run(RunState.INJECTING, launched_at=BEFORE)
    a_run(RunState.BASELINING, cluster="second", launched_at=SINCE)
    pull()
    ingest(LATER)
    stops = Run.objects.order_by("launched_at").values_list("stop_wanted_at", "stop_reason", "stopped_by")
    assert [*stops] == [(AT, "Halted: Smoke", "ada"), (LATER, "Halted: Smoke", "ada")]


@pytest.mark.parametrize(
    ("cluster", "released"), [("", ""), ("practice", "practice"), ("practice", "")], ids=lambda name: name
)
def test_what_was_released_since_is_not_held_again_though_the_halt_was_on_no_record(port, cluster, released):
    run = a_run(RunState.INJECTING)
    pull(cluster)
    release("fiona", "Over.", {"practice": port}, SINCE, released)
    ingest(LATER)
    assert not Halt.objects.exists() and not Run.objects.get(pk=run).stop_kind
    assert len(said("halt.pulled")) == 1


@pytest.mark.parametrize(("released", "at"), [("practice", SINCE), ("", BEFORE)], ids=["one", "before"])
def test_neither_an_earlier_release_nor_that_of_one_cluster_ends_a_halt_of_everything(port, released, at):
    pull()
    release("fiona", "Over.", {"practice": port}, at, released)
    ingest(LATER)
    assert Halt.objects.filter(released_at=None).count() == 1


def test_pulled_several_times_in_one_outage_it_is_held_once(port):
    pull()
    again = AT.replace(minute=1)
    with connection.execute_wrapper(refuse_everything):
        halt("ada", "Smoke", {"practice": QuietCluster()}, AT)
        halt("ada", "More smoke", {"practice": QuietCluster()}, again)
    ingest(LATER)
    assert Halt.objects.get().reason == "Smoke" and len(said("halt.pulled")) == 2


def test_two_people_hold_each_their_own(port):
    pull()
    with connection.execute_wrapper(refuse_everything):
        halt("fiona", "Fire", {"practice": QuietCluster()}, AT)
    ingest(LATER)
    assert {row.by for row in Halt.objects.all()} == {"ada", "fiona"}


def test_taken_again_after_a_crash_in_between_it_is_held_once_and_stays_released(port, monkeypatch):
    pull()
    with monkeypatch.context() as crash:
        crash.setattr(spool, "_take", refuse_everything)
        with pytest.raises(Exception, match="already closed"):
            ingest(LATER)
    assert Halt.objects.count() == 1 and said("halt.pulled") == []
    release("fiona", "Over.", {"practice": port}, LATER)
    ingest(LATER)
    assert Halt.objects.get().released_by == "fiona" and len(said("halt.pulled")) == 1


def test_released_while_it_is_latched_nothing_of_it_stays(port, monkeypatch):
    run = a_run(RunState.INJECTING)
    pull()
    answers = iter([False, True])
    monkeypatch.setattr(latching, "released_since", lambda at, cluster: next(answers))
    ingest(LATER)
    assert not Halt.objects.exists() and not Run.objects.get(pk=run).stop_kind


def test_a_stop_that_cannot_be_written_keeps_the_halt_waiting(port, monkeypatch):
    pull()

    def refuse(*_):
        raise StoreUnavailable("The stop could not be written down: away.")

    monkeypatch.setattr(latching, "want_stop", refuse)
    with pytest.raises(StoreUnavailable):
        ingest(LATER)
    assert len(spool.waiting()) == 1 and said("halt.pulled") == []


def test_a_cluster_that_is_not_registered_keeps_no_record_out_of_the_journal(port):
    spool.keep(Spooled(AT, "halt.by_labels", "ada halted gone.", "ada", "Away.", halts=("gone",)))
    ingest(LATER)
    assert not Halt.objects.exists() and len(said("halt.by_labels")) == 1


def test_a_stop_that_was_spooled_holds_nothing(port):
    spool.keep(Spooled(AT, "run.stop_wanted", "ada pressed Stop.", "ada", "Away.", "1"))
    ingest(LATER)
    assert not Halt.objects.exists()
