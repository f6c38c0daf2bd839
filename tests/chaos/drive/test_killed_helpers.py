"""A fault whose helper was killed before it could take it out: gone with its pods, or not called gone."""

from datetime import timedelta
from typing import Any

from chaos.domain.errors import Forbidden
from chaos.domain.reverting import UNDONE_WITHIN
from chaos.domain.states import RunState
from tests.support.builders import a_disk_spec
from tests.support.fake_cluster import START
from tests.support.world import World


def test_where_the_helper_was_killed_the_pods_are_replaced_and_only_then_is_it_clean(
    world: World,
) -> None:
    world.cluster.helper_killed = True
    world.drive()
    marks, (progress,) = world.store.record_.marks, world.store.record_.progress
    (removed,) = world.cluster.times("remove")
    assert world.state is RunState.COMPLETED
    assert removed >= marks.pods_gone_at + UNDONE_WITHIN
    assert progress.recreated_at >= removed
    assert marks.clean_at >= removed + world.cluster.recover_in, "ready again, and the probe green"
    assert {"new-uid-0", "new-uid-1", "new-uid-2"} < set(world.cluster.standing)
    assert "uid-3" in world.cluster.standing, "a pod that was no target stays"
    assert world.said("run.recreating").body["pods"] == ["api-0", "api-1", "api-2"]


def test_a_disk_that_a_stop_left_full_is_rid_of_its_file_though_the_helper_says_that_it_removed_it(
    world_of: Any,
) -> None:
    world = world_of(a_disk_spec(), lambda probe, at: 120.0)
    world.cluster.undo_fails = True
    world.stop_at(12)
    world.drive()
    assert world.state is RunState.ABORTED
    assert set(world.cluster.said) == set()
    assert {"new-uid-0", "new-uid-1", "new-uid-2"} < set(world.cluster.standing)
    assert world.cluster.faulty == {}
    assert world.said("run.recreating").text == (
        "Whether the helper undid disk-fill cannot be known; recreating api-0, api-1, api-2 to be rid of it."
    )


def test_a_fault_that_is_still_in_its_pods_is_never_called_clean(world: World) -> None:
    world.cluster.helper_killed = True
    world.cluster._replace = lambda uid: None  # type: ignore[method-assign]
    world.at(300, lambda: delattr(world.cluster, "_replace"))
    world.at(300, lambda: world.cluster.remove([pod for pod, _ in list(world.cluster.standing.values())[:3]]))
    world.drive()
    marks = world.store.record_.marks
    assert marks.stranded_at and marks.clean_at > START + timedelta(seconds=300)
    assert "the fault was not taken out of api-0, api-1, api-2" in world.said("run.stranded").text


def test_a_result_that_never_said_injected_counts_as_a_fault_that_may_be_there(world: World) -> None:
    """The helper was killed between putting it in and saying so."""
    world.cluster.inject_delay = timedelta(seconds=30)
    world.cluster.helper_killed = True
    engine = "gd-0f0e0d0c-0"
    targets = {f"pod/api-{n}": "targeted" for n in range(3)}
    world.at(7, lambda: world.cluster.said.update({engine: targets}))
    world.stop_at(8)
    world.drive()
    assert world.state is RunState.ABORTED
    assert len(world.cluster.times("remove")) == 1
    assert {"new-uid-0", "new-uid-1", "new-uid-2"} < set(world.cluster.standing)


def test_a_target_that_was_replaced_meanwhile_took_the_fault_along(world: World) -> None:
    world.cluster.helper_killed = True
    for uid in ("uid-0", "uid-1", "uid-2"):
        world.at(14, lambda uid=uid: world.cluster._replace(uid))
    world.drive()
    assert world.state is RunState.COMPLETED
    assert world.cluster.times("remove") == []


def test_rights_that_are_missing_for_replacing_them_are_asked_for_until_they_come(
    world: World,
) -> None:
    world.cluster.helper_killed = True
    remove = world.cluster.remove

    def refused(residue: Any) -> None:
        world.cluster.calls.append((world.now(), "refused"))
        raise Forbidden("Gameday may not delete pods in namespace payments.")

    world.cluster.remove = refused  # type: ignore[method-assign]
    world.at(90, lambda: setattr(world.cluster, "remove", remove))
    world.drive()
    assert len(world.cluster.times("refused")) >= 2
    assert world.store.record_.marks.clean_at > START + timedelta(seconds=90)
    assert "Gameday may not delete pods" in world.said("run.act_failed").text
