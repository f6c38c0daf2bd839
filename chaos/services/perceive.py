"""Folding what is seen into the view, and keeping what must be written down about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chaos.domain.errors import Forbidden, OverLimits, Permanent, Refused, Transient
from chaos.domain.injection import Injection, Progress
from chaos.domain.postcondition import has_come, workloads
from chaos.domain.presence import hit
from chaos.domain.record import Change, Event, RunRecord, Signals
from chaos.domain.run import RunView
from chaos.domain.sight import Alert, AlertsReading, ClusterSight, Reading
from chaos.domain.states import RunState, StopKind
from chaos.domain.tally import tallies_of
from chaos.faults.catalogue import UNPROVABLE
from chaos.ports import ActDone, News, StoreLost
from chaos.services import words
from chaos.services.acts import (
    CLEAR,
    CLIMB,
    END_RUNG,
    GRANT,
    INJECT,
    LATE_CREATE,
    READ,
    RECREATE,
    RESTORE,
    REVERT,
)
from chaos.services.anew import come_anew, may_have_been_missed, recreated
from chaos.services.recorder import Recorder

BEFORE = (RunState.PENDING, RunState.BASELINING)
FLUSH_EVERY = timedelta(seconds=1)
LONGEST_HINT = timedelta(seconds=10)


def view_of(record: RunRecord, now: datetime) -> RunView:
    """The view a driver begins with, from what is written down.

    The driver before may have asked again until just now: a create without an answer may land for as long
    from now on, and so may one that was answered only when it was asked again.
    """
    doubts = [
        (progress.answered_at or now) + LATE_CREATE
        for progress, injection in zip(record.progress, record.injections, strict=True)
        if injection.experiment and progress.requested_at
    ]
    doubt = max(doubts, default=now)
    return RunView(
        spec=record.spec,
        state=record.state,
        state_since=record.state_since,
        not_after=record.not_after,
        watching_since=now,
        injections=record.injections,
        progress=record.progress,
        stop=record.signals.stop,
        marks=record.marks,
        # Before anything is injected, what another driver saw is no proof that it still is so.
        tallies=tallies_of(record.spec, () if record.state in BEFORE else record.readings),
        read_until=max((reading.at for reading in record.readings), default=None),
        words=record.signals.words,
        lever=record.signals.lever,
        limits=record.signals.limits,
        limits_at=record.signals.at,
        is_unprovable=record.spec.fault.fault in UNPROVABLE,
        uncertain_until=doubt if doubt > now else None,
    )


class Perception:
    """The driver's eyes: folds news into views, and notes readings, alerts and the ends of acts."""

    def __init__(self, record: RunRecord, recorder: Recorder, now: datetime) -> None:
        self._recorder = recorder
        self.readings: list[Reading] = list(record.readings)
        self._fresh: list[Reading] = []
        self._alerts: list[AlertsReading] = []
        self._firing: dict[str, Alert] | None = None
        self._events: list[Event] = []
        self._flushed_at = now

    def fold(self, view: RunView, news: News | None) -> RunView:
        match news:
            case Reading():
                return self._reading(view, news)
            case AlertsReading():
                self._alerts_seen(news)
            case ClusterSight():
                return self._sight(view, news)
            case Signals():
                return _signals(view, news)
            case StoreLost(at=at):
                return replace(view, record_lost_since=view.record_lost_since or at)
            case ActDone():
                return self._act_done(view, news)
        return view

    def flush(self, now: datetime, force: bool = False) -> None:
        """Hand over what was seen, about once a second, so that a second is one row a probe."""
        if not force and now - self._flushed_at < FLUSH_EVERY:
            return
        self._flushed_at = now
        if self._fresh or self._alerts or self._events:
            self._recorder.note(
                Change(
                    at=now,
                    readings=tuple(self._fresh),
                    alerts=tuple(self._alerts),
                    events=tuple(self._events),
                )
            )
        self._fresh, self._alerts, self._events = [], [], []

    def _reading(self, view: RunView, reading: Reading) -> RunView:
        if reading.probe not in view.tallies:
            return view
        self._fresh.append(reading)
        self.readings.append(reading)
        tallies = {**view.tallies, reading.probe: view.tallies[reading.probe].fold(reading)}
        return replace(view, tallies=tallies)

    def _alerts_seen(self, sampled: AlertsReading) -> None:
        self._alerts.append(sampled)
        if sampled.alerts is None:
            return
        firing = {alert.key: alert for alert in sampled.alerts if alert.state == "firing"}
        before = self._firing if self._firing is not None else {}
        self._events += [
            words.alert_changed(firing[key], True, sampled.at)
            for key in sorted(firing.keys() - before.keys())
        ]
        self._events += [
            words.alert_changed(before[key], False, sampled.at)
            for key in sorted(before.keys() - firing.keys())
        ]
        self._firing = firing

    def _sight(self, view: RunView, sight: ClusterSight) -> RunView:
        if sight.unseen:
            return replace(view, sight=sight)
        before = view.seen
        view = replace(view, sight=sight, seen=sight, rung_gone_at=_rung_gone_at(view, sight))
        if view.state is RunState.REVERTING and view.marks.clean_at is None:
            if has_come(sight, before):
                return come_anew(view, sight, self._recorder, words.came_back)
            if may_have_been_missed(before, view, sight):
                return come_anew(view, sight, self._recorder, words.may_have_come_back)
        if view.state not in (RunState.INJECTING, RunState.OBSERVING):
            return view
        progress = tuple(
            _seen(item, hit(view, injection, sight), sight)
            for item, injection in zip(view.progress, view.injections, strict=True)
        )
        grown = tuple(
            now for now, before in zip(progress, view.progress, strict=True) if now.hit != before.hit
        )
        if grown:
            self._recorder.note(Change(at=sight.at, progress=grown))
        return replace(view, progress=progress)

    def _act_done(self, view: RunView, done: ActDone) -> RunView:
        view = replace(view, acting=view.acting - {done.name}, last_act_at=done.at)
        if done.error:
            self._recorder.note(Change(at=done.at, events=(words.refused(done.name, done.error, done.at),)))
            view = replace(view, failed_acts=view.failed_acts + 1, last_act_at=_rested(done))
            is_definite = isinstance(done.error, Refused | Permanent | Forbidden)
            if done.name in (GRANT, INJECT, CLIMB) and is_definite:
                kind = StopKind.LIMITS if isinstance(done.error, OverLimits) else StopKind.FAULT
                view = replace(view, refusal=str(done.error), refused_as=kind)
                if done.name == INJECT:
                    view = _answered(view)
            elif done.name == INJECT:  # it may have been sent only just before its end
                view = replace(view, uncertain_until=done.at + LATE_CREATE)
            return view
        view = replace(view, failed_acts=0)
        if done.name == GRANT:
            return self._marked(view, done.at, "granted_at")
        if done.name == REVERT and view.marks.accepted_at is None and view.stop_or_reverting:
            return self._marked(view, done.at, "accepted_at", words.accepted(done.at))
        if done.name == CLEAR:
            view = self._marked(view, done.at, "cleared_at")
        if done.name in (CLEAR, READ) and isinstance(done.result, tuple) and done.result:
            self._recorder.note(Change(at=done.at, read_back=done.result))
        if done.name == RECREATE and isinstance(done.result, tuple):
            return recreated(view, done.result[0], done.at, self._recorder)
        if done.name == RESTORE and isinstance(done.result, tuple):
            progress = replace(view.progress[done.result[0]], restored_at=done.at)
            self._recorder.note(Change(at=done.at, progress=(progress,)))
            return view.with_progress(progress)
        if done.name == END_RUNG:
            return replace(view, rung_ended_at=done.at, rung_gone_at=None)
        if done.name == CLIMB and isinstance(done.result, tuple):
            return self._climbed(view, done.result, done.at)
        if done.name == INJECT and isinstance(done.result, tuple):
            index, manifest = done.result
            progress = replace(view.progress[index], answered_at=done.at)
            event = words.answered(view.injections[index], done.at)
            self._recorder.note(
                Change(at=done.at, progress=(progress,), manifests={index: manifest}, events=(event,))
            )
            return _answered(view).with_progress(progress)
        return view

    def _climbed(self, view: RunView, planned: tuple[Injection, ...], at: datetime) -> RunView:
        """Written before it is asked for: notes go before what a start requires."""
        event = words.climbing(planned, at)
        self._recorder.note(Change(at=at, planned=planned, events=(event,)))
        fresh = tuple(Progress(item.index, intended_at=at) for item in planned)
        return replace(view, injections=view.injections + planned, progress=view.progress + fresh)

    def _marked(self, view: RunView, at: datetime, name: str, *events: Event) -> RunView:
        marks = replace(view.marks, **{name: at})
        self._recorder.note(Change(at=at, marks=marks, events=events))
        return replace(view, marks=marks)


def _rested(done: ActDone) -> datetime:
    """From when the pace of asking again counts. A server that says when to come back is heard, up to a
    limit: it is a plea of who is too busy and no reason to leave a fault alone for long."""
    hint = done.error.retry_after if isinstance(done.error, Transient) else None
    return done.at + min(timedelta(seconds=hint or 0.0), LONGEST_HINT)


def _rung_gone_at(view: RunView, sight: ClusterSight) -> datetime | None:
    if view.rung_ended_at is None or sight.began_at <= view.rung_ended_at or workloads(sight):
        return None
    return view.rung_gone_at or sight.at


def _seen(progress: Progress, names: frozenset[str], sight: ClusterSight) -> Progress:
    """What a look adds: since when the fault is not there yet, or on which further targets it was seen."""
    asked_at = progress.requested_at
    if asked_at is None:
        return progress
    if not names and not progress.injected_at:
        return replace(progress, not_before=sight.began_at)
    new = names.difference(progress.hit) if sight.began_at >= asked_at else ()
    return replace(progress, hit=(*progress.hit, *sorted(new)))


def _answered(view: RunView) -> RunView:
    """A definite answer ends the doubt about a create, if it was the only one sent: one before it whose
    answer was lost may still land, even after its engine was deleted. So may that of another injection."""
    open_ones = [
        progress
        for progress, injection in zip(view.progress, view.injections, strict=True)
        if injection.experiment and progress.requested_at and not progress.answered_at
    ]
    only = len(open_ones) == 1 and any(
        item.requested_at and item.requested_at + LATE_CREATE == view.uncertain_until for item in open_ones
    )
    return replace(view, uncertain_until=None) if only else view


def _signals(view: RunView, signals: Signals) -> RunView:
    stop, heard, marks = view.stop, signals.stop, view.marks
    if heard and stop is None:
        stop, marks = heard, replace(marks, decided_at=marks.decided_at or heard.at)
    elif heard and stop and heard.explains(stop):
        stop, marks = heard, replace(marks, decided_at=heard.at)
    return replace(
        view,
        stop=stop,
        marks=marks,
        lever=signals.lever,
        limits=signals.limits,
        limits_at=signals.at,
        words=signals.words,
        record_lost_since=None,
    )
