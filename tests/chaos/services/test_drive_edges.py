"""The edges of a drive: taking over, giving up, the store away, stops in unusual moments."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.errors import StoreUnavailable
from chaos.domain.run import Stop, Word
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.services.drive import drive
from tests.support.builders import a_manual_spec, a_spec, injections_of
from tests.support.killing import drive_until_killed
from tests.support.world import START, SimRecorder, World

SECOND = timedelta(seconds=1)
ENOUGH = Stop(START + 14 * SECOND, StopKind.PERSON, "Enough.", "otto")


def after(seconds):
    return START + seconds * SECOND


@pytest.mark.parametrize("error", [StoreUnavailable("away"), TypeError("a row that cannot be read")])
def test_a_drive_that_cannot_load_its_run_gives_the_lease_back(world, monkeypatch, error):
    def fail(run):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(world.store, "load", fail)
        with pytest.raises(type(error)):
            world.drive()
    assert world.store.lease_until is None
    assert world.drive() == "over"


def test_a_drive_that_cannot_begin_to_look_keeps_neither_lease_nor_recorder(world):
    closed = []

    class Recorder(SimRecorder):
        def close(self):
            closed.append(self)

    def blind(record, ref, ports):
        raise RuntimeError("can't start new thread")

    with pytest.raises(RuntimeError):
        drive(world.ref.run, world.ports, None, blind, lambda ports, run, fence: Recorder(world, fence))
    assert len(closed) == 1
    assert world.store.lease_until is None
    assert world.cluster.calls == []


def test_a_defect_in_mid_fault_reverts_at_once_and_the_next_driver_finishes_the_way_back(world):
    def defect():
        raise ZeroDivisionError("a defect of ours")

    world.at(12, defect)
    with pytest.raises(ZeroDivisionError):
        world.drive()
    assert world.cluster.times("revert") == [after(12)]
    assert world.store.stop.kind is StopKind.FAULT
    assert "Gameday itself failed" in world.store.stop.reason
    assert world.store.lease_until is None
    world.drive()
    assert world.state is RunState.FAILED
    assert not world.cluster.engines


def test_nothing_is_asked_of_the_cluster_before_it_is_written_that_it_will_be(world, monkeypatch):
    write, tried = world.store.record, []

    def refuse(run, fence, change):
        if any(item.requested_at and not item.answered_at for item in change.progress):
            tried.append(world.now())
            if len(tried) < 3:
                raise StoreUnavailable("away")
            assert not world.cluster.times("inject")
        return write(run, fence, change)

    monkeypatch.setattr(world.store, "record", refuse)
    world.drive()
    assert len(tried) >= 3
    assert world.cluster.times("inject") and world.cluster.times("inject")[0] >= tried[2]


def test_a_stop_reverts_once_and_not_twice_when_it_also_moves_the_state(world):
    world.at(12, lambda: setattr(world.cluster, "lever", "a real incident"))
    world.drive()
    assert len(world.cluster.times("revert")) == 1


def test_the_end_waits_for_a_store_that_is_away_and_is_then_written_once(slow_world):
    world = slow_world

    def vanish():
        assert world.store.record_.marks.clean_at and not world.state.is_final
        world.store.away = True

    world.at(14, lambda: setattr(world.store, "stop", ENOUGH))
    world.at(20, vanish)
    world.at(90, lambda: setattr(world.store, "away", False))
    assert world.drive() == "over"
    assert world.state is RunState.ABORTED
    assert world.kinds().count("run.receipt") == 1
    assert world.store.log[-1].at >= after(90)


def test_a_deadline_for_reverting_of_nothing_strands_loudly_and_still_proves_the_end():
    spec = a_spec(durations=replace(a_spec().durations, revert_within=timedelta(0)))
    world = World(spec, injections_of(spec), lambda probe, at: 120.0)
    world.drive()
    assert "run.stranded" in world.kinds()
    assert world.state is RunState.COMPLETED
    assert world.store.record_.marks.clean_at
    assert world.store.residue == ()


def test_a_stop_during_the_way_back_is_written_but_undoes_no_instant_of_the_receipt(slow_world):
    world = slow_world
    world.at(30, lambda: setattr(world.store, "stop", replace(ENOUGH, at=after(30))))
    world.drive()
    marks = world.store.record_.marks
    assert marks.decided_at == marks.ended_at < after(30)
    assert marks.decided_at <= marks.accepted_at <= marks.pods_gone_at <= marks.clean_at


def test_nothing_but_the_first_readings_beyond_the_bound_is_called_the_breach():
    values = {12: 600.0, 14: 600.0, 15: 600.0}
    world = World(
        a_spec(), injections_of(a_spec()), lambda probe, at: values.get((at - START).seconds, 120.0)
    )
    world.drive()
    assert world.store.record_.marks.breach_at == after(14)


def test_a_manual_fault_asked_for_by_a_driver_that_died_still_needs_the_word_that_it_is_undone():
    world = World(a_manual_spec(), injections_of(a_manual_spec()), lambda probe, at: 120.0)
    drive_until_killed(world, 10)
    world.clock.at += 16 * SECOND
    word = Word("reverted", after(60), "ravi")
    world.at(60, lambda: setattr(world.store, "words", (word,)))
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.store.record_.marks.clean_at >= after(60)
    assert world.store.verdict is Verdict.INCONCLUSIVE
