"""One thing that cannot be set back keeps no other from it; and who comes late to it leaves it alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain import reverting
from chaos.domain.decisions import Recreate, Restore
from chaos.domain.errors import Forbidden, Refused
from chaos.domain.injection import Progress
from chaos.domain.run import Marks, RunView
from chaos.domain.sight import ResultSeen
from chaos.domain.states import RunState
from tests.domain.views import NOW, a_sight, a_view, ago
from tests.support import world as worlds
from tests.support.builders import a_drain_spec, a_latency_spec, a_node, injections_of, pods
from tests.support.fake_cluster import START


class StillThere(BaseException):
    """The day of a test is over."""


def over() -> None:
    raise StillThere


def two_left() -> RunView:
    """Of two injections both have left something: a cordoned node, and pods with the fault in them."""
    (drain,), (latency,) = injections_of(a_drain_spec()), injections_of(a_latency_spec())
    latency = replace(latency, index=1, name="gd-0f0e0d0c-1")
    said = {f"pod/{name}": "injected" for name, _ in latency.postcondition.freed}
    sight = replace(
        a_sight(),
        engines=(),
        residue=(),
        pods=pods(),
        nodes=(replace(drain.postcondition.nodes[0], is_schedulable=False),),
        results=(ResultSeen("one", latency.name, targets=said),),
    )
    marks = Marks(granted_at=ago(600), ended_at=ago(500), accepted_at=ago(499), pods_gone_at=ago(498))
    return a_view(
        RunState.REVERTING,
        marks=replace(marks, stranded_at=ago(400)),
        state_since=ago(500),
        seen=sight,
        sight=sight,
        injections=(drain, latency),
        progress=tuple(Progress(n, requested_at=ago(550), answered_at=ago(549)) for n in (0, 1)),
        last_act_at=ago(60),
        left_noted_at=NOW,
    )


@pytest.mark.parametrize(
    ("tried", "due"),
    [
        ({}, Restore(0)),
        ({Restore(0): ago(60)}, Recreate(1)),
        ({Restore(0): ago(60), Recreate(1): ago(31)}, Restore(0)),
        ({Restore(0): ago(31), Recreate(1): ago(60)}, Recreate(1)),
    ],
)
def test_what_was_tried_longest_ago_comes_first(tried: dict[object, object], due: object) -> None:
    assert reverting.decide(replace(two_left(), redressed_at=tried, failed_acts=1), NOW) == due


def test_of_two_nodes_the_one_that_can_be_is_set_back_though_the_other_is_refused(
    world_of: Callable[..., worlds.World],
) -> None:
    world = world_of(a_drain_spec(), lambda probe, at: 120.0)
    cluster = world.cluster
    first, second = a_node(), a_node("node-1")
    cluster.nodes, cluster.helper_killed = {"node-0": first}, True
    (injection,) = world.store.record_.injections
    both = replace(injection.postcondition, nodes=(first, second))
    world.store.record_ = replace(world.store.record_, injections=(replace(injection, postcondition=both),))
    set_back = cluster.restore_node

    def restore_node(node, *how):
        if node.name == "node-0":
            cluster._said("restore refused")
            raise Forbidden("Gameday may not patch nodes node-0.")
        return set_back(node, *how)

    cluster.restore_node = restore_node
    world.at(10, lambda: cluster.nodes.update({"node-1": replace(second, is_schedulable=False)}))
    world.at(300, over)
    with pytest.raises(StillThere):
        world.drive()
    assert not cluster.nodes["node-0"].is_schedulable and cluster.nodes["node-1"].is_schedulable


def test_a_driver_that_slept_on_the_way_to_setting_back_leaves_alone_what_is_somebody_s_by_then(
    world_of: Callable[..., worlds.World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(a_drain_spec(), lambda probe, at: 120.0)
    cluster, asleep, begin = world.cluster, [], worlds.SimSenses.act
    cluster.nodes, cluster.helper_killed = {"node-0": a_node()}, True

    def act(self, name, deed):
        if name == "restore" and not asleep:
            asleep.append(deed)
        else:
            begin(self, name, deed)

    monkeypatch.setattr(worlds.SimSenses, "act", act)
    world.at(60, over)
    with pytest.raises(StillThere):
        world.drive()
    world.clock.at, world.store.lease_until = START + timedelta(minutes=5), None
    world.drive()
    assert world.state.is_final and cluster.nodes["node-0"].is_schedulable
    cluster.nodes["node-0"] = replace(cluster.nodes["node-0"], is_schedulable=False)
    with pytest.raises(Refused, match="another driver"):
        asleep[0]()
    assert not cluster.nodes["node-0"].is_schedulable
