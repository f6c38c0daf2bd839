"""A whole run on the virtual clock: the ways it can go, and what is left in the cluster after each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.errors import Forbidden, StoreUnavailable, Transient
from chaos.domain.run import Stop, Word
from chaos.domain.states import RunState, StopKind, Verdict
from tests.support.builders import a_manual_spec
from tests.support.fake_cluster import START


def test_a_platform_that_holds_completes_and_nothing_is_left(world_of):
    world = world_of()
    assert world.drive() == "over"
    assert world.state is RunState.COMPLETED
    assert world.store.verdict is Verdict.HELD
    assert not world.cluster.engines
    assert not world.cluster.grant
    assert world.cluster.ready == 6


def test_states_come_in_their_order_and_the_receipt_is_written(world_of):
    world = world_of()
    world.drive()
    states = [event.body["state"] for event in world.store.log if event.kind == "run.state"]
    assert states == ["baselining", "injecting", "observing", "reverting", "completed"]
    assert world.kinds().count("run.receipt") == 1


def test_a_breach_reverts_at_once_and_the_verdict_is_deviated(world_of):
    world = world_of(overload=900.0)
    world.drive()
    assert world.state is RunState.ABORTED
    assert world.store.stop.kind is StopKind.BREACH
    assert world.store.verdict is Verdict.DEVIATED
    breach = world.store.record_.marks.breach_at
    first = world.cluster.times("revert")[0]
    assert first - breach <= timedelta(seconds=1.2), "two readings, a second apart, and no more"
    assert world.cluster.ready == 6


def test_the_injection_is_measured_between_two_looks(world_of):
    world = world_of()
    world.drive()
    progress = world.store.record_.progress[0]
    assert progress.requested_at < progress.not_before < progress.injected_at
    assert progress.injected_at - progress.not_before <= timedelta(seconds=0.5)


def test_a_steady_state_that_does_not_hold_injects_nothing(world_of):
    world = world_of(probe=lambda probe, at: 250.0)
    world.drive()
    assert world.state is RunState.ABORTED
    assert world.store.stop.kind is StopKind.BASELINE
    assert world.store.verdict is Verdict.INCONCLUSIVE
    assert not world.cluster.times("inject")
    assert not world.cluster.grant


def test_a_blind_probe_before_the_start_injects_nothing(world_of):
    world = world_of(probe=lambda probe, at: None)
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert not world.cluster.times("inject")


def test_blind_in_mid_fault_stops_the_run(world_of):
    world = world_of()
    world.at(12, lambda: setattr(world, "blind", "Prometheus does not answer"))
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.cluster.times("revert")[0] <= START + timedelta(seconds=16)
    assert world.state is RunState.ABORTED
    assert world.store.verdict is Verdict.INCONCLUSIVE


def test_a_cluster_that_cannot_be_seen_stops_the_run_and_is_never_called_clean(world_of):
    world = world_of()
    world.at(12, lambda: setattr(world.cluster, "unseen", "connection refused"))
    world.at(200, lambda: setattr(world.cluster, "unseen", ""))
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.store.record_.marks.clean_at >= START + timedelta(seconds=200)
    assert "run.stranded" in world.kinds()


def test_somebody_pressing_stop_is_obeyed_within_a_second(world_of):
    world = world_of()
    stop = Stop(START + timedelta(seconds=12), StopKind.PERSON, "Smoke in the room.", "otto")
    world.at(12, lambda: setattr(world.store, "stop", stop))
    world.drive()
    assert world.cluster.times("revert")[0] <= START + timedelta(seconds=13)
    assert world.state is RunState.ABORTED
    assert world.store.stop.by == "otto"


def test_a_stop_before_anything_began_ends_without_touching_the_cluster(world_of):
    world = world_of()
    world.store.stop = Stop(START, StopKind.PERSON, "Not today.", "otto")
    world.drive()
    assert world.state is RunState.ABORTED
    assert world.cluster.calls == []


def test_the_halt_lever_in_the_cluster_stops_the_run(world_of):
    world = world_of()
    world.at(12, lambda: setattr(world.cluster, "lever", "a real incident"))
    world.drive()
    assert world.store.stop.kind is StopKind.HALT


def test_the_hard_deadline_stops_a_run_whatever_its_probes_say(world_of):
    world = world_of()
    world.store.record_ = replace(world.store.record_, not_after=START + timedelta(seconds=11))
    world.drive()
    assert world.store.stop.kind is StopKind.DEADLINE


def test_a_fault_that_never_appears_fails_the_run_and_is_swept(world_of):
    world = world_of()
    world.cluster.inject_delay = timedelta(hours=1)
    world.drive()
    assert world.state is RunState.FAILED
    assert not world.cluster.engines


def test_a_refused_create_fails_the_run_with_the_clusters_sentence(world_of):
    world = world_of()
    world.cluster.inject_error = Forbidden("Gameday may not create chaosengines in chaos.")
    world.drive()
    assert world.state is RunState.FAILED
    assert "may not create" in world.store.stop.reason


def test_a_create_whose_answer_is_lost_counts_as_there_until_it_cannot_land(world_of):
    world = world_of()
    world.cluster.inject_error = Transient("The API server did not answer.")
    stop = Stop(START + timedelta(seconds=8), StopKind.PERSON, "Enough.", "otto")
    world.at(8, lambda: setattr(world.store, "stop", stop))
    world.drive()
    asked = max(world.cluster.times("inject"))
    assert world.store.record_.marks.clean_at >= asked + timedelta(seconds=65)


def test_pods_that_do_not_come_back_leave_the_run_stranded_never_reverted(world_of):
    world = world_of()
    world.cluster.recover_in = None
    world.at(300, lambda: setattr(world.cluster, "pods", {}))
    world.at(300, world.cluster.__post_init__)
    world.drive()
    stranded = world.store.record_.marks.stranded_at
    assert stranded
    assert world.store.record_.marks.clean_at > stranded
    said = next(event for event in world.store.log if event.kind == "run.stranded")
    assert "3 of 6 pods are ready" in said.text


def test_deletes_that_fail_are_repeated_until_they_pass(world_of):
    world = world_of(overload=900.0)
    world.cluster.revert_error = Transient("503")
    world.at(40, lambda: setattr(world.cluster, "revert_error", None))
    world.drive()
    assert len(world.cluster.times("revert")) > 3
    assert world.state is RunState.ABORTED
    assert world.store.record_.marks.clean_at > START + timedelta(seconds=40)


def test_an_engine_that_will_not_go_is_not_called_clean(world_of):
    world = world_of(overload=900.0)
    world.cluster.sticky = True
    world.at(120, lambda: setattr(world.cluster, "sticky", False))
    world.drive()
    assert world.store.record_.marks.clean_at > START + timedelta(seconds=120)


def test_a_store_that_goes_away_in_mid_fault_stops_the_run_from_memory(world_of):
    world = world_of()
    world.at(11, lambda: setattr(world.store, "away", True))
    world.at(60, lambda: setattr(world.store, "away", False))
    world.drive()
    first = world.cluster.times("revert")[0]
    assert first <= START + timedelta(seconds=23), "stopped while the store was still away"
    assert world.store.stop.kind is StopKind.RECORD
    assert world.state is RunState.ABORTED


def test_nothing_is_injected_while_the_store_is_away(world_of):
    world = world_of()
    world.at(3, lambda: setattr(world.store, "away", True))
    world.at(60, lambda: setattr(world.store, "away", False))
    world.drive()
    assert not world.cluster.times("inject")


def test_a_driver_that_comes_after_a_gap_in_mid_fault_stops_instead_of_going_on(world_of):
    world = world_of()

    class Killed(BaseException):
        pass

    def kill():
        raise Killed

    world.at(11, kill)
    with pytest.raises(Killed):
        world.drive()
    world.clock.at += timedelta(seconds=20)
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.state is RunState.ABORTED
    assert not world.cluster.engines


def test_a_second_driver_keeps_away_while_the_first_holds_the_lease(world_of):
    world = world_of()
    world.store.claim("", "another", START)
    assert world.drive() == "taken"
    assert world.cluster.calls == []


def test_a_driver_whose_fence_was_raised_stops_writing(world_of):
    world = world_of()

    def usurp():
        world.store.owner, world.store.fence = "another", world.store.fence + 1

    world.at(4, usurp)
    assert world.drive() == "lost"
    assert world.state is RunState.BASELINING


def test_a_changed_spec_is_never_injected(world_of):
    world = world_of()
    world.store.record_ = replace(world.store.record_, spec_digest="0" * 64)
    with pytest.raises(Exception, match="not the approved one"):
        world.drive()
    assert not world.cluster.times("inject")
    assert world.store.stop.kind is StopKind.FAULT
    world.drive()
    assert world.state is RunState.FAILED


def _say(world, word):
    world.store.words += (Word(word, world.now(), "ravi"),)


def test_a_manual_fault_needs_the_word_and_a_green_probe(world_of):
    bad = (START + timedelta(seconds=12), START + timedelta(seconds=40))
    world = world_of(a_manual_spec(), lambda probe, at: 300.0 if bad[0] <= at < bad[1] else 120.0)
    world.at(12, lambda: _say(world, "injected"))
    world.at(35, lambda: _say(world, "reverted"))
    world.drive()
    assert world.store.record_.marks.clean_at >= bad[1], "the word alone proves nothing"
    assert world.store.record_.progress[0].injected_at == pytest.approx(bad[0], abs=timedelta(seconds=1))
    assert world.state is RunState.COMPLETED
    assert world.store.verdict is Verdict.DEVIATED


def test_a_manual_fault_without_the_word_is_stranded(world_of):
    world = world_of(a_manual_spec())
    world.at(12, lambda: _say(world, "injected"))
    world.at(200, lambda: _say(world, "reverted"))
    world.drive()
    assert world.store.record_.marks.stranded_at
    assert world.store.record_.marks.clean_at >= START + timedelta(seconds=200)


def test_nobody_injecting_in_time_fails_the_run(world_of):
    world = world_of(a_manual_spec())
    world.at(80, lambda: _say(world, "reverted"))
    world.drive()
    assert world.state is RunState.FAILED


def test_the_store_refusing_is_no_reason_to_hold_up_a_stop(world_of):
    world = world_of(overload=900.0)
    world.at(9, lambda: setattr(world.store, "away", True))
    world.at(30, lambda: setattr(world.store, "away", False))
    world.drive()
    assert world.cluster.times("revert")[0] < START + timedelta(seconds=14)
    assert StoreUnavailable not in world.kinds()
