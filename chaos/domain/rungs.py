"""When the fault of each rung was there: what is expected of a rung is counted from its own injection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.domain.injection import Injection, InverseKind, Progress


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung whose fault was there; without a ladder, the run's one injection.

    It was known to be there at `injected_at`: measured, or by a person's word. It was asked for at `asked_at`
    and cannot have been there before `earliest`: the last look without it, or, where a person did it and said
    so afterwards, the instant at which somebody was asked.
    """

    number: int
    asked_at: datetime
    earliest: datetime
    injected_at: datetime

    def is_early(self, at: datetime) -> bool:
        """Between the request and the instant at which the fault was known to be there."""
        return self.asked_at <= at < self.injected_at

    def is_in_time(self, at: datetime, within: timedelta) -> bool:
        """Of what came early, whether it surely was in time, whenever the fault was there."""
        return at - (self.earliest if self.is_early(at) else self.injected_at) <= within


def rungs_there(injections: Sequence[Injection], progress: Sequence[Progress]) -> tuple[Rung, ...]:
    """Every rung whose fault was known to be there, in order; a composite is, once its first part is."""
    found: dict[int, Rung] = {}
    for injection, how_far in zip(injections, progress, strict=True):
        at = how_far.injected_at
        if at is None:
            continue
        asked_at = min(how_far.requested_at or at, at)
        by_hand = injection.inverse is InverseKind.PERSON
        earliest = asked_at if by_hand else max(asked_at, min(how_far.not_before or asked_at, at))
        other = found.get(injection.rung)
        if other is None or at < other.injected_at:
            found[injection.rung] = Rung(injection.rung + 1, asked_at, earliest, at)
    return tuple(found[number] for number in sorted(found))
