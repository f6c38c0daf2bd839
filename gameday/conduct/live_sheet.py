"""The run sheet: the day's scenarios in their order, the one in focus unfolded into its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chaos.domain.injection import InverseKind
from chaos.domain.states import Verdict
from gameday.conduct.live_room import NOT_ANNOUNCED, Room


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist; without an instant it is still ahead."""

    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A scenario. `state` is its newest run's, empty before the first; `verdict` only once it is known."""

    number: int
    key: str
    title: str
    state: str
    verdict: str
    run: str
    at: datetime | None
    is_in_focus: bool
    is_live: bool
    is_hidden: bool
    steps: tuple[Step, ...] = ()


def sheet(room: Room) -> tuple[SheetLine, ...]:
    lines = []
    for number, scenario in enumerate(room.spec.scenarios, 1):
        line, hidden = room.lines.get(scenario.key), room.hides(scenario.key)
        focus = room.run is not None and room.run.scenario == scenario.key
        ended = line is not None and line.state.is_final
        lines.append(
            SheetLine(
                number=number,
                key=scenario.key,
                title=NOT_ANNOUNCED if hidden else scenario.run.title,
                state=line.state.value if line else "",
                verdict=line.verdict.value if line and ended and line.verdict is not Verdict.AWAITED else "",
                run=line.run if line else "",
                at=line.launched_at if line else None,
                is_in_focus=focus,
                is_live=line is not None and not ended,
                is_hidden=hidden,
                steps=_steps(room) if focus else (),
            )
        )
    return tuple(lines)


def _steps(room: Room) -> tuple[Step, ...]:
    run = room.run
    if run is None:
        return ()
    marks, ended = run.marks, run.state_since if run.state.is_final else None
    steps = [Step("Launched", run.launched_at), Step("Steady state measured", marks.baseline_at)]
    if not room.is_hidden:
        by_hand = any(item.inverse is InverseKind.PERSON for item in run.injections)
        steps.append(Step(f"Fault {'said' if by_hand else 'measured'} to be there", run.injected_at))
    steps.append(Step("Stopped" if run.stop else "Fault and observation over", marks.ended_at))
    steps.append(Step("Fault measured to be gone", marks.clean_at))
    steps.append(Step("Steady state back", marks.steady_at))
    steps.append(Step("Ended", ended))
    return tuple(steps)
