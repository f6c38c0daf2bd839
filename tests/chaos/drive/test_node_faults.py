"""A drained node is set back to exactly what it was: by Litmus, or by us where Litmus did not."""

from dataclasses import replace

import pytest

from chaos.domain.states import RunState, Verdict
from tests.support.builders import a_drain_spec, a_node, pods
from tests.support.world import World


@pytest.fixture
def drained(world_of):
    """A world whose node-0 is drained, and was cordoned before if `cordoned`."""

    def make(cordoned: bool = False) -> World:
        world = world_of(a_drain_spec(), probe=lambda probe, at: 120.0)
        pre = a_node(is_schedulable=not cordoned)
        world.cluster.nodes = {pre.name: pre}
        injection = world.store.record_.injections[0]
        post = replace(injection.postcondition, nodes=(pre,))
        injection = replace(injection, nodes=(pre,), postcondition=post)
        world.store.record_ = replace(world.store.record_, injections=(injection,))
        return world

    return make


def test_a_drained_node_takes_pods_again_and_the_evicted_ones_are_ready_elsewhere(drained):
    world = drained()
    world.drive()
    assert world.state is RunState.COMPLETED
    assert world.cluster.nodes["node-0"].is_schedulable
    assert world.cluster.ready == 6
    assert not world.cluster.times("restore node-0")


def test_the_timeline_names_the_node_and_counts_nodes_not_pods(drained):
    world = drained()
    world.drive()
    (text,) = [event.text for event in world.store.log if event.kind == "injection.requested"]
    assert "requested on node-0 (1 of" in text
    assert text.endswith("nodes).")


def test_a_node_that_litmus_left_cordoned_is_set_back_by_us(drained):
    world = drained()
    world.cluster.helper_killed = True
    world.drive()
    assert world.cluster.nodes["node-0"].is_schedulable
    assert world.cluster.times("restore node-0")[0] <= world.store.record_.marks.clean_at
    assert "run.restoring" in world.kinds()


def test_a_node_that_was_cordoned_before_stays_so_though_litmus_uncordons_it(drained):
    world = drained(cordoned=True)
    world.cluster.said["gd-0f0e0d0c-0"] = {"node/node-0": "injected"}
    world.drive()
    assert not world.cluster.nodes["node-0"].is_schedulable
    assert world.cluster.times("restore node-0")


def test_a_node_that_is_gone_took_what_was_done_to_it_along(drained):
    world = drained()
    world.at(12, world.cluster.nodes.clear)
    world.at(12, world.cluster.engines.clear)
    world.drive()
    assert world.state.is_final
    assert not world.cluster.times("restore node-0")


def test_a_node_that_somebody_else_cordoned_during_a_taint_is_left_cordoned(drained):
    world = drained()
    (injection,) = world.store.record_.injections
    post = replace(injection.postcondition, cordons=False, taint_keys=("gameday",))
    world.store.record_ = replace(
        world.store.record_, injections=(replace(injection, postcondition=post, nodes=()),)
    )
    world.cluster.said["gd-0f0e0d0c-0"] = {"node/node-0": "injected"}
    node = world.cluster.nodes["node-0"]
    world.at(12, lambda: world.cluster.nodes.update({"node-0": replace(node, is_schedulable=False)}))
    world.drive()
    assert world.state is RunState.COMPLETED
    assert not world.cluster.nodes["node-0"].is_schedulable
    assert not world.cluster.times("restore node-0")


@pytest.mark.parametrize(("missed", "verdict"), [((), Verdict.HELD), (("api-0",), Verdict.INCONCLUSIVE)])
def test_a_drain_that_a_budget_refuses_to_the_end_moved_nobody_and_proves_nothing(drained, missed, verdict):
    world = drained()
    (injection,) = world.store.record_.injections
    world.store.record_ = replace(world.store.record_, injections=(replace(injection, leaving=pods()[:1]),))
    world.cluster.missed = missed
    world.drive()
    assert (world.state, world.store.verdict) == (RunState.COMPLETED, verdict)
    assert ("never seen on payments/api-0" in world.said("run.verdict").text) is bool(missed)
