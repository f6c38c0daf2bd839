"""What a grant said is forgotten once the next run's is there: what people do under that one stays."""

from __future__ import annotations

from typing import Any

from chaos.adapters import litmus_kinds as kinds
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import GRANT
from deploy.rehearsal.api.mishaps import Effect, Mishap
from tests.adapters import test_ending
from tests.adapters.test_ending import Scene, cordon
from tests.adapters.things import a_run, an_injection

scene = test_ending.scene


def read_by_a_halt_that_was_released(scene: Scene) -> LitmusCluster:
    """Whoever halted, and read the grant of a run with a cordon; its driver has taken the grant since."""
    scene.launch(nodes=(scene.node("node-1"),), cordons=True)
    one = scene.cluster()
    one.end_everything()
    scene.admin.delete(kinds.LEASES, "chaos", GRANT)
    return one


def next_run(scene: Scene) -> None:
    ref = a_run(scene.ref.installation)
    scene.cluster().take_grant(ref)
    scene.cluster().inject(ref, an_injection(ref))


def test_a_cordon_set_under_the_next_run_is_not_undone_by_what_the_one_before_had_noted(scene: Scene) -> None:
    one = read_by_a_halt_that_was_released(scene)
    next_run(scene)
    cordon(scene, "node-1")
    assert [one.end_everything().set_back for _ in range(3)] == [(), (), ()]
    assert scene.left() == set() and scene.spec_of("node-1")["unschedulable"]


def test_that_holds_where_the_next_run_s_grant_is_listed_and_cannot_be_read(scene: Scene) -> None:
    one = read_by_a_halt_that_was_released(scene)
    next_run(scene)
    cordon(scene, "node-1")
    unread = Mishap("no grant", Effect.FORBID, frozenset({"get"}), "leases.coordination.k8s.io")
    scene.api.do(lambda: scene.api.mishaps.add(unread))
    one.end_everything()
    scene.api.do(lambda: scene.api.mishaps.remove("no grant"))
    scene.admin.delete(kinds.LEASES, "chaos", GRANT)
    assert one.end_everything().set_back == () and scene.spec_of("node-1")["unschedulable"]


def test_that_holds_where_the_next_run_s_notes_cannot_be_understood(scene: Scene) -> None:
    one = read_by_a_halt_that_was_released(scene)
    next_run(scene)
    note = {"metadata": {"annotations": {"gameday/undo-0": '{"v":99}'}}}
    scene.admin.merge_patch(kinds.LEASES, "chaos", GRANT, note)
    cordon(scene, "node-1")
    assert one.end_everything().errors
    scene.admin.delete(kinds.LEASES, "chaos", GRANT)
    assert one.end_everything().set_back == () and scene.spec_of("node-1")["unschedulable"]


class Meanwhile(KubernetesApi):
    """Between the list of grants and the read of the one that it names, the next run takes its place."""

    scene: Scene | None = None

    def get(self, resource: Resource, namespace: str, name: str, **options: Any) -> dict[str, Any]:
        scene = self.scene
        if scene and name == GRANT:
            self.scene = None
            scene.admin.delete(kinds.LEASES, "chaos", GRANT)
            next_run(scene)
        return super().get(resource, namespace, name, **options)


def test_that_holds_where_the_next_run_comes_between_the_list_of_grants_and_the_read(scene: Scene) -> None:
    injection = scene.launch(nodes=(scene.node("node-1"),), cordons=True)
    meddled = Meanwhile(scene.admin.connection)
    one = scene.cluster(meddled)
    one.end_everything()
    scene.cluster().inject(scene.ref, injection)
    meddled.scene = scene
    one.end_everything()
    scene.admin.delete(kinds.LEASES, "chaos", GRANT)
    cordon(scene, "node-1")
    assert [one.end_everything().set_back for _ in range(2)] == [(), ()]
    assert scene.left() == set() and scene.spec_of("node-1")["unschedulable"]
