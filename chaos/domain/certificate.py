"""The residue certificate: the clean-up's own verdict of a run, apart from the hypothesis'. Pure.

It is worked out from what was recorded, each time anew. It says clean of a run only where every part of every
postcondition has a measurement that proves something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chaos.domain.injection import Injection, Progress
from chaos.domain.measured import MEANS, Part
from chaos.domain.proof import expected
from chaos.domain.reverting import is_stranded
from chaos.domain.run import Marks
from chaos.domain.states import RunState


class Cleanup(StrEnum):
    """From the best to the worst: a run is what its worst injection is."""

    NOTHING = "nothing was injected"
    CLEAN = "clean"
    GONE = "target gone"
    OPEN = "not over yet"
    UNPROVEN = "cannot be proven"
    STRANDED = "stranded"


_ORDER = list(Cleanup)


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a postcondition: what had to be so, by what means it was looked at, and what was found, and
    when. `found` is empty and `at` None where it was not measured; `doubt` says why what was found proves
    nothing."""

    part: Part
    wanted: str
    means: str
    found: str = ""
    at: datetime | None = None
    gone: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class OfInjection:
    """What became of one injection. `targets` are the names of the pods or nodes that were asked for."""

    index: int
    name: str
    fault: str
    targets: tuple[str, ...]
    verdict: Cleanup
    sentence: str
    requested_at: datetime | None
    reverted_at: datetime | None
    lines: tuple[Line, ...]


def judge(
    injections: Sequence[Injection],
    progress: Sequence[Progress],
    state: RunState,
    marks: Marks,
    is_unprovable: bool,
) -> tuple[Cleanup, tuple[OfInjection, ...]]:
    """The verdict of the run, and of each of its injections. `is_unprovable`: its fault leaves nothing by
    which its end could be measured."""
    found = tuple(
        _of(injection, how_far, state, marks, is_unprovable)
        for injection, how_far in zip(injections, progress, strict=True)
    )
    worst = max((item.verdict for item in found), key=_ORDER.index, default=Cleanup.NOTHING)
    if worst is Cleanup.NOTHING and not state.is_final:
        worst = Cleanup.OPEN  # it may still be injected
    return worst, found


def _of(
    injection: Injection, progress: Progress, state: RunState, marks: Marks, is_unprovable: bool
) -> OfInjection:
    by_part = {item.part: item for item in progress.proof}
    lines = tuple(
        Line(part, wanted, MEANS[part], item.found, item.at, item.gone, item.doubt)
        if (item := by_part.get(part))
        else Line(part, wanted, MEANS[part])
        for part, wanted in expected(injection).items()
    )
    verdict, sentence = _verdict(progress, lines, state, marks, is_unprovable)
    return OfInjection(
        index=injection.index,
        name=injection.name,
        fault=injection.fault,
        targets=tuple(target.name for target in (injection.targets or injection.nodes)),
        verdict=verdict,
        sentence=sentence,
        requested_at=progress.requested_at,
        reverted_at=progress.reverted_at,
        lines=lines if progress.requested_at else (),
    )


def left_alone(progress: Sequence[Progress]) -> str:
    """What came after the run's end, too late to be looked into, in a sentence; empty where nothing did."""
    instants = [item.left_alone_at for item in progress if item.left_alone_at]
    if not instants:
        return ""
    return (
        f"Long after the run's end, something of it came (seen at {max(instants):%Y-%m-%d %H:%M:%S} UTC). "
        "It was deleted; what it did was not looked for. Look at the targets."
    )


def _verdict(
    progress: Progress, lines: Sequence[Line], state: RunState, marks: Marks, is_unprovable: bool
) -> tuple[Cleanup, str]:
    if progress.requested_at is None:
        return Cleanup.NOTHING, "It was never asked for."
    if is_stranded(marks) and not state.is_final:
        return Cleanup.STRANDED, "It was not measured to be gone in time, and is being undone still."
    if not state.is_final:
        return Cleanup.OPEN, "The run is not over yet."
    if marks.clean_at is None or progress.reverted_at is None:
        return Cleanup.UNPROVEN, "It was never measured to be gone."
    if alone := left_alone((progress,)):
        return Cleanup.UNPROVEN, alone
    if unmeasured := [line.wanted for line in lines if line.at is None]:
        return Cleanup.UNPROVEN, f"Not on record as measured: {'; '.join(unmeasured)}."
    if doubts := [f"{line.found}, but {line.doubt}" for line in lines if line.doubt]:
        return Cleanup.UNPROVEN, f"{'; '.join(doubts)}."
    if is_unprovable:
        return Cleanup.UNPROVEN, "This fault leaves nothing by which its end could be measured."
    if gone := sorted({name for line in lines for name in line.gone}):
        return Cleanup.GONE, f"{', '.join(gone)} is no more there, and what was done to it went along."
    return Cleanup.CLEAN, "Every part of its postcondition was measured to hold."
