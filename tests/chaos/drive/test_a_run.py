"""A whole run on the virtual clock, from launch to its end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.errors import Forbidden
from chaos.domain.states import RunState, StopKind, Verdict


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


def test_a_changed_spec_is_never_injected(world_of):
    world = world_of()
    world.store.record_ = replace(world.store.record_, spec_digest="0" * 64)
    with pytest.raises(Exception, match="not the approved one"):
        world.drive()
    assert not world.cluster.times("inject")
    assert world.store.stop.kind is StopKind.FAULT
    world.drive()
    assert world.state is RunState.FAILED
