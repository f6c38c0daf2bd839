"""What the watchdog did while Gameday was away stands in the journal once that is back, as its word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos import wiring
from chaos.domain.errors import Transient
from chaos.domain.states import RunState
from chaos.journal import ORGANISATION
from chaos.journal.models import JournalEntry
from chaos.journal.timeline import of_run
from chaos.journal.verify import verify
from chaos.ports import Told
from chaos.services.clusters import installation
from chaos.services.drive import End
from chaos.services.watchdog_words import MARK, take
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT, STREAM, a_cluster, a_run

BACK = "As before the fault again: node kafka-1 (cordoned)."


def word(run: str = "", uid: str = "e-1", text: str = BACK, reason: str = "SetBack", whose: str = "") -> Told:
    return Told(uid, AT + timedelta(seconds=31), reason, text, run, whose or installation())


def words() -> list[JournalEntry]:
    return [*JournalEntry.objects.filter(kind__startswith="watchdog.").order_by("stream", "seq")]


def test_it_is_on_the_timeline_of_the_run_with_its_own_instant_and_marked_as_the_watchdogs(port):
    run = a_run(RunState.REVERTING)
    port.words = (word(run, "e-1", "Run has not been heard of for 30 s.", "Ending"), word(run, "e-2"))
    assert len(take("practice", port.words)) == 2
    ending, back = of_run(STREAM, run).filter(kind__startswith="watchdog.")
    assert (ending.kind, back.kind) == ("watchdog.ending", "watchdog.setback")
    assert back.at == AT + timedelta(seconds=31)
    assert (back.actor, back.actor_name) == ("gameday-watchdog", "The watchdog in the cluster")
    assert back.text == f"The watchdog in the cluster: {BACK} {MARK}"
    told_by = {"told_by": "gameday-watchdog", "cluster": "practice"}
    assert back.body == {**told_by, "event": "e-2", "is_late": True}
    assert not verify().broken


def test_asked_again_it_stands_there_once(port):
    port.words = (word(a_run()), word(text="Nothing is left.", uid="e-2"))
    assert len(take("practice", port.words)) == 2
    assert take("practice", port.words) == []
    assert len(words()) == 2


def test_a_run_that_is_over_gets_it_too(port):
    run = a_run(RunState.ABORTED)
    port.words = (word(run),)
    take("practice", port.words)
    assert [entry.run for entry in words()] == [run]


@pytest.mark.parametrize("run", ["", "no run", "0f0e0d0c-0000-4000-8000-000000000000"])
def test_what_belongs_to_no_run_that_is_known_stands_in_the_organisations_stream(port, run):
    port.words = (word(run),)
    take("practice", port.words)
    (entry,) = words()
    assert (entry.stream.name, entry.run) == (ORGANISATION, "")
    assert "in the cluster practice: As before" in entry.text


def test_what_it_did_for_another_installation_is_that_ones_to_record(port):
    port.words = (word(whose="another"),)
    assert take("practice", port.words) == [] and words() == []


def test_text_that_no_database_holds_keeps_nothing_from_the_record(port):
    port.words = (word(text="Told to go: \x00\ud800."),)
    assert len(take("practice", port.words)) == 1 and len(words()) == 1


def test_it_is_heard_when_a_run_is_over_and_keeps_no_run_from_ending(port, monkeypatch):
    run = a_run(RunState.ABORTED)
    monkeypatch.setattr(wiring, "_port", lambda found: port)
    monkeypatch.setattr(wiring, "drive", lambda *args: End.OVER)
    port.words, port.fail = (word(run),), {"watchdog_said": Transient("The API server did not answer.")}
    assert wiring.host(run) is End.OVER and words() == []
    port.fail = {}
    assert wiring.host(run) is End.OVER and len(words()) == 1


def test_one_cluster_that_does_not_answer_keeps_no_other_from_being_heard(port, monkeypatch):
    a_cluster("broken", "uid-of-broken")
    silent = QuietCluster(fail={"watchdog_said": Transient("Away.")})
    monkeypatch.setattr(wiring, "_port", lambda found: silent if found.name == "broken" else port)
    port.words = (word(),)
    assert len(wiring.hear_watchdogs()) == 1
