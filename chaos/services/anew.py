"""What is taken back of a run on its way out, once something of it is there again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chaos.domain.injection import Progress
from chaos.domain.record import Change, Event
from chaos.domain.run import RunView
from chaos.domain.sight import ClusterSight
from chaos.services.recorder import Recorder


def to_be_proven_anew(progress: Sequence[Progress]) -> tuple[Progress, ...]:
    """Also whom we replaced may have the fault again: Litmus goes by their names."""
    return tuple(replace(item, recreated_at=None, reverted_at=None, proof=()) for item in progress)


UNWATCHED = timedelta(seconds=3)
"""A fault takes longer than that to come and go: a runner, an experiment and a helper start one by one."""


def may_have_been_missed(before: ClusterSight | None, view: RunView, sight: ClusterSight) -> bool:
    """Whether what a lost create brought may have come and been ended by somebody else since the look before,
    and be in those that took the place of whom we replaced."""
    if view.uncertain_until is None or not any(item.recreated_at for item in view.progress):
        return False
    return before is None or (before.at < view.uncertain_until and sight.began_at > before.at + UNWATCHED)


def come_anew(
    view: RunView, sight: ClusterSight, recorder: Recorder, say: Callable[[RunView, datetime], Event]
) -> RunView:
    """That the helpers are gone is no more so, if it was."""
    if view.marks.pods_gone_at is None:
        return view
    marks, progress = replace(view.marks, pods_gone_at=None), to_be_proven_anew(view.progress)
    event = say(view, sight.at)
    recorder.note(Change(at=sight.at, marks=marks, progress=progress, events=(event,)))
    return replace(view, marks=marks, progress=progress)


def recreated(view: RunView, index: int, at: datetime, recorder: Recorder) -> RunView:
    """The targets of an injection were deleted. Where something came meanwhile, it may be in those that took
    their place: then it does not count, and they are replaced once more."""
    if view.marks.pods_gone_at is None:
        return view
    progress = replace(view.progress[index], recreated_at=at)
    recorder.note(Change(at=at, progress=(progress,)))
    return view.with_progress(progress)
