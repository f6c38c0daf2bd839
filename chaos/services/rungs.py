"""Steps of a ladder: a rung marked as gone, and the next one named."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chaos.domain.allowing import in_context, limits_of
from chaos.domain.decisions import MarkRung
from chaos.domain.errors import OverLimits, Refused
from chaos.domain.injection import Injection
from chaos.domain.record import Change
from chaos.domain.run import RunView
from chaos.faults.catalogue import plan_injections
from chaos.services import words
from chaos.services.acts import Tools
from chaos.services.clusters import at_home, named


def mark_rung(view: RunView, decision: MarkRung, tools: Tools, now: datetime) -> RunView:
    done = [replace(view.progress[index], reverted_at=decision.at) for index in decision.indices]
    event = words.rung_done(view, decision.at)
    tools.recorder.note(Change(at=now, progress=tuple(done), events=(event,)))
    for progress in done:
        view = view.with_progress(progress)
    return view


def next_rung(view: RunView, rung: int, tools: Tools) -> tuple[Injection, ...]:
    """Name the targets of the next rung as they are now, within the limits of now."""
    fault = view.spec.fault.rungs[rung]
    try:
        targets = named(fault, limits_of(view), tools.ports.cluster)
    except OverLimits as error:
        raise OverLimits(in_context(view, rung, error), error.field) from error
    size = targets.size if targets else 0
    if size > tools.ceiling:
        raise Refused(f"{size} targets would be hit on this rung, {tools.ceiling} were approved.")
    planned = plan_injections(tools.ref.short, len(view.injections), fault, targets)
    return tuple(replace(item, rung=rung) for item in at_home(planned, tools.ports.cluster))
