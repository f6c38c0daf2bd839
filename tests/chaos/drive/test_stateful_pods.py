"""Pods of a StatefulSet come back under the same names, and are others."""

import pytest

from chaos.domain.states import RunState


def test_pods_of_a_stateful_set_are_gone_and_back_though_their_names_never_change(world_of):
    world = world_of()
    world.cluster.keeps_names = True
    world.drive()
    assert world.state is RunState.COMPLETED
    assert world.said("run.injected").body["left"] == ["api-0", "api-1", "api-2"]
    assert sorted(pod.name for pod, _ in world.cluster.standing.values()) == [f"api-{n}" for n in range(6)]
    assert {"new-uid-0", "new-uid-1", "new-uid-2"} < set(world.cluster.standing)


def test_pods_of_a_stateful_set_are_replaced_once_where_the_helper_was_killed(world):
    world.cluster.keeps_names = True
    world.cluster.helper_killed = True
    world.drive()
    assert world.state is RunState.COMPLETED
    assert len(world.cluster.times("remove")) == 1
    assert {"new-uid-0", "new-uid-1", "new-uid-2"} < set(world.cluster.standing)
    assert world.store.record_.marks.clean_at >= world.store.record_.progress[0].recreated_at


@pytest.mark.parametrize("at", [7, 14])
def test_a_stateful_pod_that_somebody_else_replaced_in_mid_fault_is_replaced_no_more_than_once_more(
    world, at
):
    """Before the helper came it took the fault with its name; after, Litmus' word cannot tell the two."""
    world.cluster.keeps_names = True
    world.cluster.helper_killed = True
    world.at(at, lambda: world.cluster._replace("uid-0"))
    world.drive()
    assert world.state is RunState.COMPLETED
    assert len(world.cluster.times("remove")) == 1
    (uid,) = (uid for uid, (pod, _) in world.cluster.standing.items() if pod.name == "api-0")
    assert uid == "new-new-uid-0"


def test_a_ladder_on_a_stateful_set_names_the_pods_of_each_rung_anew(ladder):
    world = ladder()
    world.cluster.keeps_names = True
    world.drive()
    assert world.state is RunState.COMPLETED
    uids = [{pod.uid for pod in item.targets} for item in world.store.record_.injections]
    names = [{pod.name for pod in item.targets} for item in world.store.record_.injections]
    assert names[0] < names[1] < names[2]
    assert "uid-0" in uids[0] and "new-uid-0" in uids[1] and "new-new-uid-0" in uids[2]
