"""A ladder is judged rung by rung, each from its own injection."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.injection import InverseKind, Progress
from chaos.domain.rungs import Rung, rungs_there
from chaos.domain.sight import Reading
from chaos.domain.spec import Expectation, ExpectationKind, Stage
from chaos.domain.states import Verdict
from chaos.domain.verdict import judge
from tests.domain.views import NOW
from tests.support.builders import SECOND, a_manual_spec, a_probe, a_spec, below, injections_of

HOLDS, RECOVERS, HAPPENS = (
    ExpectationKind.HOLDS,
    ExpectationKind.RECOVERS_WITHIN,
    ExpectationKind.HAPPENS_WITHIN,
)
HELD, DEVIATED, UNCLEAR = Verdict.HELD, Verdict.DEVIATED, Verdict.INCONCLUSIVE
GOOD, BAD = 120.0, 300.0
SECOND_RUNG, WITHIN, ENDED = 40, 10, 70


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def read(*spans):
    """A reading a second from -5 to the end, good but for these (from, to, value)."""
    values = dict.fromkeys(range(-5, ENDED + 1), GOOD)
    for first, last, value in spans:
        values |= dict.fromkeys(range(first, last + 1), value)
    return values


def ladder(kind, values, ended=ENDED, was_stopped=False, climbed=2):
    """Two rungs, there at 0 and at 40 s, each asked for 3 s before; expected is below 200."""
    stages = (Stage(count=1), Stage(count=2))
    expectation = Expectation("p99", kind, below("200"), None if kind is HOLDS else WITHIN * SECOND)
    faults = (replace(a_spec().fault, stages=stages),)
    spec = a_spec(faults=faults, probes=(a_probe(),), expectations=(expectation,))
    readings = [Reading("p99", after(at), after(at), value) for at, value in values.items()]
    rungs = tuple(
        Rung(number + 1, after(at - 3), after(at - 1), after(at))
        for number, at in enumerate((0, SECOND_RUNG)[:climbed])
    )
    (found,) = judge(spec, {"p99": readings}, rungs, after(ended), was_stopped)
    return found


@pytest.mark.parametrize(
    ("kind", "values", "verdict", "at", "sentence"),
    [
        (
            RECOVERS,
            read((44, 49, BAD)),
            HELD,
            50,
            "every rung, at the slowest after 10.0 s on rung 2.",
        ),
        (RECOVERS, read((1, 7, BAD), (44, 46, BAD)), HELD, 8, "at the slowest after 8.0 s on rung 1."),
        (RECOVERS, read(), HELD, None, "It never left its tolerance."),
        (RECOVERS, read((44, 50, BAD)), DEVIATED, 51, "Rung 2: it was back after 11.0 s, too late."),
        (RECOVERS, read((2, 14, BAD)), DEVIATED, 10, "Rung 1: it was still 300 ms when its time was up."),
        (RECOVERS, read((38, 39, BAD), (42, 45, BAD)), HELD, 46, "after 6.0 s on rung 2."),
        (HAPPENS, read((-5, 46, BAD)), HELD, 47, "Rung 2: it happened after 7.0 s."),
        (HAPPENS, read((-5, 4, BAD)), HELD, 5, "Rung 1: it happened after 5.0 s."),
        (
            HAPPENS,
            read((-5, 70, BAD)),
            DEVIATED,
            50,
            "It happened in time on no rung. Rung 2: it did",
        ),
        (HAPPENS, read((-5, 12, BAD), (20, 70, BAD)), DEVIATED, 50, "on no rung. Rung 2: it did not happen"),
        (HOLDS, read((45, 45, BAD)), DEVIATED, 45, "Rung 2: it was 300 ms after 5.0 s."),
        (HOLDS, read((38, 38, BAD)), DEVIATED, 38, "Rung 1: it was 300 ms after 38.0 s."),
        (HOLDS, read(), HELD, None, "It held over 71 readings."),
    ],
)
def test_each_rung_is_judged_from_its_own_injection(kind, values, verdict, at, sentence):
    found = ladder(kind, values)
    assert sentence in found.sentence
    assert (found.verdict, found.at) == (verdict, None if at is None else after(at))


@pytest.mark.parametrize(
    ("kind", "values", "verdict"),
    [
        (RECOVERS, read((1, 7, BAD)), UNCLEAR),
        (RECOVERS, read((1, 15, BAD)), DEVIATED),
        (HAPPENS, read((-5, 25, BAD)), UNCLEAR),
        (HAPPENS, read((-5, 4, BAD)), HELD),
    ],
)
def test_of_a_rung_that_was_never_there_nothing_is_known(kind, values, verdict):
    found = ladder(kind, values, ended=25, was_stopped=True, climbed=1)
    assert found.verdict is verdict
    assert ("ung 2 was never there." in found.sentence) == (verdict is UNCLEAR)


def test_a_rung_that_the_next_one_followed_was_not_cut_short_by_the_stop():
    stopped = ladder(RECOVERS, read((1, 7, BAD)), ended=45, was_stopped=True)
    assert stopped.verdict is UNCLEAR
    assert stopped.sentence == "Rung 2: it had not left its tolerance when the run was stopped."


def test_a_fault_can_have_been_there_since_the_last_look_without_it():
    (injection,) = injections_of(a_spec())
    progress = Progress(0, requested_at=after(-9), not_before=after(-2), injected_at=NOW)
    assert rungs_there((injection,), (progress,)) == (Rung(1, after(-9), after(-2), NOW),)


def test_what_a_person_did_can_have_been_there_since_they_were_asked_whatever_their_word_says():
    (injection,) = injections_of(a_manual_spec())
    assert injection.inverse is InverseKind.PERSON
    progress = Progress(0, requested_at=after(-9), not_before=NOW, injected_at=NOW)
    assert rungs_there((injection,), (progress,)) == (Rung(1, after(-9), after(-9), NOW),)


def test_a_rung_is_there_once_its_first_part_is_and_one_that_never_was_is_left_out():
    (injection,) = injections_of(a_spec())
    parts = tuple(replace(injection, index=index, rung=rung) for index, rung in enumerate((0, 0, 1, 2)))
    times = ((-9, 3), (-8, 0), (30, 40), (60, None))
    progress = tuple(
        Progress(index, requested_at=after(asked), injected_at=None if at is None else after(at))
        for index, (asked, at) in enumerate(times)
    )
    found = rungs_there(parts, progress)
    assert [(rung.number, rung.injected_at) for rung in found] == [(1, NOW), (2, after(40))]
