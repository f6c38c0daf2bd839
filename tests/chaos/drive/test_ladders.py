"""A ladder: one pod, then two, then three; each rung only over a fault that is proven gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from chaos.domain.climbing import GONE_WITHIN
from chaos.domain.errors import Transient
from chaos.domain.reverting import UNDONE_WITHIN
from chaos.domain.spec import Stage
from chaos.domain.states import RunState, StopKind, Verdict
from tests.support.builders import a_latency_spec, injections_of
from tests.support.fake_cluster import START
from tests.support.killing import drive_until_killed
from tests.support.world import World


def _targets(world: World) -> list[int]:
    return [len(item.targets) for item in world.store.record_.injections]


def test_every_rung_is_climbed_when_the_one_before_is_gone(ladder):
    world = ladder()
    world.drive()
    assert (world.state, world.store.verdict) == (RunState.COMPLETED, Verdict.HELD)
    assert _targets(world) == [1, 2, 3]
    progress = world.store.record_.progress
    for before, after in pairwise(progress):
        assert before.reverted_at < after.requested_at
    assert world.kinds().count("run.climbing") == 2
    assert not world.cluster.engines
    assert world.cluster.ready == 6


def _latencies(world_of, **durations: timedelta) -> World:
    """100, 300 and 500 ms by a helper in three pods; p99 is bad while the fault is in any of them."""
    stages = tuple(Stage(parameters={"latency": f"{latency}ms"}) for latency in (100, 300, 500))
    spec = a_latency_spec()
    spec = replace(spec, faults=(replace(spec.fault, duration=timedelta(seconds=5), stages=stages),))
    spec = replace(spec, durations=replace(spec.durations, **durations))
    world = world_of(spec, lambda probe, at: 300.0 if world.cluster.faulty else 120.0)
    first = injections_of(replace(spec, faults=spec.fault.rungs[:1]))
    world.store.record_ = replace(world.store.record_, injections=first, ceiling=3)
    return world


def test_a_ladder_of_strengths_puts_in_each_once_the_one_before_was_taken_out(world_of):
    world = _latencies(world_of)
    world.drive()
    assert world.state is RunState.COMPLETED
    sent = [item.env["NETWORK_LATENCY"] for item in world.store.record_.injections]
    assert sent == ["100", "300", "500"]
    for before, after in pairwise(world.store.record_.progress):
        assert before.injected_at < before.reverted_at < after.requested_at
    assert not world.cluster.faulty


def test_a_rung_whose_helper_was_killed_is_never_climbed_over(world_of):
    world = _latencies(world_of)
    world.cluster.helper_killed = True
    world.drive()
    assert len(world.store.record_.injections) == 1
    assert world.store.stop.kind is StopKind.FAULT
    assert "the fault was not taken out of api-0, api-1, api-2" in world.store.stop.reason
    assert not world.cluster.faulty, "its pods were replaced"


def test_a_rung_whose_helper_was_killed_is_mended_as_soon_as_a_run_without_a_ladder_would(world_of):
    """And not after all the time that reverting may take, which is up to hours."""
    world = _latencies(world_of, revert_within=timedelta(hours=1))
    world.cluster.helper_killed = True
    world.drive()
    (removed,) = world.cluster.times("remove")
    (progress,) = world.store.record_.progress
    assert removed <= progress.injected_at + timedelta(seconds=5) + 3 * UNDONE_WITHIN
    assert world.state is RunState.FAILED
    assert not world.cluster.faulty


def test_a_rung_whose_engine_stays_for_want_of_an_operator_ends_the_ladder(world_of):
    world = _latencies(world_of, revert_within=timedelta(hours=1))
    world.cluster.sticky = True
    world.at(240, lambda: setattr(world.cluster, "sticky", False))
    world.drive()
    (progress,) = world.store.record_.progress
    assert progress.injected_at + timedelta(seconds=5) + GONE_WITHIN < world.store.stop.at
    assert world.store.stop.at < START + timedelta(seconds=120)
    assert "ChaosEngine chaos/gd-0f0e0d0c-0" in world.store.stop.reason
    assert world.state is RunState.FAILED


def test_a_breach_on_a_rung_ends_the_whole_ladder(ladder):
    world = ladder(bad_below=5)
    world.drive()
    assert (world.state, world.store.stop.kind) == (RunState.ABORTED, StopKind.BREACH)
    assert _targets(world) == [1, 2]
    assert not world.cluster.engines


def test_a_rung_whose_pods_do_not_come_back_is_never_climbed_over(ladder):
    world = ladder()
    world.cluster.recover_in = timedelta(seconds=90)
    world.drive()
    assert world.store.stop.kind is StopKind.FAULT
    assert "Rung 1 was not proven gone" in world.store.stop.reason
    assert _targets(world) == [1]


def test_a_rung_that_would_touch_more_than_was_approved_fails_the_run(ladder):
    world = ladder(ceiling=1)
    world.drive()
    assert world.state is RunState.FAILED
    assert "1 were approved" in world.store.stop.reason
    assert _targets(world) == [1]
    assert not world.cluster.grant


def test_a_driver_that_dies_between_two_rungs_leaves_nothing(ladder):
    world = ladder()
    drive_until_killed(world, 21)
    world.clock.at += timedelta(seconds=20)
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.state is RunState.ABORTED
    assert not world.cluster.engines
    assert world.now() > START


def test_a_climb_that_does_not_go_through_is_tried_again_at_a_pace(ladder):
    world = ladder()
    pods = world.cluster.pods
    world.at(9, lambda: setattr(world.cluster, "pods", _refuse))
    world.at(24, lambda: setattr(world.cluster, "pods", pods))
    world.drive()
    failed = [event.at for event in world.store.log if event.kind == "run.act_failed"]
    assert 3 <= len(failed) <= 6
    assert _targets(world) == [1, 2, 3]
    assert world.state is RunState.COMPLETED


def test_deletes_at_the_end_of_a_rung_that_fail_are_repeated_at_a_pace(ladder):
    world = ladder()
    world.at(9, lambda: setattr(world.cluster, "revert_error", Transient("503")))
    world.at(24, lambda: setattr(world.cluster, "revert_error", None))
    world.drive()
    assert 3 <= world.kinds().count("run.act_failed") <= 6
    assert world.state is RunState.COMPLETED


def _refuse(namespace, labels):
    raise Transient("The API server did not answer.")
