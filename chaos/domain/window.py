"""One expectation over one rung: the readings from its injection to the next rung's, or to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from chaos.domain.rungs import Rung
from chaos.domain.sight import Reading
from chaos.domain.spec import Expectation, ProbeSpec
from chaos.domain.states import Verdict
from chaos.domain.watching import unwatched

Answer = tuple[Verdict, str, datetime | None]
"""A verdict, why, and the instant that decided it (None: nothing did)."""

_NOTHING_KNOWN: Answer = (Verdict.INCONCLUSIVE, "There is no known reading after the injection.", None)


@dataclass(frozen=True, slots=True)
class Window:
    """The known readings of a rung; `good` says of each whether it is as expected.

    `known` begin with the measured injection. `early` are those between the request and it, with the last
    one from before the request in front: what was so by then already, this rung did not bring about.
    """

    rung: Rung
    deadline: datetime
    until: datetime
    is_last: bool
    was_stopped: bool
    unit: str
    known: tuple[tuple[datetime, float], ...]
    good: tuple[bool, ...]
    early: tuple[tuple[datetime, bool], ...]
    patience: timedelta
    """The longest time between two known readings in which the probe still counts as watched."""

    @property
    def is_cut_short(self) -> bool:
        """Whether the run ended before its time was up. A rung that another follows has come to its end."""
        return self.is_last and self.until < self.deadline

    def unseen(self, until: datetime, since: datetime | None = None) -> str:
        """When nobody looked for too long between `since` (the injection) and `until`, in words; or ""."""
        looks = (at for at, _ in self.known)
        gap = unwatched(looks, since or self.rung.injected_at, until, self.patience)
        if gap is None:
            return ""
        return f"Nothing is known from {self.after(gap[0])} to {self.after(gap[1])} after the injection."

    def after(self, at: datetime) -> str:
        return seconds(at - self.rung.injected_at)

    def was(self, value: float) -> str:
        return f"{value:g} {self.unit}".rstrip()


def seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.1f} s"


def window(
    item: Expectation,
    probe: ProbeSpec,
    readings: Sequence[Reading],
    rung: Rung,
    following: Rung | None,
    ended_at: datetime,
    was_stopped: bool,
) -> Window:
    """What was read between this rung's injection and the request for the `following` one, or the end."""
    until = min(following.asked_at, ended_at) if following else ended_at
    read = [(reading.at, reading.value) for reading in readings if reading.value is not None]
    known = tuple((at, value) for at, value in read if rung.injected_at <= at <= until)
    before = [found for found in read if found[0] < rung.asked_at][-1:]
    early = [*before, *(found for found in read if rung.asked_at <= found[0] < rung.injected_at)]
    is_good = item.comparison.is_true_of
    return Window(
        rung=rung,
        deadline=until if item.within is None else rung.injected_at + item.within,
        until=until,
        is_last=following is None,
        was_stopped=was_stopped and following is None,
        unit=probe.unit,
        known=known,
        good=tuple(is_good(value) for _, value in known),
        early=tuple((at, is_good(value)) for at, value in early),
        patience=probe.interval * (probe.blind_budget + 1) + probe.timeout,
    )


def holds(window: Window) -> Answer:
    if not window.known:
        return _NOTHING_KNOWN
    for (at, value), is_good in zip(window.known, window.good, strict=True):
        if not is_good:
            return Verdict.DEVIATED, f"It was {window.was(value)} after {window.after(at)}.", at
    if window.was_stopped:
        return Verdict.INCONCLUSIVE, "It held until the run was stopped early.", None
    if unseen := window.unseen(window.until):
        return Verdict.INCONCLUSIVE, f"It held where it was seen. {unseen}", None
    return Verdict.HELD, f"It held over {len(window.known)} readings.", None


def happens(window: Window) -> Answer:
    """To happen is to come about: what was so before the fault was asked for has to end and be so again."""
    looks = [*window.early, *((at, good) for (at, _), good in zip(window.known, window.good, strict=True))]
    came = (at for (_, was), (at, is_so) in pairwise(looks) if is_so and not was)
    first = next(came, None)
    if first and window.rung.is_early(first):
        return _came_early(window, first)
    if not window.known:
        return _NOTHING_KNOWN
    if first and first <= window.deadline:
        return Verdict.HELD, f"It happened after {window.after(first)}.", first
    if all(is_so for _, is_so in looks):
        sentence = "It was so before the fault was asked for, and all along: it did not come about."
        if looks[0][0] >= window.rung.asked_at:
            sentence = "Whether it was so before the fault was asked for is not known."
        return Verdict.INCONCLUSIVE, sentence, None
    if window.is_cut_short:
        return Verdict.INCONCLUSIVE, "The run ended before its time was up.", None
    if unseen := window.unseen(min(window.deadline, window.until)):
        return Verdict.INCONCLUSIVE, f"It was not seen to happen in time. {unseen}", None
    if first:
        return Verdict.DEVIATED, f"It happened after {window.after(first)}, too late.", window.deadline
    value = window.known[-1][1]
    return Verdict.DEVIATED, f"It did not happen; it was {window.was(value)} at the end.", window.deadline


def _came_early(window: Window, at: datetime) -> Answer:
    """Between the request and the instant at which the fault was known to be there: it took no longer than
    since the earliest instant at which it can have been there."""
    rung = window.rung
    sentence = (
        f"It happened {seconds(rung.injected_at - at)} before the fault was known to be there, "
        f"{seconds(at - rung.asked_at)} after it was asked for"
    )
    if rung.is_in_time(at, window.deadline - rung.injected_at):
        return Verdict.HELD, f"{sentence}.", at
    return Verdict.INCONCLUSIVE, f"{sentence}: whether that was in time is not known.", at


def recovers(window: Window) -> Answer:
    if not window.known:
        return _NOTHING_KNOWN
    bad = [at for (at, _), is_good in zip(window.known, window.good, strict=True) if not is_good]
    if bad and bad[-1] > window.deadline:
        return Verdict.DEVIATED, _still_out(window), window.deadline
    if not bad:
        if window.was_stopped and window.is_cut_short:
            return Verdict.INCONCLUSIVE, "It had not left its tolerance when the run was stopped.", None
        if unseen := window.unseen(min(window.deadline, window.until)):
            return Verdict.INCONCLUSIVE, f"It was not seen to leave its tolerance. {unseen}", None
        return Verdict.HELD, "It never left its tolerance.", None
    back = next((at for at, _ in window.known if at > bad[-1]), None)
    if back is None:
        then = "The run ended" if window.is_last else "The next rung came"
        return Verdict.INCONCLUSIVE, f"{then} before it was seen to be back.", None
    if back > window.deadline:
        if unseen := window.unseen(back, since=bad[-1]):
            sentence = f"It was back after {window.after(back)} at the latest. {unseen}"
            return Verdict.INCONCLUSIVE, sentence, None
        return Verdict.DEVIATED, f"It was back after {window.after(back)}, too late.", back
    if window.was_stopped and window.is_cut_short:
        sentence = f"It was back after {window.after(back)}, then the run was stopped."
        return Verdict.INCONCLUSIVE, sentence, back
    return Verdict.HELD, f"It was back after {window.after(back)}.", back


def _still_out(window: Window) -> str:
    """Where it stood when its time was up; it may have been back before that, and out again after it."""
    read = list(zip(window.known, window.good, strict=True))
    before = [(value, is_good) for (at, value), is_good in read if at <= window.deadline][-1:]
    if before and not before[0][1]:
        return f"It was still {window.was(before[0][0])} when its time was up."
    at, value = next(known for known, is_good in read if known[0] > window.deadline and not is_good)
    return f"It was {window.was(value)} after {window.after(at)}, when its time was up."
