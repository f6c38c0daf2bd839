"""A ladder: one pod, then two, then three; each rung only over a fault that is proven gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from chaos.domain.spec import Stage
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.domain.targets import Limits
from tests.support.builders import a_spec
from tests.support.fake_cluster import START
from tests.support.killing import drive_until_killed
from tests.support.world import World


@pytest.fixture
def ladder(world_of):
    """Three rungs of five seconds; `bad_below` is the number of ready pods below which p99 breaches."""

    def make(bad_below: int = 0, ceiling: int = 3) -> World:
        fault = a_spec().fault
        stages = (Stage(count=1), Stage(count=2), Stage(count=3))
        spec = a_spec(faults=(replace(fault, duration=timedelta(seconds=5), stages=stages),))
        world = world_of(spec, probe=lambda probe, at: 900.0 if world.cluster.ready < bad_below else 120.0)
        first = spec.fault.rungs[0]
        record = world.store.record_
        injection = replace(
            record.injections[0], duration=first.duration, targets=record.injections[0].targets[:1]
        )
        post = replace(injection.postcondition, gone=(injection.targets[0].uid,))
        world.store.record_ = replace(
            record,
            injections=(replace(injection, postcondition=post),),
            limits=Limits(max_percent=50),
            ceiling=ceiling,
        )
        return world

    return make


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
