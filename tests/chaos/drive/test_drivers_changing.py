"""One driver at a time, and a gap between two of them is blindness."""

from datetime import timedelta

from chaos.domain.states import RunState, StopKind
from tests.support.fake_cluster import START
from tests.support.killing import drive_until_killed


def test_a_driver_that_comes_after_a_gap_in_mid_fault_stops_instead_of_going_on(world_of):
    world = world_of()
    drive_until_killed(world, 11)
    world.clock.at += timedelta(seconds=20)
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.store.stop.reason.startswith("Blind: nobody drove the run from ")
    assert world.state is RunState.ABORTED
    assert not world.cluster.engines


def test_a_second_driver_keeps_away_while_the_first_holds_the_lease(world_of):
    world = world_of()
    world.store.claim("", "another", START)
    assert world.drive() == "taken"
    assert world.cluster.calls == []


def test_a_driver_whose_fence_was_raised_stops_writing(world_of):
    world = world_of()

    def usurp():
        world.store.owner, world.store.fence = "another", world.store.fence + 1

    world.at(4, usurp)
    assert world.drive() == "lost"
    assert world.state is RunState.BASELINING


def test_a_driver_that_slept_before_its_create_sends_none_once_another_has_the_run(world_of):
    world = world_of()
    inject = world.cluster.inject

    def after_a_sleep(ref, injection, last_word):
        world.store.owner, world.store.fence = "another", world.store.fence + 1
        return inject(ref, injection, last_word)

    world.cluster.inject = after_a_sleep
    assert world.drive() == "lost"
    assert not world.cluster.engines


def test_a_driver_that_comes_in_the_baseline_believes_only_what_it_sees_itself(world_of):
    world = world_of()
    drive_until_killed(world, 4.7)
    world.clock.at += timedelta(seconds=13)
    world.blind = "Prometheus does not answer"
    world.drive()
    assert world.store.stop.kind in (StopKind.BLIND, StopKind.BASELINE)
    assert not world.cluster.times("inject")


def test_a_baseline_cut_short_by_a_dead_driver_says_for_how_long_nobody_looked(world_of):
    world = world_of()
    drive_until_killed(world, 3.2)
    world.clock.at += timedelta(seconds=17)
    world.drive()
    assert world.store.stop.kind is StopKind.BASELINE
    assert "The steady state was not shown" in (said := world.store.stop.reason)
    assert "nobody looked for 17 s" in said or "nobody looked for 18 s" in said
    assert not world.cluster.times("inject")


def test_a_stranded_run_is_handed_on_slice_by_slice_with_its_lease_given_back(world_of):
    world = world_of()
    world.cluster.recover_in = None
    leases = []
    assert world.drive(lambda: leases.append(world.store.lease_until) is None) == "handed on"
    assert leases == [None]
    assert world.state is RunState.REVERTING


def test_a_hand_on_that_fails_keeps_the_same_driver_driving(world_of):
    world = world_of()
    world.cluster.recover_in = None
    world.at(400, world.cluster.standing.clear)
    world.at(400, world.cluster.__post_init__)
    assert world.drive(lambda: False) == "over"
    assert world.state is RunState.COMPLETED
