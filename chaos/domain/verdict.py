"""What was learned: the expectations judged over the readings; whoever judges gets the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chaos.domain.sight import Reading
from chaos.domain.spec import Expectation, ExpectationKind, ProbeSpec, RunSpec
from chaos.domain.states import Verdict
from chaos.domain.watching import unwatched

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
    injected_at: datetime | None,
    ended_at: datetime,
    was_stopped: bool,
    missed: Sequence[str] = (),
) -> tuple[Outcome, ...]:
    """Every expectation over the readings between the measured injection and `ended_at`, the end of
    observing or the instant of the stop. A window cut short never counts as held, and neither does what held
    while the fault was never seen on some of its targets, `missed` by name."""
    outcomes = []
    for item in spec.expectations:
        probe = spec.probe(item.probe)
        verdict, sentence, at = _judge(
            item, probe, readings.get(item.probe, ()), injected_at, ended_at, was_stopped
        )
        expected = f"{item.comparison} {probe.unit}".rstrip()
        outcome = Outcome(item.probe, item.kind, expected, verdict, sentence, at)
        outcomes.append(_over_a_part(outcome, missed) if missed and injected_at else outcome)
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


_Answer = tuple[Verdict, str, datetime | None]


@dataclass(frozen=True, slots=True)
class _Window:
    """The known readings between injection and end; `good` says of each whether it is as expected."""

    injected_at: datetime
    deadline: datetime
    ended_at: datetime
    was_stopped: bool
    unit: str
    known: tuple[tuple[datetime, float], ...]
    good: tuple[bool, ...]
    patience: timedelta
    """The longest time between two known readings in which the probe still counts as watched."""

    def unseen(self, until: datetime, since: datetime | None = None) -> str:
        """When nobody looked for too long between `since` (the injection) and `until`, in words; or ""."""
        looks = (at for at, _ in self.known)
        gap = unwatched(looks, since or self.injected_at, until, self.patience)
        if gap is None:
            return ""
        return f"Nothing is known from {self.after(gap[0])} to {self.after(gap[1])} after the injection."

    def after(self, at: datetime) -> str:
        return f"{(at - self.injected_at).total_seconds():.1f} s"

    def was(self, value: float) -> str:
        return f"{value:g} {self.unit}".rstrip()


def _judge(
    item: Expectation,
    probe: ProbeSpec,
    readings: Sequence[Reading],
    injected_at: datetime | None,
    ended_at: datetime,
    was_stopped: bool,
) -> _Answer:
    if injected_at is None:
        return Verdict.INCONCLUSIVE, "The fault was never measured to be there.", None
    known = tuple(
        (reading.at, reading.value)
        for reading in readings
        if reading.value is not None and injected_at <= reading.at <= ended_at
    )
    if not known:
        return Verdict.INCONCLUSIVE, "There is no known reading after the injection.", None
    deadline = ended_at if item.within is None else injected_at + item.within
    good = tuple(item.comparison.is_true_of(value) for _, value in known)
    patience = probe.interval * (probe.blind_budget + 1) + probe.timeout
    window = _Window(injected_at, deadline, ended_at, was_stopped, probe.unit, known, good, patience)
    return _RULES[item.kind](window)


def _holds(window: _Window) -> _Answer:
    for (at, value), is_good in zip(window.known, window.good, strict=True):
        if not is_good:
            return Verdict.DEVIATED, f"It was {window.was(value)} after {window.after(at)}.", at
    if window.was_stopped:
        return Verdict.INCONCLUSIVE, "It held until the run was stopped early.", None
    if unseen := window.unseen(window.ended_at):
        return Verdict.INCONCLUSIVE, f"It held where it was seen. {unseen}", None
    return Verdict.HELD, f"It held over {len(window.known)} readings.", None


def _happens(window: _Window) -> _Answer:
    first = next((at for (at, _), good in zip(window.known, window.good, strict=True) if good), None)
    if first and first <= window.deadline:
        return Verdict.HELD, f"It happened after {window.after(first)}.", first
    if window.ended_at < window.deadline:
        return Verdict.INCONCLUSIVE, "The run ended before its time was up.", None
    if unseen := window.unseen(window.deadline):
        return Verdict.INCONCLUSIVE, f"It was not seen to happen in time. {unseen}", None
    if first:
        return Verdict.DEVIATED, f"It happened after {window.after(first)}, too late.", window.deadline
    value = window.known[-1][1]
    return Verdict.DEVIATED, f"It did not happen; it was {window.was(value)} at the end.", window.deadline


def _recovers(window: _Window) -> _Answer:
    bad = [at for (at, _), is_good in zip(window.known, window.good, strict=True) if not is_good]
    if bad and bad[-1] > window.deadline:
        return Verdict.DEVIATED, _still_out(window), window.deadline
    if not bad:
        if window.was_stopped and window.ended_at < window.deadline:
            return Verdict.INCONCLUSIVE, "It had not left its tolerance when the run was stopped.", None
        if unseen := window.unseen(min(window.deadline, window.ended_at)):
            return Verdict.INCONCLUSIVE, f"It was not seen to leave its tolerance. {unseen}", None
        return Verdict.HELD, "It never left its tolerance.", None
    back = next((at for at, _ in window.known if at > bad[-1]), None)
    if back is None:
        return Verdict.INCONCLUSIVE, "The run ended before it was seen to be back.", None
    if back > window.deadline:
        if unseen := window.unseen(back, since=bad[-1]):
            return (
                Verdict.INCONCLUSIVE,
                f"It was back after {window.after(back)} at the latest. {unseen}",
                None,
            )
        return Verdict.DEVIATED, f"It was back after {window.after(back)}, too late.", back
    if window.was_stopped and window.ended_at < window.deadline:
        return (
            Verdict.INCONCLUSIVE,
            f"It was back after {window.after(back)}, then the run was stopped.",
            back,
        )
    return Verdict.HELD, f"It was back after {window.after(back)}.", back


def _still_out(window: _Window) -> str:
    """Where it stood when its time was up; it may have been back before that, and out again after it."""
    read = list(zip(window.known, window.good, strict=True))
    before = [(value, is_good) for (at, value), is_good in read if at <= window.deadline][-1:]
    if before and not before[0][1]:
        return f"It was still {window.was(before[0][0])} when its time was up."
    at, value = next(known for known, is_good in read if known[0] > window.deadline and not is_good)
    return f"It was {window.was(value)} after {window.after(at)}, when its time was up."


_RULES = {
    ExpectationKind.HOLDS: _holds,
    ExpectationKind.HAPPENS_WITHIN: _happens,
    ExpectationKind.RECOVERS_WITHIN: _recovers,
}
