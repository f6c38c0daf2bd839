"""What `decide()` may say comes next. Each is carried out by one short, fenced, repeatable step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chaos.domain.run import Stop
from chaos.domain.states import RunState


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing until something new is seen."""


@dataclass(frozen=True, slots=True)
class TakeGrant:
    """Take the run's grant in the cluster: the lock, and the owner of all its engines."""


@dataclass(frozen=True, slots=True)
class Move:
    """Change the state, for this reason. Into `reverting`: act first, record alongside."""

    to: RunState
    why: str


@dataclass(frozen=True, slots=True)
class Request:
    """Record, then ask the cluster (or a person) for injection `index`."""

    index: int


@dataclass(frozen=True, slots=True)
class EndRung:
    """The rung's time is up: delete its engine, and look until it is proven gone."""


@dataclass(frozen=True, slots=True)
class MarkRung:
    """These injections were measured to be gone, at this instant."""

    indices: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Climb:
    """The rung before is proven gone and the steady state is back: name the targets of this one."""

    rung: int


@dataclass(frozen=True, slots=True)
class MarkInjected:
    """The fault was measured to be there, between these two instants."""

    index: int
    not_before: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WantStop:
    """Latch the intent to stop. Act first, record alongside."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class Revert:
    """Delete what could inject or come back; safe to repeat."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """Something of the run is there again after all was proven gone: the proof is void. Act first."""


@dataclass(frozen=True, slots=True)
class Recreate:
    """The helper did not undo injection `index`: delete its targets, and with them what is in them."""

    index: int


@dataclass(frozen=True, slots=True)
class Restore:
    """Litmus did not undo injection `index`: set its nodes or workloads back to exactly what they were."""

    index: int


@dataclass(frozen=True, slots=True)
class Clear:
    """All faults are proven gone: read the results back, then delete them and the grant."""


@dataclass(frozen=True, slots=True)
class AwaitLate:
    """All that could be looked for is gone; a create whose answer was lost may still land until then."""

    until: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class MarkSteps:
    """Steps of the way back that were measured for the first time; None: not this one."""

    baseline_at: datetime | None = None
    pods_gone_at: datetime | None = None
    clean_at: datetime | None = None
    steady_at: datetime | None = None
    stranded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoteLeft:
    """The run is stranded: write down what is left as of now, for whoever has to undo it by hand."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing of the run is left in the cluster: end in this state."""

    to: RunState


Decision = (
    Wait
    | TakeGrant
    | Move
    | Request
    | EndRung
    | MarkRung
    | Climb
    | MarkInjected
    | WantStop
    | Revert
    | CameBack
    | Recreate
    | Restore
    | Clear
    | AwaitLate
    | MarkSteps
    | NoteLeft
    | Finish
)
