"""The way back: act until everything is measured to be gone; never say so earlier, never give up."""

from __future__ import annotations

from datetime import datetime, timedelta

from chaos.domain.decisions import (
    AwaitLate,
    CameBack,
    Clear,
    Decision,
    Finish,
    MarkSteps,
    NoteLeft,
    Recreate,
    Restore,
    Revert,
    Wait,
)
from chaos.domain.left import Left
from chaos.domain.postcondition import (
    live_residue,
    not_freed,
    not_restored,
    not_scaled_back,
    that_may_act,
)
from chaos.domain.proof import left, proven_at, unmet
from chaos.domain.run import Marks, RunView
from chaos.domain.sight import ClusterSight
from chaos.domain.states import RunState, StopKind

FIRST_RETRY, LAST_RETRY = timedelta(seconds=2), timedelta(seconds=30)
UNDONE_WITHIN = timedelta(seconds=5)
"""How long after the helpers' end their result may still say that they undid the fault."""
STEADY_WITHIN = timedelta(seconds=60)
"""How long a proven revert waits for the steady state to come back before the run ends without it."""

TOLD_WITHIN = timedelta(seconds=5)
"""How long after the database is back a Stop may still be written down that was pressed while it was away."""


SEEN_WITHIN = timedelta(seconds=8)
"""How old a look may be that says of a run past its deadline that nothing is left of it."""
NOTED_AGAIN = timedelta(seconds=30)
"""How often what is left of a stranded run is written down while it stays the same: it has an age."""


def decide(view: RunView, now: datetime) -> Decision:
    decision = _decide(view, now)
    if isinstance(decision, Wait) and _is_to_be_noted(view, now):
        return NoteLeft()
    return decision


def _decide(view: RunView, now: datetime) -> Decision:
    marks, sight = view.marks, _sight_since(view)
    if marks.clean_at is None:
        if _is_overdue(view, now) and not _is_only_waiting(view, sight, now):
            return MarkSteps(stranded_at=now)
        if _act_is_due(view, now, sight):
            return Revert()
        if sight is None:
            return Wait()
        accepted = marks.accepted_at
        if marks.pods_gone_at is None and accepted and sight.began_at >= accepted and not that_may_act(sight):
            return MarkSteps(pods_gone_at=sight.at)
        redress = _redress(view, sight, now)
        if redress:
            return redress
        if _is_proven_gone(view, sight):
            return late_create(view, sight) or MarkSteps(clean_at=_proven_at(view, sight))
        return Wait()
    return _after_clean(view, now, sight)


def _redress(view: RunView, sight: ClusterSight, now: datetime) -> Recreate | Restore | None:
    """For an injection that Litmus, now gone, did not undo: replace its pods, or set its nodes back.

    Nodes are set back as often as it takes: that undoes nothing of anybody else's. What was tried longest ago
    comes first: one that cannot be set back keeps no other from it.
    """
    gone_at = view.marks.pods_gone_at
    if view.acting or gone_at is None or now < gone_at + UNDONE_WITHIN or sight.began_at < gone_at:
        return None
    if view.failed_acts and view.last_act_at and now < view.last_act_at + LAST_RETRY:
        return None
    due: list[Recreate | Restore] = []
    for injection, progress in zip(view.injections, view.progress, strict=True):
        if not progress.requested_at:
            continue
        differs = not_restored(injection, sight) or not_scaled_back(injection, sight)
        if differs and _is_later(sight, progress.restored_at):
            due.append(Restore(injection.index))
        if progress.recreated_at is None and not_freed(injection, progress, sight):
            due.append(Recreate(injection.index))
    return min(due, key=lambda one: view.redressed_at.get(one, view.state_since), default=None)


def _is_later(sight: ClusterSight, instant: datetime | None) -> bool:
    return instant is None or sight.began_at > instant + FIRST_RETRY


def why_not_gone(view: RunView) -> tuple[str, ...]:
    """What still stands between the run and "reverted", in sentences, as of the newest look."""
    if view.seen is None or view.seen.began_at < view.state_since:
        return ("the cluster has not been seen since reverting began",)
    reasons = [str(item) for item in live_residue(view.seen)]
    for injection, progress in zip(view.injections, view.progress, strict=True):
        if progress.requested_at:
            reasons += unmet(view, injection, view.seen, view.state_since)
    return tuple(reasons)


def what_is_left(view: RunView) -> tuple[Left, ...]:
    """As `why_not_gone`, thing by thing. While the cluster does not answer, that is one of them, and the
    others are as they were seen last."""
    sight, latest = _sight_since(view), view.sight
    found = left(view, sight, view.state_since) if sight else ()
    if sight is None or (latest and latest.unseen):
        since = f"since {sight.at:%H:%M:%S} UTC" if sight else "since reverting began"
        why = f": {latest.unseen}" if latest and latest.unseen else ""
        return (*found, Left(f"the cluster has not been seen {since}{why}", at=latest.at if latest else None))
    return found


def is_stranded(marks: Marks) -> bool:
    """Past its deadline, and not measured to be gone since."""
    return marks.stranded_at is not None and marks.clean_at is None


def _is_to_be_noted(view: RunView, now: datetime) -> bool:
    """At once when other things are left than were noted; else so that nobody acts on an old list."""
    if not is_stranded(view.marks):
        return False
    noted_at = view.left_noted_at
    if noted_at is None or now >= noted_at + NOTED_AGAIN:
        return True
    if now < noted_at + FIRST_RETRY:
        return False
    return {item.key for item in what_is_left(view)} != {item.key for item in view.left_noted}


def _sight_since(view: RunView) -> ClusterSight | None:
    """The newest look, if it began after reverting did: an older one proves nothing."""
    seen = view.seen
    return seen if seen and seen.began_at >= view.state_since else None


def _is_overdue(view: RunView, now: datetime) -> bool:
    within = view.spec.durations.revert_within
    return view.marks.stranded_at is None and now > view.state_since + within


def _is_only_waiting(view: RunView, sight: ClusterSight | None, now: datetime) -> bool:
    """Whether a look from just now showed that nothing is left: then no more is waited for, if anything, than
    that a create whose answer was lost can no longer land. A driver that has just come while one still can is
    given as long for its first look."""
    if sight is None:
        may_land = view.uncertain_until is not None and now < view.uncertain_until
        return may_land and now - view.watching_since <= SEEN_WITHIN
    is_seen = view.sight is None or not view.sight.unseen
    return is_seen and now - sight.at <= SEEN_WITHIN and _is_proven_gone(view, sight)


def _is_proven_gone(view: RunView, sight: ClusterSight) -> bool:
    """By a look that began once the helpers were seen gone: one that reads a node, and after it that no
    helper is left, has not seen what the helper did to the node in between."""
    accepted_at, gone_at = view.marks.accepted_at, view.marks.pods_gone_at
    if view.acting or accepted_at is None or gone_at is None or sight.began_at < max(accepted_at, gone_at):
        return False
    if view.last_act_at and sight.began_at < view.last_act_at:
        return False  # a create that was under way may have landed behind this look
    return not why_not_gone(view)


def _proven_at(view: RunView, sight: ClusterSight) -> datetime:
    asked_for = [view.injections[item.index] for item in view.progress if item.requested_at]
    return proven_at(view, asked_for, sight, view.state_since)


def late_create(view: RunView, sight: ClusterSight) -> AwaitLate | Wait | None:
    """What to do while a create whose answer was lost may still land, though this look shows nothing: say so
    once, and wait. None: it no longer can."""
    until = view.uncertain_until
    if until is None or sight.began_at >= until:
        return None
    return Wait() if view.told_until == until else AwaitLate(until, sight.at)


def _act_is_due(view: RunView, now: datetime, sight: ClusterSight | None) -> bool:
    if "revert" in view.acting:
        return False
    accepted = view.marks.accepted_at
    if accepted is None and view.last_act_at is None:
        return True
    wait = max(FIRST_RETRY, min(LAST_RETRY, (now - view.state_since) / 4))
    if view.last_act_at and now < view.last_act_at + wait:
        return False
    if accepted is None:
        return True
    # The API server took every delete: ask again only for what is there and not on its way out.
    return bool(sight and sight.began_at > (view.last_act_at or accepted) and live_residue(sight))


def _after_clean(view: RunView, now: datetime, sight: ClusterSight | None) -> Decision:
    marks = view.marks
    if sight and marks.clean_at and sight.began_at > marks.clean_at and live_residue(sight):
        return CameBack()
    clean_at, tallies = marks.clean_at, view.tallies.values()
    is_back = clean_at and tallies and all(tally.is_steady_since(clean_at) for tally in tallies)
    if marks.steady_at is None and is_back:
        return MarkSteps(steady_at=max(tally.last_known.at for tally in tallies if tally.last_known))
    if marks.cleared_at is None or (sight and sight.began_at > marks.cleared_at and sight.residue):
        is_first = marks.cleared_at is None and not view.failed_acts
        wait = min(LAST_RETRY, FIRST_RETRY * 2 ** min(view.failed_acts, 4))
        is_due = is_first or view.last_act_at is None or now >= view.last_act_at + wait
        return Clear() if not view.acting and is_due else Wait()
    if view.acting or sight is None or sight.began_at <= marks.cleared_at:
        return Wait()
    within = STEADY_WITHIN + max((tally.lag for tally in tallies), default=timedelta(0))
    is_over = (
        marks.steady_at is not None
        or not view.was_requested
        or (marks.clean_at and now > marks.clean_at + within)
    )
    return Finish(_end_state(view)) if is_over and not _may_be_told_why(view, now) else Wait()


def _may_be_told_why(view: RunView, now: datetime) -> bool:
    """While nothing could be written down, nobody could say either that they stopped it: they have their turn
    before the run ends over a reason of its own."""
    if view.stop is None or not view.stop.may_be_explained:
        return False
    back_at = view.record_back_at
    return view.record_lost_since is not None or (back_at is not None and now < back_at + TOLD_WITHIN)


def _end_state(view: RunView) -> RunState:
    if view.stop is None:
        return RunState.COMPLETED
    return RunState.FAILED if view.stop.kind is StopKind.FAULT else RunState.ABORTED
