"""An API server that is too busy is heard, within limits, and asked for as long as it takes."""

from datetime import timedelta
from itertools import pairwise

import pytest

from chaos.domain.errors import Forbidden, Transient
from chaos.domain.states import RunState
from chaos.services.perceive import LONGEST_HINT
from tests.support.fake_cluster import START


def gaps(world):
    times = world.cluster.times("revert")
    return [later - earlier for earlier, later in pairwise(times)]


def refusing(world_of, error, until=60):
    world = world_of(overload=900.0)
    world.cluster.revert_error = error
    world.at(until, lambda: setattr(world.cluster, "revert_error", None))
    world.drive()
    assert world.state is RunState.ABORTED and world.store.record_.marks.clean_at
    return world


def test_it_is_asked_again_when_it_said_that_it_could(world_of):
    hinted = gaps(refusing(world_of, Transient("429", retry_after=7.0)))
    assert all(gap >= timedelta(seconds=9) for gap in hinted[1:4]), "seven seconds, and our own two"
    assert min(gaps(refusing(world_of, Transient("429")))) < timedelta(seconds=3)


def test_a_server_that_wants_an_hour_does_not_put_a_revert_off_for_one(world_of):
    world = refusing(world_of, Transient("429", retry_after=3600.0), until=100)
    longest = LONGEST_HINT + timedelta(seconds=31)
    assert all(gap <= longest for gap in gaps(world)[1:])


@pytest.mark.parametrize("error", [Transient("503"), Forbidden("Gameday may not delete chaosengines.")])
def test_it_is_asked_for_ever(world_of, error):
    world = refusing(world_of, error, until=600)
    assert len(world.cluster.times("revert")) > 20
    assert world.store.record_.marks.clean_at > START + timedelta(seconds=600)
    assert "run.stranded" in world.kinds()
