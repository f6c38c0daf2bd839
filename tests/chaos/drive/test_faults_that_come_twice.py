"""A create that lands after the targets were replaced: its fault goes by their names, into the new ones."""

from datetime import timedelta

import pytest

from chaos.domain.states import RunState
from tests.support.builders import a_disk_spec
from tests.support.fake_cluster import START
from tests.support.mishaps import go_by_name, land, lose_the_next_create

UNSEEN = (30, 36)


@pytest.mark.parametrize("keeps_names", [True, False])
def test_a_create_that_lands_after_its_targets_were_replaced_leaves_its_fault_in_none_of_them(
    world_of, keeps_names
):
    """Its answer was lost, it is asked again, stopped and rid of; then it lands while nobody can see it."""
    world = world_of(a_disk_spec(), lambda probe, at: 120.0)
    cluster = world.cluster
    cluster.keeps_names, cluster.undo_fails = keeps_names, True
    go_by_name(world)
    lose_the_next_create(world, lands_after=timedelta(seconds=25))
    world.stop_at(14)
    world.at(UNSEEN[0], lambda: setattr(cluster, "unseen", "Cut off."))
    world.at(UNSEEN[1], lambda: setattr(cluster, "unseen", ""))
    world.drive()
    assert world.state is RunState.ABORTED
    assert cluster.faulty == {}, "every fault is proven gone, it said"
    replaced = [(at - START).total_seconds() for at in cluster.times("remove")]
    assert len(replaced) == (2 if keeps_names else 1), "those that it cannot have reached are left alone"
    assert replaced[0] < UNSEEN[0] and (not keeps_names or replaced[1] > UNSEEN[1])
    assert "ChaosEngine" in world.said("run.came_back").text
    assert world.kinds().count("run.clean") == 1


def test_where_its_helper_is_killed_the_second_time_too_the_replacements_are_replaced(world):
    (injection,) = world.store.record_.injections
    cluster = world.cluster
    cluster.keeps_names = cluster.helper_killed = True
    go_by_name(world)

    def late():
        assert world.store.record_.progress[0].recreated_at
        land(world, injection)
        cluster.engines[injection.name] = (world.now() - cluster.inject_delay, injection)

    world.at(35, late)
    world.drive()
    marks = world.store.record_.marks
    assert cluster.faulty == {} and len(cluster.times("remove")) == 2
    assert marks.stranded_at is None
    assert marks.pods_gone_at > START + timedelta(seconds=35), "those of the second engine"
    assert world.store.record_.progress[0].recreated_at > marks.pods_gone_at
    assert world.kinds().count("run.clean") == 1
