"""People's words: taken once, in order, only when they can be true."""

import pytest
from django.db import IntegrityError, transaction

from chaos.domain import codec
from chaos.domain.errors import Refused
from chaos.domain.injection import Progress
from chaos.domain.states import FINAL, RunState
from chaos.journal.models import JournalEntry
from chaos.models import Run, RunInjection, Word
from chaos.services.attest import Milestone, attest, latest_run, milestone, note
from tests.support.builders import a_manual_spec
from tests.support.launching import AT, STREAM, a_run, an_order, launched


@pytest.fixture
def by_hand(port):
    """A manual fault that a person was asked to inject."""
    run = launched(port, an_order(spec=a_manual_spec(), ceiling=None))
    Run.objects.update(state="injecting")
    RunInjection.objects.update(progress=codec.to_plain(Progress(0, requested_at=AT)))
    return run


def refused(run, word, match):
    with pytest.raises(Refused, match=match):
        attest(run, word, "ravi", "", AT)
    assert not Word.objects.filter(word=word, by="ravi").exists()


def test_a_word_is_kept_with_who_and_when_and_told_to_the_organisers(by_hand):
    attest(by_hand, "injected", "ravi", "Expired at noon.", AT)
    word = Word.objects.get()
    assert (word.word, word.by, word.at, word.note) == ("injected", "ravi", AT, "Expired at noon.")
    entry = JournalEntry.objects.get(kind="run.word")
    assert entry.text == "ravi says that the fault is injected: Expired at noon."
    assert (entry.actor, entry.audience, entry.run) == ("ravi", "organisers", by_hand)


def test_the_same_word_is_taken_once(by_hand):
    attest(by_hand, "injected", "otto", "", AT)
    refused(by_hand, "injected", "otto said so already, at 10:00:00 UTC")
    with pytest.raises(IntegrityError), transaction.atomic():
        Word.objects.create(run_id=by_hand, word="injected", at=AT, by="ravi")


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_run_that_is_over_takes_no_word(by_hand, state):
    Run.objects.update(state=state.value)
    refused(by_hand, "reverted", "is over")


def test_a_fault_that_nobody_injects_by_hand_takes_no_word(port):
    refused(a_run(RunState.INJECTING), "injected", "No fault of this run is injected by hand")


@pytest.mark.parametrize("word", ["injected", "reverted"])
def test_nothing_is_attested_before_somebody_was_asked(by_hand, word):
    RunInjection.objects.update(progress=codec.to_plain(Progress(0)))
    refused(by_hand, word, "Nobody has been asked to inject yet")


@pytest.mark.parametrize("state", [RunState.BASELINING, RunState.OBSERVING, RunState.REVERTING])
def test_injected_is_too_late_outside_injecting(by_hand, state):
    Run.objects.update(state=state.value)
    refused(by_hand, "injected", "too late to inject")


def test_injected_is_too_late_once_a_stop_is_wanted(by_hand):
    Run.objects.update(stop_wanted_at=AT, stop_kind="person")
    refused(by_hand, "injected", "too late to inject")
    attest(by_hand, "reverted", "ravi", "", AT)


def test_what_was_said_to_be_undone_cannot_be_injected_afterwards(by_hand):
    attest(by_hand, "reverted", "otto", "", AT)
    refused(by_hand, "injected", "said to be undone already")


@pytest.mark.parametrize("word", ["", "Injected", "done", "reverted "])
def test_other_words_are_refused(by_hand, word):
    refused(by_hand, word, "say injected or reverted")


def test_a_note_is_a_line_on_the_timeline_and_an_empty_one_is_refused(db):
    note(STREAM, " Pager went off. ", "ravi", AT)
    assert JournalEntry.objects.get(kind="note").text == "Pager went off."
    with pytest.raises(Refused, match="few words"):
        note(STREAM, " \n", "ravi", AT)


@pytest.mark.parametrize("reached", Milestone)
def test_the_peoples_clock_is_marked_by_name(by_hand, reached):
    milestone(by_hand, reached, "ravi", AT)
    entry = JournalEntry.objects.get(kind="milestone")
    assert (entry.text, entry.body) == (f"ravi marks it {reached.value}.", {"milestone": reached.value})


def test_the_newest_run_of_a_scenario_is_meant(by_hand):
    assert latest_run(STREAM, "pod-failure") == by_hand
    with pytest.raises(Refused, match="has not been launched yet"):
        latest_run(STREAM, "another")
