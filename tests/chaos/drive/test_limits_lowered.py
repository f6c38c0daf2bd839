"""An administrator lowers a limit while a run is on: whatever is not injected yet keeps to the new one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.record import ORGANISERS
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.domain.targets import Limits
from tests.support.builders import a_drain_spec, a_manual_spec, a_node
from tests.support.fake_cluster import START

USUAL = Limits(max_percent=50)
LOWERED = [
    (replace(USUAL, max_percent=20), "2 of 6 pods is 33 %; this cluster allows 20 %."),
    (
        replace(USUAL, max_fault=timedelta(seconds=3)),
        "The fault lasts 5 s, the cluster allows 3 s at",
    ),
    (replace(USUAL, protected_namespaces=("payments",)), "Namespace payments is protected on this cluster"),
    (replace(USUAL, opted_in_namespaces=("cards",)), "Namespace payments has not opted in"),
    (replace(USUAL, min_ready_left=5), "2 of 6 ready pods would leave 4; 5 must be left."),
]


def _lower(world, seconds, limits):
    world.at(seconds, lambda: setattr(world.store, "limits", limits))


@pytest.mark.parametrize(("limits", "sentence"), LOWERED)
def test_a_limit_lowered_on_a_rung_keeps_the_run_from_the_next(ladder, limits, sentence):
    world = ladder()
    _lower(world, 9, limits)
    world.drive()
    progress = world.store.record_.progress
    assert progress[0].injected_at < START + timedelta(seconds=9) < progress[0].reverted_at
    assert [len(item.targets) for item in world.store.record_.injections] == [1]
    assert len(world.cluster.times("inject")) == 1
    stop = world.store.stop
    assert (world.state, stop.kind) == (RunState.ABORTED, StopKind.LIMITS)
    assert stop.reason.startswith(f"Rung 2 of 3 is not climbed: {sentence}")
    assert world.store.record_.marks.clean_at
    assert not world.cluster.engines and not world.cluster.grant


def test_what_was_injected_within_the_limits_goes_on_until_its_time(ladder):
    world = ladder()
    _lower(world, 9, LOWERED[0][0])
    world.drive()
    (progress,) = world.store.record_.progress
    assert progress.reverted_at >= progress.injected_at + timedelta(seconds=5)


def test_a_rung_that_the_lowered_limit_still_allows_is_climbed(ladder):
    world = ladder()
    _lower(world, 9, replace(USUAL, max_percent=34))
    world.drive()
    assert [len(item.targets) for item in world.store.record_.injections] == [1, 2]
    assert world.store.stop.reason == (
        "Rung 3 of 3 is not climbed: 3 of 6 pods is 50 %; this cluster allows 34 %."
    )


def test_the_journal_says_which_limit_it_was_and_everyone_may_read_it(ladder):
    world = ladder()
    _lower(world, 9, LOWERED[0][0])
    world.drive()
    said = world.said("run.over_limits")
    assert said.text == world.store.stop.reason
    assert said.audience != ORGANISERS
    assert said.body["kind"] == "limits"
    assert world.kinds().index("run.over_limits") < world.kinds().index("run.stop_wanted")


@pytest.mark.parametrize("limits", [limits for limits, _ in LOWERED])
def test_a_limit_lowered_in_the_baseline_keeps_the_first_fault_from_being_injected(world_of, limits):
    world = world_of()
    _lower(world, 4, limits)
    world.drive()
    assert not world.cluster.times("inject")
    assert (world.state, world.store.stop.kind) == (RunState.ABORTED, StopKind.LIMITS)
    assert world.store.stop.reason.startswith("Nothing is injected: ")
    assert world.store.verdict is Verdict.INCONCLUSIVE
    assert "nothing had been injected" in world.store.log[-1].text


def test_a_limit_of_nodes_lowered_in_the_baseline_is_heard(world_of):
    world = world_of(a_drain_spec(), probe=lambda probe, at: 120.0)
    world.cluster.nodes = {"node-0": a_node()}
    _lower(world, 4, replace(USUAL, max_nodes=0))
    world.drive()
    assert not world.cluster.times("inject")
    assert world.store.stop.reason == (
        "Nothing is injected: 1 nodes are more than the 0 this cluster allows."
    )


def test_a_person_is_not_asked_to_inject_what_the_limits_no_longer_allow(world_of):
    world = world_of(a_manual_spec())
    _lower(world, 4, replace(USUAL, max_fault=timedelta(seconds=3)))
    world.drive()
    assert "run.waiting_for_person" not in world.kinds()
    assert world.store.stop.kind is StopKind.LIMITS


def test_limits_that_cannot_be_read_allow_nothing(ladder):
    world = ladder()
    _lower(world, 9, None)
    world.drive()
    assert len(world.cluster.times("inject")) == 1
    assert "The limits of this cluster cannot be read" in world.store.stop.reason


def test_limits_that_are_not_read_again_once_the_rung_is_named_inject_nothing(ladder):
    world = ladder()

    def hang():
        last = world.store.signals(world.ref.run)
        world.store.signals = lambda run: last

    world.at(9, hang)
    world.drive()
    assert len(world.cluster.times("inject")) == 1
    assert world.store.stop.kind is StopKind.RECORD
    assert "limits of this cluster have not been read since 10:00:1" in world.store.stop.reason
