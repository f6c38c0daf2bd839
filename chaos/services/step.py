"""One step: carry out one decision. Short, fenced, safe to repeat.

Starting: record, then act. Stopping: act, and record alongside; no stop waits for the database.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from chaos.domain import verdict as verdicts
from chaos.domain.allowing import in_context, limits_of
from chaos.domain.decisions import (
    AwaitLate,
    CameBack,
    Clear,
    Climb,
    Decision,
    EndRung,
    Finish,
    MarkInjected,
    MarkRung,
    MarkSteps,
    Move,
    NoteLeft,
    Recreate,
    Request,
    Restore,
    Revert,
    TakeGrant,
    WantStop,
)
from chaos.domain.errors import OverLimits, Permanent, Refused
from chaos.domain.injection import InverseKind
from chaos.domain.left import Left
from chaos.domain.presence import missed, targets_left
from chaos.domain.proving import unmoved
from chaos.domain.record import Change, Event
from chaos.domain.reverting import what_is_left
from chaos.domain.run import RunView
from chaos.domain.rungs import rungs_there
from chaos.domain.sight import Reading
from chaos.domain.states import RunState, StopKind
from chaos.faults import catalogue
from chaos.services import words
from chaos.services.acts import CLEAR, CLIMB, END_RUNG, GRANT, INJECT, LATE_CREATE, READ, REVERT, Tools, act
from chaos.services.anew import to_be_proven_anew
from chaos.services.last_look import last_look
from chaos.services.proven import note_left, with_proof
from chaos.services.redress import recreate_targets, restore
from chaos.services.rungs import mark_rung, next_rung

log = logging.getLogger(__name__)


def step(view: RunView, decision: Decision, tools: Tools, now: datetime) -> RunView:
    """The view after the decision is carried out (or begun: acts end as news).

    Raises StoreUnavailable when a start could not be recorded; then nothing was done.
    """
    match decision:
        case TakeGrant():
            return act(view, GRANT, tools, lambda: tools.ports.cluster.take_grant(tools.ref))
        case Request(index=index):
            return _request(view, index, tools, now)
        case WantStop():
            return _want_stop(view, decision, tools, now)
        case Move(to=to):
            return _move(view, to, decision.why, tools, now)
        case Revert():
            return act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
        case CameBack():
            return _came_back(view, tools, now)
        case Recreate(index=index):
            return recreate_targets(view, index, tools, now)
        case Restore(index=index):
            return restore(view, index, tools, now)
        case Clear():
            return act(view, CLEAR, tools, lambda: _clear(view, tools))
        case EndRung():
            return act(view, END_RUNG, tools, lambda: tools.ports.cluster.revert(tools.ref))
        case AwaitLate():
            return _await_late(view, decision, tools, now)
        case MarkRung():
            return mark_rung(view, decision, tools, now)
        case Climb(rung=rung):
            return act(view, CLIMB, tools, lambda: next_rung(view, rung, tools))
        case MarkInjected():
            return _mark_injected(view, decision, tools, now)
        case MarkSteps():
            return _mark_steps(view, decision, tools, now)
        case NoteLeft():
            return note_left(view, tools, now)
        case Finish(to=to):
            return _finish(view, to, tools, now)
    return view


def _request(view: RunView, index: int, tools: Tools, now: datetime) -> RunView:
    injection = view.injections[index]
    if view.spec.digest != tools.spec_digest:
        raise Permanent("The spec of this run is not the approved one; nothing is injected.")
    progress = view.progress[index]
    by_person = injection.inverse is InverseKind.PERSON
    if progress.requested_at is None:  # else it is asked again, since no answer came
        progress = replace(progress, requested_at=now, not_before=now)
        chosen = catalogue.chosen(view.spec.fault.rungs[injection.rung])
        event = words.asked(injection, now) if by_person else words.requested(injection, chosen, now)
        tools.recorder.require(Change(at=now, progress=(progress,), events=(event,)))
        view = view.with_progress(progress)
    if by_person:
        return view
    view = replace(view, uncertain_until=now + LATE_CREATE)
    return act(view, INJECT, tools, lambda: _inject(view, index, tools))


def _inject(view: RunView, index: int, tools: Tools) -> tuple[int, object]:
    injection, cluster = view.injections[index], tools.ports.cluster
    try:
        last_look(injection, limits_of(view), cluster)
    except OverLimits as error:
        raise OverLimits(in_context(view, injection.rung, error), error.field) from error
    return (index, cluster.inject(tools.ref, injection, lambda: _refuse_if_stopped(tools)))


def _refuse_if_stopped(tools: Tools) -> None:
    """All that comes before a create takes its time, and neither a stop nor the lever is held up by an act:
    whoever pressed meanwhile, or what the run itself found meanwhile, comes before it. So does whoever took
    the run over meanwhile: a driver that slept here starts nothing any more."""
    try:
        signals = tools.ports.store.signals(tools.ref.run)
    finally:
        tools.ports.store.rest()
    why = signals.stop.reason if signals.stop else signals.lever
    if why:
        raise Refused(f"Nothing is injected: {why}")
    if signals.fence != tools.fence:
        raise Refused("Nothing is injected: another driver has taken this run over.")


def _want_stop(view: RunView, decision: WantStop, tools: Tools, now: datetime) -> RunView:
    stop, live = decision.stop, view.state is not RunState.PENDING
    if live:  # the cluster first, the record after
        view = act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
    breach_at = None
    if stop.kind is StopKind.BREACH:
        breaches = [tally.breach for tally in view.tallies.values() if tally.breach]
        breach_at = min((first.at for first, _ in breaches), default=now)
    marks = replace(view.marks, breach_at=breach_at, decided_at=stop.at)
    tools.recorder.note(Change(at=now, stop=stop, marks=marks, events=words.stopping(stop, breach_at)))
    return replace(view, stop=stop, marks=marks)


def _move(view: RunView, to: RunState, why: str, tools: Tools, now: datetime) -> RunView:
    progress = view.progress
    change = Change(at=now, moved=(view.state, to), events=(words.moved(to, why, now),))
    if to is RunState.INJECTING:
        progress = tuple(replace(item, intended_at=now) for item in progress)
        change = replace(change, progress=progress)
    if to is RunState.REVERTING:
        # A stop that was wanted while nobody drove counts from then: for so long the fault was left alone.
        decided_at = view.marks.decided_at or (view.stop.at if view.stop else now)
        marks = replace(view.marks, ended_at=now, decided_at=decided_at)
        change = replace(change, events=change.events + _asks_to_undo(view, now))
        if REVERT not in view.acting:
            view = act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
        tools.recorder.note(replace(change, marks=marks))
        return replace(view, state=to, state_since=now, marks=marks, failed_acts=0)
    if to.is_final:
        change = replace(change, verdict=verdicts.overall(()))
    if to is RunState.OBSERVING:  # nothing starts here: a slow record must not hold up a stop
        before = view
        view = act(view, READ, tools, lambda: _read_back(before, tools))
        tools.recorder.note(change)
    else:
        tools.recorder.require(change)
    return replace(view, state=to, state_since=now, progress=progress, failed_acts=0)


def _asks_to_undo(view: RunView, now: datetime) -> tuple[Event, ...]:
    return tuple(
        words.asked_to_undo(injection, now)
        for injection, progress in zip(view.injections, view.progress, strict=True)
        if injection.inverse is InverseKind.PERSON and progress.requested_at and not view.word("reverted")
    )


def _mark_injected(view: RunView, decision: MarkInjected, tools: Tools, now: datetime) -> RunView:
    progress = view.progress[decision.index]
    progress = replace(progress, not_before=decision.not_before, injected_at=decision.at)
    injection = view.injections[decision.index]
    left = targets_left(injection, view.seen) if view.seen else ()
    word = view.word("injected") if injection.inverse is InverseKind.PERSON else None
    event = words.injected(injection, decision.not_before, decision.at, left, word)
    tools.recorder.note(Change(at=now, progress=(progress,), events=(event,)))
    return view.with_progress(progress)


def _await_late(view: RunView, decision: AwaitLate, tools: Tools, now: datetime) -> RunView:
    """Of a rung that is only told: the run's marks are of the way back as a whole."""
    event = words.late_create(decision.until, decision.seen_at, now)
    marks = view.marks
    if view.state is RunState.REVERTING:
        marks = replace(marks, late_until=decision.until)
    tools.recorder.note(Change(at=now, marks=marks, events=(event,)))
    return replace(view, marks=marks, told_until=decision.until)


def _mark_steps(view: RunView, decision: MarkSteps, tools: Tools, now: datetime) -> RunView:
    fresh: dict[str, Any] = {
        name: at for name in MarkSteps.__slots__ if (at := getattr(decision, name)) is not None
    }
    marks, progress = replace(view.marks, **fresh), view.progress
    residue: tuple[Left, ...] | None = None
    events: list[Event] = [words.marked(name, at, view) for name, at in fresh.items()]
    if "clean_at" in fresh:
        residue = ()
        progress = with_proof(view, tools.readings(), fresh["clean_at"])
        events = [words.proven(event, progress) for event in events]
    if "stranded_at" in fresh:
        residue = what_is_left(view)
        log.error("Run %s: %s", tools.ref.run, events[0].text)
    tools.recorder.note(Change(at=now, marks=marks, progress=progress, residue=residue, events=tuple(events)))
    if residue is not None:
        view = replace(view, left_noted=residue, left_noted_at=now)
    return replace(view, marks=marks, progress=progress)


def _came_back(view: RunView, tools: Tools, now: datetime) -> RunView:
    """Delete at once, and prove all of it anew."""
    event = words.came_back(view, now)
    if REVERT not in view.acting:
        view = act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
    marks = replace(
        view.marks,
        accepted_at=None,
        pods_gone_at=None,
        clean_at=None,
        steady_at=None,
        cleared_at=None,
        late_until=None,
    )
    progress = to_be_proven_anew(view.progress)
    tools.recorder.note(Change(at=now, marks=marks, progress=progress, events=(event,)))
    return replace(view, marks=marks, progress=progress)


def _clear(view: RunView, tools: Tools) -> tuple[Any, ...]:
    read_back = _read_back(view, tools)
    tools.ports.cluster.clear(tools.ref)
    return read_back


def _read_back(view: RunView, tools: Tools) -> tuple[Any, ...]:
    """Engines and results as they are now, each with the index of its injection."""
    objects = tools.ports.cluster.results(tools.ref, view.injections)
    by_index: dict[int, list[Any]] = {item.index: [] for item in view.injections}
    for obj in objects:
        name = obj["metadata"]["name"]
        for item in view.injections:
            if name == item.name or name.startswith(f"{item.name}-"):
                by_index[item.index].append(obj)
    return tuple({"index": index, "objects": found} for index, found in by_index.items() if found)


def _finish(view: RunView, to: RunState, tools: Tools, now: datetime) -> RunView:
    by_probe: dict[str, list[Reading]] = {}
    for reading in tools.readings():
        by_probe.setdefault(reading.probe, []).append(reading)
    ended_at = view.marks.ended_at or now
    unseen = missed(view.injections, view.progress)
    rungs = rungs_there(view.injections, view.progress)
    outcomes = verdicts.judge(view.spec, by_probe, rungs, ended_at, view.stop is not None, unseen)
    verdict = verdicts.overall(outcomes)
    events = (
        words.judged(verdict, outcomes, now),
        words.receipt(view, now, unmoved(view, by_probe)),
        words.moved(to, words.end_sentence(view, to), now),
    )
    tools.recorder.require(
        Change(at=now, moved=(view.state, to), verdict=verdict, outcomes=outcomes, residue=(), events=events)
    )
    return replace(view, state=to, state_since=now)
