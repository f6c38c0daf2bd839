"""drive(): see, decide, step, until the run is over. A plain function, whoever hosts it."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from chaos.domain.decide import decide
from chaos.domain.decisions import Wait
from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Change, RunRecord
from chaos.domain.run import RunView, Stop
from chaos.domain.states import RunState, StopKind
from chaos.ports import Cluster, Ports, RunRef, Senses
from chaos.services import words
from chaos.services.acts import Tools
from chaos.services.perceive import Perception, view_of
from chaos.services.recorder import Recorder, ThreadRecorder
from chaos.services.senses import ThreadSenses
from chaos.services.step import step
from chaos.services.stop import stop_run

log = logging.getLogger(__name__)

PATIENCE = 0.1
SLICE = timedelta(minutes=5)


class End(StrEnum):
    """Why a drive ended."""

    OVER = "over"
    TAKEN = "taken"
    """Somebody else drives this run."""
    HANDED_ON = "handed on"
    LOST = "lost"
    """Another driver took over while this one was away."""


SensesOf = Callable[[RunRecord, RunRef, Ports], Senses]
RecorderOf = Callable[[Ports, str, int], Recorder]


def threads_recorder(ports: Ports, run: str, fence: int) -> Recorder:
    return ThreadRecorder(ports.store, run, fence, ports.clock.now)


def drive(
    run: str,
    ports: Ports,
    hand_on: Callable[[], bool] | None = None,
    senses_of: SensesOf = ThreadSenses,
    recorder_of: RecorderOf = threads_recorder,
) -> End:
    """Drive `run` until it is over, the slice ends in a quiet moment, or another driver has it.

    `hand_on` asks for the next slice and says whether that worked; if not, this one goes on. Raises
    StoreUnavailable when the run cannot be claimed or loaded. Any defect of ours in mid-run wants a stop.
    """
    while True:
        end = _drive_slice(run, ports, hand_on is not None, senses_of, recorder_of)
        # Asked only once the lease is given back: whoever comes finds the run free.
        if end is not End.HANDED_ON or (hand_on and hand_on()):
            return end


def _drive_slice(
    run: str, ports: Ports, may_hand_on: bool, senses_of: SensesOf, recorder_of: RecorderOf
) -> End:
    now = ports.clock.now()
    fence = ports.store.claim(run, _owner(), now)
    if fence is None:
        return End.TAKEN
    try:
        record = ports.store.load(run)
        view = view_of(record, now)
    except Exception:
        _release(ports, run, fence)
        raise
    ref = RunRef(record.run, record.installation, record.spec.scenario)
    recorder = recorder_of(ports, run, fence)
    try:
        senses = senses_of(record, ref, ports)
    except Exception:  # a driver that sees nothing must not keep the lease
        recorder.close()
        _release(ports, run, fence)
        raise
    perception = Perception(record, recorder, now)
    tools = Tools(
        ref,
        ports,
        senses,
        recorder,
        record.spec_digest,
        lambda: tuple(perception.readings),
        record.ceiling,
        fence,
    )
    try:
        return _loop(view, tools, perception, may_hand_on)
    except Exception as error:
        log.exception("The drive of run %s failed; the run is stopped.", run)
        _stop_after_defect(tools, error)
        raise
    finally:
        perception.flush(ports.clock.now(), force=True)
        senses.close()
        recorder.close()
        if not recorder.lost:
            _release(ports, run, fence)


def give_up(run: str, cluster: Cluster, error: Exception, now: datetime) -> None:
    """A run that cannot be driven is stopped: its faults are deleted by label, which needs neither its spec
    nor its probes, and the stop is latched for whoever can drive it again.

    Raises StoreUnavailable when the stop could not be written; the deletes were sent all the same.
    """
    reason = f"It cannot be driven: {error}"
    failure = stop_run(run, Stop(now, StopKind.FAULT, reason), cluster)
    if failure:
        log.error("Run %s cannot be driven, and was not reverted: %s", run, failure)


def _loop(view: RunView, tools: Tools, perception: Perception, may_hand_on: bool) -> End:
    clock, recorder = tools.ports.clock, tools.recorder
    slice_ends = clock.now() + SLICE
    while not view.state.is_final:
        if recorder.lost:
            return End.LOST
        recorder.turned()
        was_lost = view.record_lost_since is not None
        view = perception.fold(view, tools.senses.next(PATIENCE))
        now = clock.now()
        perception.flush(now)
        tools.senses.watch(view.injections)
        view = replace(view, record_lost_since=_lost_since(view, recorder.failing_since))
        if was_lost and view.record_lost_since is None:
            view = replace(view, record_back_at=now)
        decision = decide(view, now)
        while not isinstance(decision, Wait) and not view.state.is_final:
            try:
                view = step(view, decision, tools, now)
            except StoreUnavailable as error:
                log.warning("Run %s waits for its record: %s", tools.ref.run, error)
                break
            now = clock.now()
            decision = decide(view, now)
        if may_hand_on and now > slice_ends and _is_quiet(view):
            return End.HANDED_ON
    return End.OVER


def _is_quiet(view: RunView) -> bool:
    """No fault may be live and unwatched while the next driver comes up."""
    return view.state in (RunState.BASELINING, RunState.REVERTING) and not view.acting


def _lost_since(view: RunView, failing_since: datetime | None) -> datetime | None:
    known = [instant for instant in (view.record_lost_since, failing_since) if instant]
    return min(known) if known else None


def _stop_after_defect(tools: Tools, error: Exception) -> None:
    """Act first: the cluster is cleared as far as can be, and whoever drives next sees the stop."""
    now = tools.ports.clock.now()
    stop = Stop(now, StopKind.FAULT, f"Gameday itself failed: {error}")
    tools.recorder.note(Change(at=now, stop=stop, events=words.stopping(stop, None)))
    try:
        tools.ports.cluster.revert(tools.ref)
    except Exception:
        log.exception("Reverting run %s after a defect failed; the next driver repeats it.", tools.ref.run)


def _release(ports: Ports, run: str, fence: int) -> None:
    try:
        ports.store.release(run, fence)
        ports.store.rest()
    except StoreUnavailable:
        log.warning("The lease of run %s could not be given back; it ends by itself.", run)


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
