"""decide(): an immutable view of a run in, what comes next out. No clock, no network, no database."""

from __future__ import annotations

from datetime import datetime, timedelta

from chaos.domain import climbing, reverting
from chaos.domain.allowing import held_back
from chaos.domain.decisions import (
    Decision,
    MarkInjected,
    MarkSteps,
    Move,
    Request,
    TakeGrant,
    Wait,
    WantStop,
)
from chaos.domain.durations import say_duration
from chaos.domain.injection import InverseKind, Progress
from chaos.domain.postcondition import targets_missing
from chaos.domain.presence import is_there
from chaos.domain.run import RunView, Stop
from chaos.domain.states import RunState, StopKind
from chaos.domain.stopping import why_stop
from chaos.domain.tally import GREEN_ENOUGH, Tally

START_WITHIN = timedelta(seconds=120)
"""How long a requested fault may take to appear: Litmus needs two pods scheduled one after the other."""
BASELINE_GRACE = timedelta(seconds=10)
"""How long after its time a baseline may still become steady."""

_LIVE = (RunState.BASELINING, RunState.INJECTING, RunState.OBSERVING)


def decide(view: RunView, now: datetime) -> Decision:
    """The one next thing to do. Stopping comes before everything else."""
    if view.state.is_final:
        return Wait()
    if view.state is RunState.PENDING:
        return _pending(view, now)
    if view.state in _LIVE:
        if view.stop:
            return Move(RunState.REVERTING, view.stop.reason)
        stop = why_stop(view, now)
        if stop:
            return WantStop(stop)
        if view.acting:
            return Wait()
    if view.state is RunState.BASELINING:
        return _baselining(view, now)
    if view.state is RunState.INJECTING:
        return _injecting(view, now)
    if view.state is RunState.OBSERVING:
        return _observing(view, now)
    return reverting.decide(view, now)


TAKEN_UP_WITHIN = timedelta(seconds=60)
"""Whoever launched a run waits for it: one that begins much later meets people who have turned away."""


def _pending(view: RunView, now: datetime) -> Decision:
    if view.stop:
        return Move(RunState.ABORTED, view.stop.reason)
    if view.lever:
        return WantStop(Stop(now, StopKind.HALT, f"Everything is halted: {view.lever}"))
    if now - view.state_since > TAKEN_UP_WITHIN:
        reason = f"No driver took it up within {say_duration(TAKEN_UP_WITHIN)}; nothing was injected."
        return WantStop(Stop(now, StopKind.DEADLINE, reason))
    return Move(RunState.BASELINING, "Measuring the steady state before anything is injected.")


def _baselining(view: RunView, now: datetime) -> Decision:
    if view.marks.granted_at is None:
        if view.failed_acts >= 3:
            return WantStop(Stop(now, StopKind.FAULT, "The cluster did not give the run its grant."))
        return TakeGrant() if view.may_ask_again(now) else Wait()
    due = view.state_since + view.spec.durations.baseline
    unsteady = [tally for tally in view.tallies.values() if not tally.is_steady]
    if now < due or view.seen is None:
        return Wait()
    if not unsteady:
        for injection in view.injections:
            missing = targets_missing(injection, view.seen)
            if missing:
                reason = f"Not as it was at launch: {', '.join(missing)} is gone or not ready."
                return WantStop(Stop(now, StopKind.BASELINE, reason))
        if view.marks.baseline_at is None:
            return MarkSteps(baseline_at=now)
        return Move(RunState.INJECTING, "The steady state holds.")
    if now > due + BASELINE_GRACE:
        reason = f"{_not_shown(view, unsteady[0])}."
        return WantStop(Stop(now, StopKind.BASELINE, reason))
    return Wait()


def _not_shown(view: RunView, tally: Tally) -> str:
    """What keeps a baseline from being steady: how the probe is, or that too little was seen of it."""
    known, name, unit = tally.last_known, tally.probe.name, tally.probe.unit
    came, left = view.watching_since, max(view.state_since, view.read_until or view.state_since)
    if came - left > tally.pace and (known is None or tally.green):
        said = f"nobody looked for {(came - left).total_seconds():.0f} s"
        when = f"from {left:%H:%M:%S} to {came:%H:%M:%S} UTC"
        return f"The steady state was not shown before anything is injected: {said}, {when}"
    value = "unknown" if known is None else f"{known.value:g} {unit}".strip()
    if tally.green:
        said = (
            f"is {value}, as it should be, and was so {tally.green} times in a row; it takes {GREEN_ENOUGH}"
        )
        return f"The steady state was not shown before anything is injected: {name} {said}"
    wanted = " and ".join(str(item.comparison) for item in tally.tolerances)
    reason = f"The steady state does not hold before anything is injected: {name} is {value}"
    return f"{reason}, expected {wanted} {unit}".rstrip() if wanted else reason


def _injecting(view: RunView, now: datetime) -> Decision:
    for progress in view.progress:  # a composite is asked for as a whole before any of it is awaited
        if progress.requested_at is None:
            return _request(view, progress, now)
    for injection, progress in zip(view.injections, view.progress, strict=True):
        if progress.requested_at is None:
            continue
        if progress.injected_at is None:
            # A look from before the request shows what somebody else did.
            is_after = view.seen and view.seen.began_at >= progress.requested_at
            if view.seen and is_after and is_there(view, injection, view.seen):
                word = view.word("injected") if injection.inverse is InverseKind.PERSON else None
                at = word.at if word else view.seen.at
                return MarkInjected(progress.index, at if word else progress.not_before, at)
            stop = _not_starting(view, progress.index, progress.requested_at, now)
            if stop:
                return WantStop(stop)
            is_unanswered = injection.experiment and progress.answered_at is None
            is_due = is_unanswered and view.may_ask_again(now)
            return _request(view, progress, now) if is_due else Wait()
    ends = [
        progress.injected_at + injection.duration
        for injection, progress in zip(view.injections, view.progress, strict=True)
        if progress.injected_at
    ]
    if ends and now >= max(ends) and climbing.has_next(view):
        return climbing.decide(view, now)
    if ends and now >= max(ends):
        return Move(RunState.OBSERVING, "The fault's time is up; watching the platform come back.")
    return Wait()


def _request(view: RunView, progress: Progress, now: datetime) -> Decision:
    rung, since = view.injections[progress.index].rung, progress.intended_at or view.state_since
    return held_back(view, rung, since, now) or Request(progress.index)


def _not_starting(view: RunView, index: int, requested_at: datetime, now: datetime) -> Stop | None:
    injection = view.injections[index]
    if injection.inverse is InverseKind.PERSON:
        if now - requested_at > injection.person_within:
            seconds = injection.person_within.total_seconds()
            return Stop(now, StopKind.FAULT, f"Nobody said within {seconds:.0f} s that it is injected.")
        return None
    results = view.seen.results if view.seen else ()
    for result in [result for result in results if result.engine == injection.name]:
        if result.verdict == "Error" or result.phase == "Error":
            return Stop(now, StopKind.FAULT, f"Litmus could not inject: {result.error or result.phase}.")
    engines = {engine.name: engine for engine in view.seen.engines} if view.seen else {}
    engine = engines.get(injection.name)
    if engine and engine.status in ("completed", "stopped"):
        return Stop(now, StopKind.FAULT, f"Litmus ended the engine ({engine.status}) without injecting.")
    if now - requested_at > START_WITHIN:
        seconds = START_WITHIN.total_seconds()
        status = f"its engine is {engine.status or 'untouched'}" if engine else "its engine is not there"
        return Stop(now, StopKind.FAULT, f"The fault did not appear within {seconds:.0f} s; {status}.")
    return None


def _observing(view: RunView, now: datetime) -> Decision:
    if now >= view.state_since + view.spec.durations.observe:
        return Move(RunState.REVERTING, "Observed long enough.")
    return Wait()
