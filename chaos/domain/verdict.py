"""What was learned: the expectations judged over the readings; whoever judges gets the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from chaos.domain.rungs import Rung
from chaos.domain.sight import Reading
from chaos.domain.spec import Expectation, ExpectationKind, RunSpec
from chaos.domain.states import Verdict
from chaos.domain.window import Answer, happens, holds, recovers, seconds, window

MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation's verdict, why, and the instant that decided it (None: nothing did)."""

    probe: str
    kind: ExpectationKind
    expected: str
    verdict: Verdict
    sentence: str
    at: datetime | None = None


def judge(
    spec: RunSpec,
    readings: Mapping[str, Sequence[Reading]],
    rungs: Sequence[Rung],
    ended_at: datetime,
    was_stopped: bool,
    missed: Sequence[str] = (),
) -> tuple[Outcome, ...]:
    """Every expectation over the readings between the injection of the first of `rungs`, those whose fault
    was there, and `ended_at`, the end of observing or the instant of the stop. What is given a time is judged
    from each rung's own injection: it recovers on every one of them, and happens on at least one.

    A window cut short never counts as held, and neither does what held while the fault was never seen on some
    of its targets, `missed` by name."""
    outcomes = []
    for item in spec.expectations:
        verdict, sentence, at = _judge(spec, item, readings.get(item.probe, ()), rungs, ended_at, was_stopped)
        expected = f"{item.comparison} {spec.probe(item.probe).unit}".rstrip()
        outcome = Outcome(item.probe, item.kind, expected, verdict, sentence, at)
        outcomes.append(_over_a_part(outcome, missed) if missed and rungs else outcome)
    return tuple(outcomes)


def _over_a_part(outcome: Outcome, missed: Sequence[str]) -> Outcome:
    """What broke under a part of the fault breaks under all of it; more is not known."""
    broke = outcome.verdict is Verdict.DEVIATED and outcome.kind is not ExpectationKind.HAPPENS_WITHIN
    if broke or outcome.verdict is Verdict.INCONCLUSIVE:
        return outcome
    names = ", ".join(missed[:MOST_NAMES]) + (
        f" and {len(missed) - MOST_NAMES} more" if missed[MOST_NAMES:] else ""
    )
    sentence = f"{outcome.sentence} But the fault was never seen on {names}."
    return replace(outcome, verdict=Verdict.INCONCLUSIVE, sentence=sentence)


def overall(outcomes: Sequence[Outcome]) -> Verdict:
    """Deviated if any deviated, else inconclusive if any is, else held. Nothing to judge is inconclusive."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if Verdict.DEVIATED in verdicts:
        return Verdict.DEVIATED
    return Verdict.HELD if verdicts == {Verdict.HELD} else Verdict.INCONCLUSIVE


def _judge(
    spec: RunSpec,
    item: Expectation,
    readings: Sequence[Reading],
    rungs: Sequence[Rung],
    ended_at: datetime,
    was_stopped: bool,
) -> Answer:
    if not rungs:
        return Verdict.INCONCLUSIVE, "The fault was never measured to be there.", None

    def over(rung: Rung, following: Rung | None = None) -> Answer:
        part = window(item, spec.probe(item.probe), readings, rung, following, ended_at, was_stopped)
        return _RULES[item.kind](part)

    total = len(spec.fault.rungs)
    if item.kind is ExpectationKind.HOLDS:
        answer = over(rungs[0])  # between the rungs, too
        if total == 1 or answer[2] is None:
            return answer
        rung = [rung for rung in rungs if rung.injected_at <= answer[2]][-1]
        return _on(rung, over(rung))
    answers = [(rung, over(rung, following)) for rung, following in zip_longest(rungs, rungs[1:])]
    if total == 1:
        return answers[0][1]
    return (_on_every if item.kind is ExpectationKind.RECOVERS_WITHIN else _on_any)(answers, total)


_RULES = {
    ExpectationKind.HOLDS: holds,
    ExpectationKind.HAPPENS_WITHIN: happens,
    ExpectationKind.RECOVERS_WITHIN: recovers,
}


def _on(rung: Rung, answer: Answer) -> Answer:
    verdict, sentence, at = answer
    return verdict, f"Rung {rung.number}: {sentence[0].lower()}{sentence[1:]}", at


def _on_every(answers: Sequence[tuple[Rung, Answer]], total: int) -> Answer:
    """Held only if every rung of the ladder was there and held."""
    for wanted in (Verdict.DEVIATED, Verdict.INCONCLUSIVE):
        for rung, answer in answers:
            if answer[0] is wanted:
                return _on(rung, answer)
    times = [(at - rung.injected_at, rung, at) for rung, (_, _, at) in answers if at]
    sentence, at = "It never left its tolerance.", None
    if times:
        took, rung, at = max(times, key=lambda item: item[0])
        sentence = f"It was back on every rung, at the slowest after {seconds(took)} on rung {rung.number}."
    if len(answers) < total:
        return Verdict.INCONCLUSIVE, f"{sentence} But rung {len(answers) + 1} was never there.", at
    return Verdict.HELD, sentence, at


def _on_any(answers: Sequence[tuple[Rung, Answer]], total: int) -> Answer:
    """Held by the first rung on which it happened; deviated only if every rung was there and it never did."""
    for wanted in (Verdict.HELD, Verdict.INCONCLUSIVE):
        for rung, answer in answers:
            if answer[0] is wanted:
                return _on(rung, answer)
    _, sentence, at = _on(*answers[-1])
    if len(answers) < total:
        return Verdict.INCONCLUSIVE, f"{sentence} Rung {len(answers) + 1} was never there.", None
    return Verdict.DEVIATED, f"It happened in time on no rung. {sentence}", at
