"""The lever is held in the database and in the cluster; each of the two alone keeps drivers from starting."""

from datetime import timedelta

import pytest

from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from tests.support.fake_cluster import START

WITHIN = timedelta(seconds=1)
BASELINE_ENDS = 5.0


def in_the_database(world):
    world.store.lever = "A real incident."


def in_the_cluster(world):
    world.cluster.lever = "A real incident."


@pytest.fixture(params=[in_the_database, in_the_cluster])
def pull(request):
    return request.param


@pytest.mark.parametrize("at", [0.0, 2.0, *(BASELINE_ENDS + step / 10 for step in range(-6, 7))])
def test_whenever_it_is_pulled_no_start_is_sent_later_than_a_second_after(world_of, pull, at):
    world = world_of()
    world.at(at, lambda: pull(world))
    world.drive()
    pulled = START + timedelta(seconds=at)
    assert all(sent <= pulled + WITHIN for sent in world.cluster.times("inject"))
    assert world.store.stop.kind is StopKind.HALT and world.state.is_final
    assert not world.cluster.engines


def test_pulled_a_second_before_the_baseline_is_over_nothing_is_ever_sent(world_of, pull):
    world = world_of()
    world.at(BASELINE_ENDS - 1, lambda: pull(world))
    world.drive()
    assert not world.cluster.times("inject")
    assert world.state is RunState.ABORTED


def test_a_lever_that_comes_during_the_last_look_comes_before_the_create(world_of):
    world = world_of()
    look = world.cluster.experiments

    def while_it_looks():
        in_the_database(world)
        return look()

    world.cluster.experiments = while_it_looks
    world.drive()
    assert not world.cluster.times("inject")


def latched(world):
    world.store.want_stop([world.ref.run], Stop(START, StopKind.PERSON, "Payments are slow.", "ada"))


@pytest.mark.parametrize("said", [in_the_database, latched])
def test_what_is_said_while_the_inverse_is_written_comes_before_the_create(world_of, said):
    world = world_of()
    inject = world.cluster.inject

    def after_a_slow_write(ref, injection, last_word):
        said(world)
        return inject(ref, injection, last_word)

    world.cluster.inject = after_a_slow_write
    world.drive()
    assert not world.cluster.times("inject")
    assert world.state.is_final and not world.cluster.engines


def test_between_two_rungs_it_keeps_the_next_from_being_climbed(ladder, pull):
    world = ladder()
    world.at(8, lambda: pull(world))
    world.drive()
    assert len(world.cluster.times("inject")) == 1
    assert world.store.stop.kind is StopKind.HALT
