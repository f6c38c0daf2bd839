"""What was proven gone comes back on a ladder: it is seen, the run stops, and all is reverted as one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.sight import ResidueKind
from chaos.domain.states import RunState, StopKind
from tests.support.fake_cluster import START
from tests.support.mishaps import land, leave

FIRST = "gd-0f0e0d0c-0"
KINDS = [
    (ResidueKind.JOB, "pod-delete-x7k2pq"),
    (ResidueKind.POD, "pod-delete-helper-abc12"),
    (ResidueKind.POLICY, "pod-network-partition-np-x1"),
    (ResidueKind.ENGINE, FIRST),
]


def stopped_for(world, what):
    stop = world.store.stop
    assert stop.kind is StopKind.FAULT
    assert f"What was proven gone is back: {what}." in stop.reason
    assert world.state is RunState.FAILED


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_between_two_rungs_whatever_comes_back_is_of_the_one_before(ladder, kind, name):
    """Litmus names Jobs and helpers by the experiment and not by the engine."""
    world = ladder()
    left = []
    slow = (START + timedelta(seconds=7), START + timedelta(seconds=20))
    world.probe = lambda probe, at: 300.0 if slow[0] <= at < slow[1] else 120.0
    world.at(16, lambda: left.append(leave(world, kind, name)))
    world.at(40, lambda: left[0].clear())
    world.drive()
    assert world.store.stop.at <= START + timedelta(seconds=17)
    stopped_for(world, name)
    assert world.store.record_.marks.clean_at >= START + timedelta(seconds=40)
    assert len(world.cluster.times("inject")) == 1


def test_on_the_next_rung_an_engine_of_the_one_before_is_told_apart_from_its_own(ladder):
    world = ladder()
    first = world.store.record_.injections[0]
    world.at(16, lambda: land(world, first))
    world.drive()
    stopped_for(world, FIRST)
    assert world.store.stop.at <= START + timedelta(seconds=17)
    assert not world.cluster.engines


def test_while_the_last_rung_is_observed_an_engine_of_an_earlier_one_is_not_left_to_inject(ladder):
    world = ladder()
    first = world.store.record_.injections[0]

    def back():
        assert world.state is RunState.OBSERVING
        land(world, replace(first, targets=()))

    world.at(33, back)
    world.drive()
    stopped_for(world, FIRST)
    assert world.store.stop.at <= START + timedelta(seconds=34)
    assert world.cluster.times("revert")[-1] >= START + timedelta(seconds=33)
