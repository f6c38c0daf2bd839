"""The inverse in the cluster: written before the fault, carried out by somebody who knows nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters import litmus_kinds as kinds
from chaos.adapters import litmus_undo
from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_ending import Ended
from chaos.adapters.litmus_manifests import GRANT, LitmusSettings
from chaos.domain.errors import Forbidden, GamedayError, Permanent
from chaos.domain.injection import Injection
from chaos.domain.sight import Node, Residue, ResidueKind, Workload
from deploy.rehearsal.api import Rule
from deploy.rehearsal.api.mishaps import Effect, Mishap
from tests.adapters.things import a_run, an_injection, live
from tests.support.rehearsal_api import RunningApi, running_api

SETTINGS = LitmusSettings("chaos", "chaos-{family}")
DEPLOYMENTS = Resource("apps/v1", "deployments")


class Scene:
    """A cluster without Litmus or controllers: what is there is what somebody put there."""

    def __init__(self, api: RunningApi, folder: Path) -> None:
        self.api, self.folder, self.ref = api, folder, a_run()
        self.admin = self.by("admin-token")

    def by(self, token: str) -> KubernetesApi:
        file = self.folder / token
        file.write_text(token)
        return KubernetesApi(Connection(self.api.url, token_file=str(file)))

    def cluster(self, api: KubernetesApi | None = None) -> LitmusCluster:
        """The adapter, knowing nothing of those before."""
        return LitmusCluster(api or self.admin, SETTINGS)

    def ended(self, passes: int = 1) -> Ended:
        """The last of so many passes, each by somebody who knows nothing of those before."""
        return [self.cluster().end_everything() for _ in range(passes)][-1]

    def node(self, name: str, **spec: Any) -> Node:
        self.admin.create(kinds.NODES, "", {"metadata": {"name": name}, "spec": spec})
        return next(node for node in self.cluster().nodes({}) if node.name == name)

    def workload(self, replicas: int) -> Workload:
        body = {"metadata": {"name": "api"}, "spec": {"replicas": replicas, "selector": {}, "template": {}}}
        made = self.admin.create(DEPLOYMENTS, "payments", body)
        return Workload("deployment", "payments", "api", made["metadata"]["uid"], replicas)

    def pod(self, name: str) -> str:
        """Its UID."""
        spec = {"containers": [{"name": "main", "image": "example/app:1"}]}
        made = self.admin.create(kinds.PODS, "payments", {"metadata": {"name": name}, "spec": spec})
        return str(made["metadata"]["uid"])

    def helper(self, injection: Injection) -> None:
        labels = {"chaosUID": self._engine(injection)["metadata"]["uid"]}
        spec = {"containers": [{"name": "main", "image": "example/app:1"}]}
        meta = {"name": f"{injection.name}-helper", "labels": labels}
        self.admin.create(kinds.PODS, "chaos", {"metadata": meta, "spec": spec})

    def said(self, injection: Injection, **targets: str) -> None:
        """By Litmus, of these pods."""
        meta = {
            "name": f"{injection.name}-{injection.experiment}",
            "annotations": {f"pod/{name}": word for name, word in targets.items()},
        }
        self.admin.create(kinds.RESULTS, "chaos", {"metadata": meta, "spec": {"engine": injection.name}})

    def launch(self, **post: Any) -> Injection:
        injection = self.injection(**post)
        self.cluster().take_grant(self.ref)
        self.cluster().inject(self.ref, injection)
        return injection

    def injection(self, **post: Any) -> Injection:
        injection = an_injection(self.ref)
        return replace(injection, postcondition=replace(injection.postcondition, **post))

    def spec_of(self, node: str) -> dict[str, Any]:
        return dict(self.admin.get(kinds.NODES, "", node).get("spec") or {})

    def left(self) -> set[ResidueKind]:
        return {item.kind for item in self.cluster().residue()}

    def _engine(self, injection: Injection) -> dict[str, Any]:
        return self.admin.get(kinds.ENGINES, "chaos", injection.name)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with running_api() as api:
        api.play_kubelet()
        yield Scene(api, tmp_path)


def cordon(scene: Scene, name: str, is_on: bool = True) -> None:
    scene.admin.merge_patch(kinds.NODES, "", name, {"spec": {"unschedulable": is_on or None}})


def test_the_inverse_stands_on_the_grant_before_the_engine_is_created(scene: Scene) -> None:
    node = scene.node("node-1")
    scene.api.do(
        lambda: scene.api.mishaps.add(
            Mishap("no engines", Effect.REFUSE, frozenset({"create"}), "chaosengines.litmuschaos.io")
        )
    )
    with pytest.raises(GamedayError):
        scene.launch(nodes=(node,), cordons=True)
    grant = scene.admin.get(kinds.LEASES, "chaos", GRANT)
    assert f'"uid":"{node.uid}","schedulable":true' in grant["metadata"]["annotations"]["gameday/undo-0"]


@pytest.mark.parametrize("effect", [Effect.REFUSE, Effect.LOSE_ANSWER, Effect.FORBID])
def test_without_its_inverse_in_the_cluster_nothing_is_injected(scene: Scene, effect: Effect) -> None:
    node = scene.node("node-1")
    mishap = Mishap("no patch", effect, frozenset({"patch"}), "leases.coordination.k8s.io")
    scene.api.do(lambda: scene.api.mishaps.add(mishap))
    with pytest.raises(GamedayError):
        scene.launch(nodes=(node,), cordons=True)
    assert live(scene.cluster().residue()) == []


def test_what_is_asked_for_again_is_not_written_again(scene: Scene) -> None:
    injection = scene.launch(nodes=(scene.node("node-1"),), cordons=True)
    before = scene.admin.get(kinds.LEASES, "chaos", GRANT)["metadata"]["resourceVersion"]
    scene.cluster().inject(scene.ref, injection)
    assert scene.admin.get(kinds.LEASES, "chaos", GRANT)["metadata"]["resourceVersion"] == before


def test_whoever_may_not_write_it_down_is_told_so(scene: Scene) -> None:
    rules = [
        Rule(("create", "get"), ("coordination.k8s.io",), ("leases",)),
        Rule(("get",), ("",), ("configmaps",)),
    ]
    token = scene.api.account("half", "half", *rules)
    cluster = scene.cluster(scene.by(token))
    cluster.take_grant(scene.ref)
    with pytest.raises(Forbidden, match=r"may not patch leases\S* gameday-grant in namespace chaos"):
        cluster.inject(scene.ref, scene.injection(freed=(("api-0", "uid"),)))


def test_a_node_is_set_back_once_nothing_runs_any_more_and_the_grant_goes_last(scene: Scene) -> None:
    nodes = (scene.node("node-1"), scene.node("node-2", unschedulable=True))
    injection = scene.launch(nodes=nodes, cordons=True)
    scene.helper(injection)
    cordon(scene, "node-1")
    first = scene.ended()
    assert {item.kind for item in first.told} == {ResidueKind.ENGINE, ResidueKind.POD}
    assert not first.is_over and scene.left() == {ResidueKind.GRANT}
    assert scene.spec_of("node-1")["unschedulable"], "what drains it may not have ended yet"
    second = scene.ended()
    assert second.set_back == ("node node-1 (cordoned)",) and not second.is_over
    assert [item.kind for item in second.told] == [ResidueKind.GRANT]
    assert scene.ended().is_over
    assert not scene.spec_of("node-1").get("unschedulable")
    assert scene.spec_of("node-2")["unschedulable"], "it was cordoned before us"
    assert scene.left() == set()


class Meanwhile(KubernetesApi):
    """Somebody writes to the grant as it is about to be deleted, once."""

    body: dict[str, Any] | None = None

    def delete(self, resource: Resource, *args: Any, **options: Any) -> None:
        if resource is kinds.LEASES and self.body:
            body, self.body = self.body, None
            self.merge_patch(kinds.LEASES, "chaos", GRANT, body)
        super().delete(resource, *args, **options)


def test_a_note_that_is_written_as_the_grant_is_about_to_go_is_not_lost_with_it(scene: Scene) -> None:
    node = scene.node("node-1")
    late = scene.injection(nodes=(node,), cordons=True)
    scene.cluster().take_grant(scene.ref)
    meddled = Meanwhile(scene.admin.connection)
    meddled.body = {"metadata": {"annotations": litmus_undo.note(late)}}
    cordon(scene, "node-1")
    first = scene.cluster(meddled).end_everything()
    assert not first.is_over and scene.left() == {ResidueKind.GRANT}
    assert [*map(str, first.errors)] == ["The grant was written to as it was read; it is read again."]
    second = scene.cluster(meddled).end_everything()
    assert second.set_back == ("node node-1 (cordoned)",)
    assert scene.left() == set() and scene.ended().is_over


def test_a_node_that_was_cordoned_before_us_and_is_not_any_more_is_cordoned_again(scene: Scene) -> None:
    node = scene.node("node-1", unschedulable=True)
    scene.launch(nodes=(node,), cordons=True)
    cordon(scene, "node-1", is_on=False)
    assert scene.ended(3).is_over and scene.spec_of("node-1")["unschedulable"]


def test_another_node_of_the_same_name_is_left_alone(scene: Scene) -> None:
    node = scene.node("node-1")
    scene.launch(nodes=(node,), cordons=True)
    scene.admin.delete(kinds.NODES, "", "node-1")
    scene.node("node-1", unschedulable=True)
    assert scene.ended(3).is_over and scene.spec_of("node-1")["unschedulable"]


def test_only_taints_of_the_fault_s_key_are_taken_away(scene: Scene) -> None:
    others = {"key": "pool", "value": "card", "effect": "NoSchedule"}
    node = scene.node("node-1", taints=[others])
    scene.launch(nodes=(node,), taint_keys=("gameday",))
    taints = {"taints": [others, {"key": "gameday", "effect": "NoExecute"}], "unschedulable": True}
    scene.admin.merge_patch(kinds.NODES, "", "node-1", {"spec": taints})
    assert scene.ended(3).is_over
    now = scene.spec_of("node-1")
    assert now["taints"] == [others] and now["unschedulable"], "somebody else's cordon is theirs"


def test_a_workload_has_as_many_replicas_as_before(scene: Scene) -> None:
    workload = scene.workload(6)
    scene.launch(workloads=(workload,))
    scene.admin.merge_patch(DEPLOYMENTS, "payments", "api", {"spec": {"replicas": 9}})
    assert scene.ended().set_back == ("deployment payments/api (9 replicas, not 6)",)
    assert scene.ended(2).is_over
    assert scene.admin.get(DEPLOYMENTS, "payments", "api")["spec"]["replicas"] == 6


def test_just_the_pods_that_no_helper_has_freed_are_replaced(scene: Scene) -> None:
    uids = {name: scene.pod(name) for name in ("held", "freed", "taken-over")}
    uids["taken-over"] = "0" * 8
    injection = scene.launch(freed=tuple(uids.items()))
    scene.said(injection, held="injected", freed="reverted", **{"taken-over": "injected"})
    scene.helper(injection)
    assert not [item for item in scene.ended().told if item.namespace == "payments"]
    told = [item for item in scene.ended().told if item.namespace == "payments"]
    why = "a target, to be replaced: no helper has taken its fault out of it"
    assert told == [Residue(ResidueKind.POD, "payments", "held", uids["held"], scene.ref.run, "bank-1", why)]
    assert {pod.name for pod in scene.cluster().pods("payments", {})} == {"freed", "taken-over"}
    assert scene.ended().is_over


def test_the_grant_stays_while_its_nodes_cannot_be_set_back(scene: Scene) -> None:
    node = scene.node("node-1")
    scene.launch(nodes=(node,), cordons=True)
    cordon(scene, "node-1")
    refused = Mishap("no nodes", Effect.FORBID, frozenset({"patch"}), "nodes")
    scene.api.do(lambda: scene.api.mishaps.add(refused))
    ended = scene.ended(3)
    assert not ended.is_over and "may not patch nodes node-1" in str(ended.errors[0])
    assert ended.set_back == (), "it was tried, and it is not so"
    assert scene.left() == {ResidueKind.GRANT}
    scene.api.do(lambda: scene.api.mishaps.remove("no nodes"))
    assert scene.ended(2).is_over and scene.left() == set()


def test_a_note_that_cannot_be_understood_is_kept_and_said(scene: Scene) -> None:
    scene.launch(freed=(("api-0", "uid-0"),))
    note = {"metadata": {"annotations": {"gameday/undo-0": '{"v":99}'}}}
    scene.admin.merge_patch(kinds.LEASES, "chaos", GRANT, note)
    ended = scene.ended(3)
    assert [type(error) for error in ended.errors] == [Permanent] and not ended.is_over
    assert scene.left() == {ResidueKind.GRANT}


def test_without_anything_to_set_back_the_grant_goes_at_once(scene: Scene) -> None:
    scene.launch()
    told = scene.ended().told
    assert {item.kind for item in told} == {ResidueKind.ENGINE, ResidueKind.GRANT}
    assert scene.ended().is_over and scene.ended().told == ()


def test_a_halt_tells_of_it_as_of_everything_else(scene: Scene) -> None:
    node = scene.node("node-1")
    scene.launch(nodes=(node,), cordons=True)
    cordon(scene, "node-1")
    first = scene.cluster().revert_all()
    assert [item.kind for item in first.told] == [ResidueKind.ENGINE] and first.failures == ()
    scene.cluster().revert_all()
    assert scene.left() == set() and not scene.spec_of("node-1").get("unschedulable")
