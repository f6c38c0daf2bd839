"""What is written down of the way back: what is left while a run is stranded, and the proof at its end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chaos.domain.injection import Progress
from chaos.domain.measured import Measured, Part
from chaos.domain.proof import measured
from chaos.domain.proving import unmoved
from chaos.domain.record import Change
from chaos.domain.reverting import what_is_left
from chaos.domain.run import RunView
from chaos.domain.sight import Reading
from chaos.services import words
from chaos.services.acts import Tools

log = logging.getLogger(__name__)

UNMOVED = "it never left its tolerance while the fault was there, so it proves nothing of its end"


def note_left(view: RunView, tools: Tools, now: datetime) -> RunView:
    """What is left of a stranded run, as of now. Said in the log too, as long as it is so; on the timeline
    when other things are left than before."""
    found = what_is_left(view)
    is_news = view.left_noted_at and {item.key for item in found} != {item.key for item in view.left_noted}
    events = (words.left_now(found, now),) if is_news else ()
    tools.recorder.note(Change(at=now, residue=found, events=events))
    said = "; ".join(item.sentence for item in found) or "nothing; it is being measured again"
    log.error("Run %s is stranded. Left: %s. It is tried again.", tools.ref.run, said)
    return replace(view, left_noted=found, left_noted_at=now)


def with_proof(view: RunView, readings: Sequence[Reading], clean_at: datetime) -> tuple[Progress, ...]:
    """Every fault that was asked for as measured to be gone, with what was measured for it: by the look that
    just now showed that nothing is in the way."""
    reverted = tuple(
        replace(item, reverted_at=item.reverted_at or clean_at) if item.requested_at else item
        for item in view.progress
    )
    if view.seen is None:
        return reverted
    by_probe: dict[str, list[Reading]] = {}
    for reading in readings:
        by_probe.setdefault(reading.probe, []).append(reading)
    still = unmoved(replace(view, progress=reverted), by_probe)
    found = list[Progress]()
    for injection, progress in zip(view.injections, reverted, strict=True):
        if progress.requested_at:
            proof = measured(view, injection, view.seen, view.state_since)
            doubtful = injection.postcondition.probe in still
            progress = replace(progress, proof=tuple(_doubted(item, doubtful) for item in proof))
        found.append(progress)
    return tuple(found)


def _doubted(item: Measured, is_unmoved: bool) -> Measured:
    by_probe = item.part is Part.PROBE and not item.gone
    return replace(item, doubt=UNMOVED) if is_unmoved and by_probe else item
