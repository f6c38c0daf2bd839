"""One step: carry out one decision. Short, fenced, safe to repeat.

Starting: record, then act. Stopping: act, and record alongside; no stop waits for the database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chaos.domain import verdict as verdicts
from chaos.domain.decisions import (
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
    Recreate,
    Request,
    Restore,
    Revert,
    TakeGrant,
    WantStop,
)
from chaos.domain.errors import Permanent, Refused
from chaos.domain.injection import Injection, InverseKind
from chaos.domain.postcondition import not_freed, not_restored, not_scaled_back, targets_left
from chaos.domain.record import Change, Event
from chaos.domain.reverting import why_not_gone
from chaos.domain.run import RunView
from chaos.domain.sight import Reading, Residue, ResidueKind
from chaos.domain.states import RunState, StopKind
from chaos.domain.targets import Limits
from chaos.faults.catalogue import plan_injections
from chaos.ports import Ports, RunRef, Senses
from chaos.services import words
from chaos.services.clusters import named
from chaos.services.recorder import Recorder

LATE_CREATE = timedelta(seconds=65)
"""How long a create whose answer was lost may still land (kube-apiserver --request-timeout, 60 s)."""

GRANT, INJECT, REVERT, READ, CLEAR = "grant", "inject", "revert", "read", "clear"
RECREATE, RESTORE = "recreate", "restore"
END_RUNG, CLIMB = "end of the rung", "climb"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a step works with."""

    ref: RunRef
    ports: Ports
    senses: Senses
    recorder: Recorder
    spec_digest: str
    readings: Callable[[], tuple[Reading, ...]]
    """Every reading of the run so far, for the verdict."""
    limits: Limits = field(default_factory=Limits)
    ceiling: int = 0
    """What a later rung of a ladder may touch at the most."""


def step(view: RunView, decision: Decision, tools: Tools, now: datetime) -> RunView:
    """The view after the decision is carried out (or begun: acts end as news).

    Raises StoreUnavailable when a start could not be recorded; then nothing was done.
    """
    match decision:
        case TakeGrant():
            return _act(view, GRANT, tools, lambda: tools.ports.cluster.take_grant(tools.ref))
        case Request(index=index):
            return _request(view, index, tools, now)
        case WantStop():
            return _want_stop(view, decision, tools, now)
        case Move(to=to):
            return _move(view, to, decision.why, tools, now)
        case Revert():
            return _act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
        case CameBack():
            return _came_back(view, tools, now)
        case Recreate(index=index):
            return _recreate(view, index, tools, now)
        case Restore(index=index):
            return _restore(view, index, tools, now)
        case Clear():
            return _act(view, CLEAR, tools, lambda: _clear(view, tools))
        case EndRung():
            return _act(view, END_RUNG, tools, lambda: tools.ports.cluster.revert(tools.ref))
        case MarkRung():
            return _mark_rung(view, decision, tools, now)
        case Climb(rung=rung):
            return _act(view, CLIMB, tools, lambda: _next_rung(view, rung, tools))
        case MarkInjected():
            return _mark_injected(view, decision, tools, now)
        case MarkSteps():
            return _mark_steps(view, decision, tools, now)
        case Finish(to=to):
            return _finish(view, to, tools, now)
    return view


def _act(view: RunView, name: str, tools: Tools, deed: Callable[[], object]) -> RunView:
    tools.senses.act(name, deed)
    return replace(view, acting=view.acting | {name}, last_act_at=tools.ports.clock.now())


def _request(view: RunView, index: int, tools: Tools, now: datetime) -> RunView:
    injection = view.injections[index]
    if view.spec.digest != tools.spec_digest:
        raise Permanent("The spec of this run is not the approved one; nothing is injected.")
    progress = view.progress[index]
    by_person = injection.inverse is InverseKind.PERSON
    if progress.requested_at is None:  # else it is asked again, since no answer came
        progress = replace(progress, requested_at=now, not_before=now)
        event = words.asked(injection, now) if by_person else words.requested(injection, now)
        tools.recorder.require(Change(at=now, progress=(progress,), events=(event,)))
        view = view.with_progress(progress)
    if by_person:
        return view
    view = replace(view, uncertain_until=now + LATE_CREATE)
    return _act(view, INJECT, tools, lambda: (index, tools.ports.cluster.inject(tools.ref, injection)))


def _want_stop(view: RunView, decision: WantStop, tools: Tools, now: datetime) -> RunView:
    stop, live = decision.stop, view.state is not RunState.PENDING
    if live:  # the cluster first, the record after
        view = _act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
    breach_at = None
    if stop.kind is StopKind.BREACH:
        tripped = [tally for tally in view.tallies.values() if tally.tripped]
        began = [tally.breach_began.at for tally in tripped if tally.breach_began]
        breach_at = min(began, default=now)
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
            view = _act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
        tools.recorder.note(replace(change, marks=marks))
        return replace(view, state=to, state_since=now, marks=marks, failed_acts=0)
    if to.is_final:
        change = replace(change, verdict=verdicts.overall(()))
    if to is RunState.OBSERVING:  # nothing starts here: a slow record must not hold up a stop
        before = view
        view = _act(view, READ, tools, lambda: _read_back(before, tools))
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
    event = words.injected(injection, decision.not_before, decision.at, left)
    tools.recorder.note(Change(at=now, progress=(progress,), events=(event,)))
    return view.with_progress(progress)


def _mark_rung(view: RunView, decision: MarkRung, tools: Tools, now: datetime) -> RunView:
    done = [replace(view.progress[index], reverted_at=decision.at) for index in decision.indices]
    event = words.rung_done(view, decision.at)
    tools.recorder.note(Change(at=now, progress=tuple(done), events=(event,)))
    for progress in done:
        view = view.with_progress(progress)
    return view


def _next_rung(view: RunView, rung: int, tools: Tools) -> tuple[Injection, ...]:
    """Name the targets of the next rung as they are now, within the same limits."""
    fault = view.spec.fault.rungs[rung]
    targets = named(fault, tools.limits, tools.ports.cluster)
    size = targets.size if targets else 0
    if size > tools.ceiling:
        raise Refused(f"{size} targets would be hit on this rung, {tools.ceiling} were approved.")
    planned = plan_injections(tools.ref.short, len(view.injections), fault, targets)
    return tuple(replace(item, rung=rung) for item in planned)


def _mark_steps(view: RunView, decision: MarkSteps, tools: Tools, now: datetime) -> RunView:
    fresh: dict[str, Any] = {
        name: at for name in MarkSteps.__slots__ if (at := getattr(decision, name)) is not None
    }
    marks, progress = replace(view.marks, **fresh), view.progress
    residue: tuple[str, ...] | None = None
    events: list[Event] = [words.marked(name, at, view) for name, at in fresh.items()]
    if "clean_at" in fresh:
        residue = ()
        progress = tuple(
            replace(item, reverted_at=item.reverted_at or decision.clean_at) if item.requested_at else item
            for item in progress
        )
    if "stranded_at" in fresh:
        residue = why_not_gone(view)
    tools.recorder.note(Change(at=now, marks=marks, progress=progress, residue=residue, events=tuple(events)))
    return replace(view, marks=marks, progress=progress)


def _came_back(view: RunView, tools: Tools, now: datetime) -> RunView:
    """Delete at once, and prove all of it anew."""
    event = words.came_back(view, now)
    if REVERT not in view.acting:
        view = _act(view, REVERT, tools, lambda: tools.ports.cluster.revert(tools.ref))
    marks = replace(
        view.marks, accepted_at=None, pods_gone_at=None, clean_at=None, steady_at=None, cleared_at=None
    )
    progress = tuple(replace(item, reverted_at=None) for item in view.progress)
    tools.recorder.note(Change(at=now, marks=marks, progress=progress, events=(event,)))
    return replace(view, marks=marks, progress=progress)


def _recreate(view: RunView, index: int, tools: Tools, now: datetime) -> RunView:
    """Only what is still the very pod that the fault went into is deleted."""
    injection = view.injections[index]
    held = set(not_freed(injection, view.progress[index], view.seen)) if view.seen else set()
    pods = tuple(
        Residue(ResidueKind.POD, injection.namespace, name, uid, tools.ref.run)
        for name, uid in injection.postcondition.freed
        if name in held
    )
    tools.recorder.note(Change(at=now, events=(words.recreating(injection, sorted(held), now),)))

    def recreate() -> tuple[int]:
        tools.ports.cluster.remove(pods)
        return (index,)

    return _act(view, RECREATE, tools, recreate)


def _restore(view: RunView, index: int, tools: Tools, now: datetime) -> RunView:
    """Only nodes and workloads that differ are touched, and only in what the fault touches."""
    injection = view.injections[index]
    changed = not_restored(injection, view.seen) if view.seen else ()
    scaled = not_scaled_back(injection, view.seen) if view.seen else ()
    keys = injection.postcondition.taint_keys
    how = {node.name: now_is for node, now_is in changed}
    how |= {workload.name: now_is for workload, now_is in scaled}
    tools.recorder.note(Change(at=now, events=(words.restoring(injection, how, now),)))

    def restore() -> tuple[int]:
        for node, _ in changed:
            tools.ports.cluster.restore_node(node, keys)
        for workload, _ in scaled:
            tools.ports.cluster.restore_workload(workload)
        return (index,)

    return _act(view, RESTORE, tools, restore)


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
    outcomes = verdicts.judge(view.spec, by_probe, view.injected_at, ended_at, view.stop is not None)
    verdict = verdicts.overall(outcomes)
    events = (
        words.judged(verdict, outcomes, now),
        words.receipt(view, now),
        words.moved(to, words.end_sentence(view, to), now),
    )
    tools.recorder.require(
        Change(at=now, moved=(view.state, to), verdict=verdict, outcomes=outcomes, residue=(), events=events)
    )
    return replace(view, state=to, state_since=now)
