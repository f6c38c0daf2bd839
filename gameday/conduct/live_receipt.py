"""The way back, rung by rung, until it is the stop receipt: each line with its time, or what keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.injection import InverseKind
from chaos.domain.states import RunState
from chaos.services.evidence_queries import RunEvidence
from gameday.conduct.live_room import Room
from gameday.conduct.live_words import took


@dataclass(frozen=True, slots=True)
class Rung:
    """`state`: done, now, ahead, or missing (the run ended without it). `after` counts from the first."""

    text: str
    at: datetime | None
    state: str
    after: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """`gone` of `count` faults are measured to be gone. `failures`: what did not go through, newest last."""

    heading: str
    is_over: bool
    is_proven: bool
    gone: int
    count: int
    rungs: tuple[Rung, ...]
    failures: tuple[str, ...]
    residue: tuple[str, ...]
    is_stranded: bool


def receipt(room: Room) -> Receipt | None:
    """None while nothing is being undone and nobody wants a stop."""
    run = room.run
    if run is None or not (run.stop or run.marks.decided_at or run.state is RunState.REVERTING):
        return None
    over = run.state.is_final
    asked = [item for item in run.progress if item.requested_at]
    failures = room.of("run.act_failed")
    since = run.marks.decided_at or (run.stop.at if run.stop else run.launched_at)
    return Receipt(
        heading=_heading(run),
        is_over=over,
        is_proven=run.is_proven_gone,
        gone=sum(item.reverted_at is not None for item in asked),
        count=len(asked),
        rungs=_rungs(room, run),
        failures=() if over else tuple(item.text for item in failures if item.at >= since)[-3:],
        residue=run.residue,
        is_stranded=room.is_stranded,
    )


def _heading(run: RunEvidence) -> str:
    if run.state.is_final:
        return "Stop receipt" if run.stop else "Receipt"
    return "Stopping" if run.stop else "Undoing"


def _rungs(room: Room, run: RunEvidence) -> tuple[Rung, ...]:
    marks, found = run.marks, list[tuple[str, datetime | None]]()
    decided = marks.decided_at or (run.stop.at if run.stop else None)
    if marks.breach_at:
        found.append(("First reading beyond the limit", marks.breach_at))
    found.append((_decision(room, run), decided))
    if run.state.is_final and marks.granted_at is None and not run.was_requested:
        return _told([*found, ("It was over before anything was injected", run.state_since)], run)
    if any(item.inverse is InverseKind.PERSON for item in run.injections) and run.was_requested:
        word = next((item.at for item in run.words if item.word == "reverted"), None)
        found.append(("A person says that it is undone", word))
    found.append(("The API server has taken every delete", marks.accepted_at))
    found.append(("No job and no pod of the run is left", marks.pods_gone_at))
    found.append(("Every fault is measured to be gone", marks.clean_at))
    found.append(("The steady state is back", marks.steady_at))
    return _told(found, run)


def _told(found: Sequence[tuple[str, datetime | None]], run: RunEvidence) -> tuple[Rung, ...]:
    first = next((at for _, at in found if at), run.launched_at)
    current = next((text for text, at in found if at is None), "")
    over = run.state.is_final
    return tuple(
        Rung(
            text,
            at,
            "done" if at else "missing" if over else "now" if text == current else "ahead",
            took(at - first) if at else "",
        )
        for text, at in found
    )


def _decision(room: Room, run: RunEvidence) -> str:
    if run.stop is None:
        return "Time was up"
    return f"{room.name(run.stop.by)} pressed Stop" if run.stop.by else "Stop decided"
