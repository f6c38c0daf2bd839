"""Right before each injection: its experiment is looked at again, its images and all the rest of it."""

from datetime import timedelta

from chaos.domain.errors import Forbidden, Transient
from chaos.domain.states import RunState, StopKind
from chaos.domain.targets import Limits
from tests.support.fake_cluster import START


def carry(world, image):
    world.cluster.installed["pod-delete"]["spec"]["definition"]["image"] = image


def test_an_experiment_whose_image_is_changed_in_the_baseline_is_not_started(world_of):
    world = world_of()
    world.at(3, lambda: carry(world, "evil.example/go-runner:3.28.0"))
    world.drive()
    assert not world.cluster.times("inject")
    assert (world.state, world.store.stop.kind) == (RunState.ABORTED, StopKind.LIMITS)
    assert world.store.stop.reason.startswith(
        "Nothing is injected: ChaosExperiment pod-delete may not run here: "
        "Its image 'evil.example/go-runner:3.28.0' is not on this cluster's list"
    )


def test_an_experiment_that_is_given_another_setting_in_the_baseline_is_not_started(world_of):
    world = world_of()
    env = world.cluster.installed["pod-delete"]["spec"]["definition"]["env"]
    world.at(3, lambda: env.append({"name": "PODS_AFFECTED_PERC", "value": "100"}))
    world.drive()
    assert not world.cluster.times("inject")
    assert "The setting PODS_AFFECTED_PERC is 100, which we do not set." in world.store.stop.reason


def test_an_experiment_whose_image_is_changed_on_a_rung_is_not_started_on_the_next(ladder):
    world = ladder()
    world.at(9, lambda: carry(world, "litmuschaos/go-runner:latest"))
    world.drive()
    assert len(world.cluster.times("inject")) == 1
    assert world.store.stop.reason.startswith("Rung 2 of 3 is not climbed: ChaosExperiment pod-delete")
    assert not world.cluster.engines


def test_a_list_of_images_that_is_shortened_on_a_rung_is_heard_before_the_next(ladder):
    world = ladder()
    world.at(9, lambda: setattr(world.store, "limits", Limits(max_percent=50, images=("bank/",))))
    world.drive()
    assert len(world.cluster.times("inject")) == 1
    assert "is not on this cluster's list (bank/)" in world.store.stop.reason


def test_an_experiment_that_is_gone_is_said_to_be(world_of):
    world = world_of()
    world.at(3, world.cluster.installed.clear)
    world.drive()
    assert not world.cluster.times("inject")
    assert world.store.stop.reason == "ChaosExperiment pod-delete is gone from the chaos namespace."


def test_what_cannot_be_looked_at_is_asked_for_again_and_nothing_injected_before(world_of):
    world = world_of()
    there = world.cluster.experiments

    def silent():
        raise Transient("The API server did not answer.")

    world.at(3, lambda: setattr(world.cluster, "experiments", silent))
    world.at(20, lambda: setattr(world.cluster, "experiments", there))
    world.drive()
    assert world.cluster.times("inject")[0] >= START + timedelta(seconds=20)
    assert 3 <= world.kinds().count("run.act_failed") <= 8
    assert world.state is RunState.COMPLETED


def test_without_the_right_to_look_nothing_is_injected(world_of):
    world = world_of()

    def forbidden():
        raise Forbidden("Gameday may not list chaosexperiments in namespace chaos.")

    world.at(3, lambda: setattr(world.cluster, "experiments", forbidden))
    world.drive()
    assert not world.cluster.times("inject")
    assert "may not list chaosexperiments" in world.store.stop.reason
