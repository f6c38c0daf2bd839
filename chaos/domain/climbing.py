"""From one rung of a ladder to the next: only over a fault proven gone and a steady state that is back."""

from __future__ import annotations

from datetime import datetime, timedelta

from chaos.domain.allowing import over_limits
from chaos.domain.decisions import Climb, Decision, EndRung, MarkRung, Wait, WantStop
from chaos.domain.durations import say_duration
from chaos.domain.injection import Injection, Progress
from chaos.domain.postcondition import live_residue
from chaos.domain.proof import not_undone, proven_at, unmet
from chaos.domain.reverting import UNDONE_WITHIN, late_create
from chaos.domain.run import RunView, Stop
from chaos.domain.sight import ClusterSight
from chaos.domain.states import StopKind

ASK_AGAIN_AFTER = 4.0
"""Seconds between two deletes of a rung that is not gone yet."""
OWN_END = timedelta(seconds=30)
"""How long an experiment whose word only counts when it ran to its end is given to come to it."""
GONE_WITHIN = timedelta(seconds=90)
"""How long after a rung's time something of ours may still be there: helpers have 30 s of grace after the
own end, and an engine waits only for an operator that is there."""


def is_over(injection: Injection, progress: Progress, now: datetime) -> bool:
    """Whether its time is up: from then on its engine is ours to delete."""
    return progress.injected_at is not None and now >= progress.injected_at + injection.duration


def has_next(view: RunView) -> bool:
    return view.rung + 1 < len(view.spec.fault.rungs)


def decide(view: RunView, now: datetime) -> Decision:
    """What comes after a rung whose time is up, while another is left. A rung that does not come clean, or a
    steady state that does not come back, stops the run as one: at once when its helpers are gone and its
    fault is not, since what is done about that is the way back's, and nobody climbs on from there."""
    mine = [
        (injection, progress)
        for injection, progress in zip(view.injections, view.progress, strict=True)
        if injection.rung == view.rung
    ]
    ended_at = max(
        progress.injected_at + injection.duration for injection, progress in mine if progress.injected_at
    )
    gone_at = max((progress.reverted_at for _, progress in mine if progress.reverted_at), default=None)
    if now > ended_at + view.spec.durations.revert_within:
        reason = f"Rung {view.rung + 1} was not proven gone in time."
        if gone_at:
            reason = (
                f"Rung {view.rung + 1} is gone, but the next was not climbed in time: the steady state did "
                "not come back, or its targets could not be named."
            )
        return WantStop(Stop(now, StopKind.FAULT, reason))
    if gone_at is None:
        return _to_its_end(view, [injection for injection, _ in mine], ended_at, now)
    if not all(tally.is_steady_since(gone_at) for tally in view.tallies.values()):
        return Wait()
    stop = over_limits(view, view.rung + 1, now)
    if stop:
        return stop
    return Climb(view.rung + 1) if view.may_ask_again(now) else Wait()


def _to_its_end(view: RunView, injections: list[Injection], ended_at: datetime, now: datetime) -> Decision:
    sight, asked_at = view.seen, view.rung_ended_at
    if now > ended_at + GONE_WITHIN and sight and live_residue(sight):
        there = ", ".join(str(item) for item in live_residue(sight))
        late = f"{say_duration(GONE_WITHIN)} after its time there is still {there}"
        return WantStop(_not_undone(view, late, now))
    if asked_at is None or asked_at < ended_at:
        if now < ended_at + OWN_END and _comes_to_its_end(injections, sight):
            return Wait()
        return EndRung() if view.may_ask_again(now) else Wait()
    if sight is None or sight.began_at <= asked_at:
        return Wait()
    if live_residue(sight):
        is_due = (now - asked_at).total_seconds() > ASK_AGAIN_AFTER and view.may_ask_again(now)
        return EndRung() if is_due else Wait()
    if view.rung_gone_at is None or sight.began_at < view.rung_gone_at:
        return Wait()  # what the helpers did last, a look that they ended in may not have seen
    stands = [reason for item in injections for reason in not_undone(view, item, sight, ended_at)]
    if stands and sight.began_at >= view.rung_gone_at + UNDONE_WITHIN:
        return WantStop(_not_undone(view, "; ".join(stands), now))
    if _unmet(view, injections, sight, ended_at):
        return Wait()
    gone_at = proven_at(view, injections, sight, ended_at)
    return late_create(view, sight) or MarkRung(tuple(injection.index for injection in injections), gone_at)


def _not_undone(view: RunView, why: str, now: datetime) -> Stop:
    return Stop(now, StopKind.FAULT, f"Rung {view.rung + 1} was not undone, so no other is climbed: {why}.")


def _comes_to_its_end(injections: list[Injection], sight: ClusterSight | None) -> bool:
    """Whether an experiment that lies when it is aborted should end by itself, and has not yet."""
    ended = {result.engine for result in sight.results if result.ran_to_its_end} if sight else set()
    return any(item.postcondition.lies_when_aborted and item.name not in ended for item in injections)


def _unmet(
    view: RunView, injections: list[Injection], sight: ClusterSight, since: datetime
) -> tuple[str, ...]:
    return tuple(reason for item in injections for reason in unmet(view, item, sight, since))
