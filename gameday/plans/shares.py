"""How many a share is: of what it was taken, and which way it was rounded."""

from __future__ import annotations

from chaos.domain.spec import TargetSpec
from chaos.domain.targets import Targets


def rounded(asked: TargetSpec | None, found: Targets | None) -> str:
    """`30 % of 6, rounded down: 1`; empty where no share was asked for, and where it is a whole number."""
    if asked is None or found is None or asked.percent in (None, 100):
        return ""
    if asked.is_of_nodes or asked.zone:  # a share of the matching ones, which may be fewer than all
        which = "in the zone" if asked.zone else "that match"
        return f"{asked.percent} % of those {which}, rounded down: {found.size}"
    exactly = (asked.percent or 0) * found.matched
    if exactly % 100 == 0:
        return ""
    which = "rounded down" if exactly > 100 else "rounded up to one, the least"
    return f"{asked.percent} % of {found.matched}, {which}: {found.size}"
