"""A node that is kept busy: there by its helper alone, gone when node, pressures and probe are as before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.states import RunState
from tests.support.builders import a_busy_node_spec, a_node


@pytest.fixture
def busy(world_of):
    world = world_of(a_busy_node_spec(), probe=lambda probe, at: 120.0)
    world.cluster.nodes = {"node-0": a_node()}
    return world


def set_node(world, **changes):
    world.cluster.nodes["node-0"] = replace(world.cluster.nodes["node-0"], **changes)


def test_it_is_there_when_its_helper_runs_though_litmus_says_nothing_and_nothing_is_restored(busy):
    busy.drive()
    (progress,) = busy.store.record_.progress
    assert busy.state is RunState.COMPLETED
    assert progress.injected_at - progress.requested_at >= busy.cluster.inject_delay
    assert busy.cluster.said == {}
    assert not busy.cluster.times("restore node-0")


def test_a_helper_that_never_runs_is_a_fault_that_was_never_there(busy):
    busy.cluster.inject_delay = timedelta(hours=1)
    busy.drive()
    assert busy.state is RunState.FAILED
    assert busy.store.record_.progress[0].injected_at is None


def test_it_is_not_reverted_while_the_kubelet_keeps_up_a_pressure_that_was_not_there_before(busy):
    busy.at(12, lambda: set_node(busy, pressures=("MemoryPressure",)))
    busy.at(50, lambda: set_node(busy, pressures=()))
    busy.drive()
    clean_at = busy.store.record_.marks.clean_at
    assert busy.state is RunState.COMPLETED
    assert clean_at - busy.cluster.times("take_grant")[0] > timedelta(seconds=45)


def test_a_node_that_is_not_ready_any_more_is_not_reverted_before_it_is(busy):
    busy.at(12, lambda: set_node(busy, is_ready=False))
    busy.at(50, lambda: set_node(busy, is_ready=True))
    busy.drive()
    clean_at = busy.store.record_.marks.clean_at
    assert clean_at - busy.cluster.times("take_grant")[0] > timedelta(seconds=45)
