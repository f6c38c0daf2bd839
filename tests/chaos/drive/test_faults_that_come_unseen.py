"""A create that lands and is ended by somebody else while the run's driver sees nothing of the cluster."""

from datetime import timedelta

import pytest

from chaos.domain.states import RunState
from tests.support.builders import a_disk_spec
from tests.support.fake_cluster import START
from tests.support.mishaps import go_by_name, lose_the_next_create


@pytest.fixture
def cut_off(world_of):
    """A full disk whose helper lies, stopped at 14 s and its pods replaced at 19 s; nothing is seen from 29 s
    to 45 s."""
    world = world_of(a_disk_spec(), lambda probe, at: 120.0)
    world.cluster.keeps_names = world.cluster.undo_fails = True
    go_by_name(world)
    world.stop_at(14)
    world.at(29, lambda: setattr(world.cluster, "unseen", "Cut off."))
    world.at(45, lambda: setattr(world.cluster, "unseen", ""))
    return world


def test_what_it_may_have_been_put_into_is_replaced_again_though_nobody_saw_it(cut_off):
    cluster = cut_off.cluster
    lose_the_next_create(cut_off, lands_after=timedelta(seconds=25))

    def watchdog():
        assert cluster.engines and cluster.ready
        cluster.undo_at |= {name: cut_off.now() for name in cluster.engines}
        cluster.engines.clear()

    cut_off.at(35, watchdog)
    cut_off.drive()
    assert cut_off.state is RunState.ABORTED
    assert cluster.faulty == {} and len(cluster.times("remove")) == 2
    assert "Nobody saw the cluster for a while" in cut_off.said("run.came_back").text


def test_where_every_create_was_answered_nothing_is_replaced_twice_for_having_been_unseen(cut_off):
    cut_off.at(20, lambda: setattr(cut_off.cluster, "unseen", "Cut off."))
    cut_off.at(26, lambda: setattr(cut_off.cluster, "unseen", ""))
    cut_off.drive()
    assert cut_off.state is RunState.ABORTED
    assert cut_off.store.record_.marks.clean_at >= START + timedelta(seconds=26)
    assert len(cut_off.cluster.times("remove")) == 1 and "run.came_back" not in cut_off.kinds()
