"""The three facts about a run and the legal moves between states.

State is where the machine is, intent is that a stop is wanted, verdict is what was learned; each has
one writer. No edge leads from a live fault to an end: only `reverting`, measured, does.
"""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    PENDING = "pending"
    BASELINING = "baselining"
    INJECTING = "injecting"
    OBSERVING = "observing"
    REVERTING = "reverting"
    COMPLETED = "completed"
    ABORTED = "aborted"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in FINAL


class Verdict(StrEnum):
    """What the expectations say: `awaited` until there is an answer, never a guess out of missing data."""

    AWAITED = "awaited"
    HELD = "held"
    DEVIATED = "deviated"
    INCONCLUSIVE = "inconclusive"


class StopKind(StrEnum):
    """Why a stop was wanted."""

    BREACH = "breach"
    BLIND = "blind"
    DEADLINE = "deadline"
    BASELINE = "baseline"
    PERSON = "person"
    HALT = "halt"
    FAULT = "fault"
    RECORD = "record"
    LIMITS = "limits"
    GONE = "target gone"


S = RunState
FINAL = frozenset({S.COMPLETED, S.ABORTED, S.FAILED})

TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    S.PENDING: frozenset({S.BASELINING, S.ABORTED}),  # nothing has touched the cluster yet
    S.BASELINING: frozenset({S.INJECTING, S.REVERTING}),
    S.INJECTING: frozenset({S.OBSERVING, S.REVERTING}),
    S.OBSERVING: frozenset({S.REVERTING}),
    S.REVERTING: frozenset({S.COMPLETED, S.ABORTED, S.FAILED}),
    S.COMPLETED: frozenset(),
    S.ABORTED: frozenset(),
    S.FAILED: frozenset(),
}


def may_move(origin: RunState, to: RunState) -> bool:
    return to in TRANSITIONS[origin]
