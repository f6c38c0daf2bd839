"""The expectations judged over readings: never a verdict out of data that is not there."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.rungs import Rung
from chaos.domain.sight import Reading
from chaos.domain.spec import Expectation, ExpectationKind
from chaos.domain.states import Verdict
from chaos.domain.verdict import judge, overall
from tests.domain.views import NOW
from tests.support.builders import a_probe, a_spec, below

HOLDS, RECOVERS, HAPPENS = (
    ExpectationKind.HOLDS,
    ExpectationKind.RECOVERS_WITHIN,
    ExpectationKind.HAPPENS_WITHIN,
)
HELD, DEVIATED, UNCLEAR = Verdict.HELD, Verdict.DEVIATED, Verdict.INCONCLUSIVE
WITHIN, ENDED = 10, 20


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def outcome(kind, values, ended=ENDED, was_stopped=False, injected=NOW, missed=(), every=10):
    """`values`: seconds after the injection -> value, asked `every` so many; expected is below 200."""
    within = None if kind is HOLDS else timedelta(seconds=WITHIN)
    probe = replace(a_probe(), interval=timedelta(seconds=every), timeout=timedelta(0), blind_budget=3)
    spec = a_spec(probes=(probe,), expectations=(Expectation("p99", kind, below("200"), within),))
    readings = [
        Reading("p99", after(at), after(at), value, "" if value is not None else "no answer")
        for at, value in values.items()
    ]
    (found,) = judge(spec, {"p99": readings}, there(injected), after(ended), was_stopped, missed)
    return found


def there(injected):
    return (Rung(1, injected, injected, injected),) if injected else ()


GOOD, BAD = 120.0, 300.0

TABLE = [
    # kind, values, ended, was stopped, verdict, the instant that decided it
    (HOLDS, {1: GOOD, 19: GOOD}, ENDED, False, HELD, None),
    (HOLDS, {1: GOOD, 5: BAD, 6: GOOD}, ENDED, False, DEVIATED, 5),
    (HOLDS, {1: GOOD, 5: 200.0}, ENDED, False, DEVIATED, 5),
    (HOLDS, {1: GOOD, 5: BAD}, 6, True, DEVIATED, 5),
    (HOLDS, {1: GOOD}, 6, True, UNCLEAR, None),
    (HOLDS, {-5: BAD, 1: GOOD}, ENDED, False, HELD, None),
    (HOLDS, {1: GOOD, 25: BAD}, ENDED, False, HELD, None),
    (HOLDS, {1: GOOD, 2: None, 3: GOOD}, ENDED, False, HELD, None),
    (HOLDS, {1: None, 2: None}, ENDED, False, UNCLEAR, None),
    (HOLDS, {}, ENDED, False, UNCLEAR, None),
    (RECOVERS, {1: GOOD, 19: GOOD}, ENDED, False, HELD, None),
    (RECOVERS, {1: BAD, 8: GOOD, 19: GOOD}, ENDED, False, HELD, 8),
    (RECOVERS, {1: BAD, 10: GOOD}, ENDED, False, HELD, 10),
    (RECOVERS, {1: BAD, 5: GOOD, 6: BAD, 9: GOOD}, ENDED, False, HELD, 9),
    (RECOVERS, {1: BAD, 9.5: BAD, 10.5: GOOD}, ENDED, False, DEVIATED, 10.5),
    (RECOVERS, {1: BAD, 12: BAD, 13: GOOD}, ENDED, False, DEVIATED, 10),
    (RECOVERS, {1: BAD, 5: GOOD, 15: BAD}, ENDED, False, DEVIATED, 10),
    (RECOVERS, {1: BAD, 8: BAD}, 9, True, UNCLEAR, None),
    (RECOVERS, {1: BAD, 8: BAD, 11: None}, ENDED, False, UNCLEAR, None),
    (RECOVERS, {1: GOOD}, 5, True, UNCLEAR, None),
    (RECOVERS, {1: BAD, 4: GOOD}, 5, True, UNCLEAR, 4),
    (RECOVERS, {1: BAD, 4: GOOD}, 15, True, HELD, 4),
    (RECOVERS, {}, ENDED, False, UNCLEAR, None),
    (HAPPENS, {1: BAD, 8: GOOD, 12: BAD}, ENDED, False, HELD, 8),
    (HAPPENS, {1: BAD, 10: GOOD}, ENDED, False, HELD, 10),
    (HAPPENS, {1: BAD, 11: GOOD}, ENDED, False, DEVIATED, 10),
    (HAPPENS, {1: BAD}, ENDED, False, DEVIATED, 10),
    (HAPPENS, {-1: GOOD, 1: BAD}, ENDED, False, DEVIATED, 10),
    (HAPPENS, {-1: GOOD, 1: BAD, 4: GOOD}, ENDED, False, HELD, 4),
    (HAPPENS, {-1: GOOD, 1: GOOD, 19: GOOD}, ENDED, False, UNCLEAR, None),
    (HAPPENS, {1: BAD}, 5, True, UNCLEAR, None),
    (HAPPENS, {-1: BAD, 4: GOOD}, 5, True, HELD, 4),
    (HAPPENS, {4: GOOD}, ENDED, False, UNCLEAR, None),
    (HAPPENS, {1: None}, ENDED, False, UNCLEAR, None),
]


@pytest.mark.parametrize("kind, values, ended, was_stopped, verdict, at", TABLE)
def test_each_kind_of_expectation_in_time_late_cut_short_and_without_data(
    kind, values, ended, was_stopped, verdict, at
):
    found = outcome(kind, values, ended, was_stopped)
    assert found.verdict is verdict
    assert found.at == (None if at is None else after(at))
    assert found.sentence.endswith(".")
    assert found.expected == "< 200 ms"


@pytest.mark.parametrize("kind", ExpectationKind)
def test_without_a_measured_injection_nothing_was_learned(kind):
    found = outcome(kind, {1: GOOD, 19: BAD}, injected=None)
    assert found.verdict is UNCLEAR
    assert "never measured" in found.sentence


@pytest.mark.parametrize(
    "verdicts, verdict",
    [
        ((), UNCLEAR),
        ((HELD,), HELD),
        ((HELD, UNCLEAR), UNCLEAR),
        ((HELD, UNCLEAR, DEVIATED), DEVIATED),
        ((HELD, HELD), HELD),
    ],
)
def test_one_deviation_outweighs_everything_and_nothing_to_judge_is_inconclusive(verdicts, verdict):
    examples = {HELD: {1: GOOD}, DEVIATED: {1: BAD}, UNCLEAR: {}}
    assert overall([outcome(HOLDS, examples[item]) for item in verdicts]) is verdict


def test_a_run_cut_short_never_holds_whatever_was_read_unless_the_thing_itself_happened():
    chance = random.Random(7)
    for _ in range(300):
        values = {at: chance.choice([GOOD, BAD, None]) for at in range(1, 9)}
        for kind in (HOLDS, RECOVERS):
            assert outcome(kind, values, ended=8.5, was_stopped=True).verdict is not HELD


def test_each_expectation_is_judged_on_its_own_probe():
    expectations = tuple(Expectation(name, HOLDS, below("200")) for name in ("p99", "errors"))
    spec = a_spec(probes=(a_probe(), a_probe("errors", "")), expectations=expectations)
    readings = {"p99": [Reading("p99", after(1), after(1), BAD)]}
    first, second = judge(spec, readings, there(NOW), after(ENDED), False)
    assert (first.verdict, second.verdict) == (DEVIATED, UNCLEAR)
    assert second.expected == "< 200", "no unit, no trailing space"


@pytest.mark.parametrize(
    "kind, values, sentence",
    [
        (HAPPENS, {1: BAD, 12: GOOD, 13: GOOD}, "It happened after 12.0 s, too late."),
        (HAPPENS, {1: BAD, 9: 250.0}, "It did not happen; it was 250 ms at the end."),
        (RECOVERS, {1: BAD, 9: 250.0, 12: BAD}, "It was still 250 ms when its time was up."),
        (RECOVERS, {1: BAD, 5: GOOD, 15: BAD}, "It was 300 ms after 15.0 s, when its time was up."),
        (RECOVERS, {12: BAD, 13: GOOD}, "It was 300 ms after 12.0 s, when its time was up."),
    ],
)
def test_a_deviation_says_where_it_stood_when_its_time_was_up(kind, values, sentence):
    found = outcome(kind, values)
    assert found.verdict is DEVIATED
    assert found.sentence.endswith(sentence)


@pytest.mark.parametrize(
    "kind, values, verdict",
    [
        (HOLDS, {1: GOOD, 19: GOOD}, UNCLEAR),
        (HOLDS, {1: BAD}, DEVIATED),
        (RECOVERS, {1: GOOD, 19: GOOD}, UNCLEAR),
        (RECOVERS, {1: BAD, 12: BAD, 13: GOOD}, DEVIATED),
        (HAPPENS, {-1: BAD, 1: GOOD}, UNCLEAR),
        (HAPPENS, {1: BAD, 19: BAD}, UNCLEAR),
    ],
)
def test_what_held_over_a_part_of_the_fault_is_not_known_to_hold_over_all_of_it(kind, values, verdict):
    assert outcome(kind, values, missed=("api-1", "api-2")).verdict is verdict
    whole = outcome(kind, values)
    assert whole.verdict is not UNCLEAR
    if verdict is UNCLEAR:
        told = outcome(kind, values, missed=("api-1", "api-2")).sentence
        assert told == f"{whole.sentence} But the fault was never seen on api-1, api-2."


def test_many_who_were_missed_are_counted():
    told = outcome(HOLDS, {1: GOOD}, missed=tuple(f"api-{number}" for number in range(12))).sentence
    assert told.endswith("api-8, api-9 and 2 more.")


def seen(*parts):
    """{second: value}, once a second, out of (from, to, value) with nothing in between."""
    return {at: value for first, last, value in parts for at in range(first, last + 1)}


@pytest.mark.parametrize(
    ("kind", "values", "verdict"),
    [
        (HOLDS, seen((0, 20, GOOD)), HELD),
        (HOLDS, seen((0, 3, GOOD), (7, 20, GOOD)), HELD),
        (HOLDS, seen((0, 3, GOOD), (9, 20, GOOD)), UNCLEAR),
        (HOLDS, seen((6, 20, GOOD)), UNCLEAR),
        (HOLDS, seen((0, 14, GOOD)), UNCLEAR),
        (HOLDS, seen((0, 3, GOOD), (9, 20, BAD)), DEVIATED),
        (HAPPENS, seen((0, 3, BAD), (9, 20, BAD)), UNCLEAR),
        (HAPPENS, seen((0, 3, BAD), (12, 20, GOOD)), UNCLEAR),
        (HAPPENS, seen((0, 11, BAD), (12, 20, GOOD)), DEVIATED),
        (HAPPENS, seen((0, 1, BAD), (7, 20, GOOD)), HELD),
        (RECOVERS, seen((0, 2, GOOD), (9, 20, GOOD)), UNCLEAR),
        (RECOVERS, seen((0, 8, BAD), (14, 20, GOOD)), UNCLEAR),
        (RECOVERS, seen((0, 9, BAD), (12, 20, GOOD)), DEVIATED),
        (RECOVERS, seen((0, 8, BAD), (9, 20, GOOD)), HELD),
        (RECOVERS, seen((0, 2, GOOD), (12, 20, BAD)), DEVIATED),
    ],
)
def test_where_nobody_looked_for_longer_than_the_blind_budget_nothing_is_said(kind, values, verdict):
    found = outcome(kind, values, every=1)
    assert found.verdict is verdict
    if verdict is UNCLEAR:
        assert "Nothing is known from" in found.sentence


def happened(values, asked, earliest):
    """`values` as above; `asked` and `earliest` are seconds before the fault was known to be there."""
    expectation = Expectation("p99", HAPPENS, below("200"), timedelta(seconds=WITHIN))
    spec = a_spec(probes=(replace(a_probe(), interval=timedelta(seconds=10)),), expectations=(expectation,))
    readings = [Reading("p99", after(at), after(at), value) for at, value in values.items()]
    rung = Rung(1, after(-asked), after(-earliest), NOW)
    (found,) = judge(spec, {"p99": readings}, (rung,), after(ENDED), False)
    return found


@pytest.mark.parametrize(
    ("values", "asked", "earliest", "verdict", "at", "sentence"),
    [
        (
            {-9: GOOD, -3: GOOD, 1: GOOD},
            5,
            5,
            UNCLEAR,
            None,
            "so before the fault was asked for, and all",
        ),
        (
            {-3: GOOD, 1: GOOD},
            5,
            5,
            UNCLEAR,
            None,
            "Whether it was so before the fault was",
        ),
        (
            {-9: BAD, -2: GOOD, 1: GOOD},
            5,
            5,
            HELD,
            -2,
            "2.0 s before the fault was known to be",
        ),
        ({-40: BAD, -2: GOOD, 1: GOOD}, 30, 30, UNCLEAR, -2, "whether that was in time is not known"),
        ({-40: BAD, -2: GOOD, 1: GOOD}, 30, 5, HELD, -2, "28.0 s after it was asked for"),
        ({-9: GOOD, -2: BAD, 8: GOOD}, 5, 5, HELD, 8, "It happened after 8.0 s."),
        ({-9: BAD, -2: GOOD}, 5, 5, HELD, -2, "2.0 s before the fault was known to be"),
        ({-9: BAD, -2: BAD}, 5, 5, UNCLEAR, None, "no known reading after the injection"),
    ],
    ids=["all along", "unknown before", "before", "long before", "a late look", "anew", "cut short", "blind"],
)
def test_only_what_came_about_after_the_fault_was_asked_for_has_happened(
    values, asked, earliest, verdict, at, sentence
):
    found = happened(values, asked, earliest)
    assert (found.verdict, found.at) == (verdict, None if at is None else after(at))
    assert sentence in found.sentence
