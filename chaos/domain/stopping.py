"""Why a live run must stop. Checked before anything else; the first reason wins."""

from __future__ import annotations

from datetime import datetime, timedelta

from chaos.domain.climbing import is_over
from chaos.domain.postcondition import live_residue, namespace_leaving, namespace_lost
from chaos.domain.run import RunView, Stop
from chaos.domain.sight import Reading
from chaos.domain.states import RunState, StopKind
from chaos.domain.tally import Tally

CLUSTER_BLIND = timedelta(seconds=8)
"""How long the cluster may be unseen while a fault may be live."""
RECORD_LOST = timedelta(seconds=10)
"""How long nothing may be written down before the run is stopped from memory (safety.md, DB failover)."""

HEARD_WITHIN = timedelta(seconds=2)
"""How old what people want may be, at the most, when something is missing: a Stop deletes it, too."""


def why_stop(view: RunView, now: datetime) -> Stop | None:
    """The reason to stop a baselining, injecting or observing run now, or None."""
    for rule in (_halted, _gone, _breach, _refused, _robbed, _back, _blind, _overdue, _lost):
        stop = rule(view, now)
        if stop:
            return stop
    return None


def _halted(view: RunView, now: datetime) -> Stop | None:
    lever = view.lever or (view.seen.lever_reason if view.seen else "")
    return Stop(now, StopKind.HALT, f"Everything is halted: {lever}") if lever else None


def _gone(view: RunView, now: datetime) -> Stop | None:
    """Before a breach: of a platform that somebody takes away the probes say nothing that was asked."""
    if view.seen is None:
        return None
    for injection in view.injections:
        lost = namespace_lost(injection, view.seen)
        if not lost and namespace_leaving(injection, view.seen):
            lost = f"namespace {injection.postcondition.namespace} is being deleted"
        if lost:
            return Stop(now, StopKind.GONE, f"Target gone: {lost}.")
    return None


def _breach(view: RunView, now: datetime) -> Stop | None:
    for tally in view.tallies.values():
        condition, breach, last = tally.tripped, tally.breach, tally.last_known
        if condition and breach and last:
            unit, (first, streak) = tally.probe.unit, breach
            was = _said(first, unit)
            if streak > 1 and first.value == last.value:
                was += f", {streak} times in a row"
            elif streak > 1:
                was += f" at first and {_said(last, unit)} at the last of {streak} readings in a row"
            limit = f"the run stops when it is {condition.comparison} {unit}".strip()
            return Stop(now, StopKind.BREACH, f"{tally.probe.name} was {was}; {limit}.")
    return None


def _said(reading: Reading, unit: str) -> str:
    return f"{reading.value:g} {unit}".strip()


def _refused(view: RunView, now: datetime) -> Stop | None:
    return Stop(now, view.refused_as, view.refusal) if view.refusal else None


def _robbed(view: RunView, now: datetime) -> Stop | None:
    """Somebody else took away what the fault depends on; what is measured from here on means nothing."""
    if view.state is RunState.BASELINING or view.seen is None or _is_unheard(view, now):
        return None
    if view.marks.granted_at and view.seen.began_at > view.marks.granted_at and not view.seen.has_grant:
        return Stop(now, StopKind.FAULT, "The run's grant is gone from the cluster; somebody deleted it.")
    if view.state is not RunState.INJECTING:
        return None
    there = {engine.name for engine in view.seen.engines if not engine.is_leaving}
    for injection, progress in zip(view.injections, view.progress, strict=True):
        answered_at = progress.answered_at
        if is_over(injection, progress, now):
            continue
        if answered_at and view.seen.began_at > answered_at and injection.name not in there:
            return Stop(now, StopKind.FAULT, f"Its engine {injection.name} is gone; somebody deleted it.")
    return None


def _is_unheard(view: RunView, now: datetime) -> bool:
    """Whoever stops a run deletes first and writes it down alongside: before somebody is blamed for what is
    gone, what people want is read once more. Not waited for where it cannot be read."""
    heard_at, seen = view.limits_at, view.seen
    if heard_at is None or seen is None or view.record_lost_since:
        return False
    return heard_at < seen.at and now - heard_at < HEARD_WITHIN


def _back(view: RunView, now: datetime) -> Stop | None:
    """Something of a rung that was proven gone is there again. While another rung is on, it is told by the
    engine's name; between two, it is whatever is there, since Litmus names Jobs and helpers otherwise."""
    if view.state not in (RunState.INJECTING, RunState.OBSERVING) or view.seen is None:
        return None
    is_between = all(progress.reverted_at for progress in view.progress if progress.requested_at)
    for injection, progress in zip(view.injections, view.progress, strict=True):
        if progress.reverted_at is None or view.seen.began_at <= progress.reverted_at:
            continue
        there = [item.name for item in live_residue(view.seen)]
        back = [name for name in there if is_between or belongs(name, injection.name)]
        if back:
            return Stop(now, StopKind.FAULT, f"What was proven gone is back: {', '.join(back)}.")
    return None


def belongs(name: str, engine: str) -> bool:
    """By its name, whether an object is this engine or was made for it."""
    return name == engine or name.startswith(f"{engine}-")


def _blind(view: RunView, now: datetime) -> Stop | None:
    # While nothing is injected yet a new driver may begin to look afresh. With a fault that may be live a
    # gap in watching is blindness, whoever watches now.
    since = view.watching_since if view.state is RunState.BASELINING else view.state_since
    for tally in view.tallies.values():
        reason = tally.blind_reason(now, since) or _slept(view, tally)
        if reason:
            return Stop(now, StopKind.BLIND, f"Blind: {_undriven(view, tally)}{reason}.")
    newest = view.seen.at if view.seen else view.watching_since
    if now - newest > CLUSTER_BLIND:
        why = view.sight.unseen if view.sight and view.sight.unseen else "it does not answer"
        seconds = (now - newest).total_seconds()
        return Stop(now, StopKind.BLIND, f"Blind: the cluster has not been seen for {seconds:.0f} s: {why}.")
    return None


def _slept(view: RunView, tally: Tally) -> str:
    ended_at = tally.gap_ended_at
    if view.state is RunState.BASELINING or ended_at is None or ended_at < view.state_since:
        return ""
    return f"nobody watched {tally.probe.name} for longer than its budget, until {ended_at:%H:%M:%S} UTC"


def _undriven(view: RunView, tally: Tally) -> str:
    """When nobody watched since nobody drove the run, in words; or "": then the probe is to blame."""
    came = view.watching_since
    read_at = tally.last.at if tally.last else came
    left, back = (read_at, came) if read_at < came else tally.silence or (came, came)
    since = max(left, view.state_since)
    if view.state is RunState.BASELINING or back < came or came - since <= tally.pace:
        return ""
    return f"nobody drove the run from {since:%H:%M:%S} to {came:%H:%M:%S} UTC; "


def _overdue(view: RunView, now: datetime) -> Stop | None:
    if now > view.not_after:
        return Stop(
            now, StopKind.DEADLINE, f"The run's hard deadline, {view.not_after:%H:%M:%S} UTC, has passed."
        )
    return None


def _lost(view: RunView, now: datetime) -> Stop | None:
    since = view.record_lost_since
    if since and now - since > RECORD_LOST:
        seconds = (now - since).total_seconds()
        return Stop(now, StopKind.RECORD, f"Nothing could be written down for {seconds:.0f} s.")
    return None
