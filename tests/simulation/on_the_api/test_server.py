"""The simulated API server refuses and answers as a real one does, where the adapter counts on it."""

from __future__ import annotations

import random

import pytest

from chaos.adapters import litmus_manifests as manifests
from chaos.adapters.kubernetes_paths import Resource, selector
from chaos.adapters.litmus_kinds import ENGINES, JOBS, LEASES, NODES, PODS, POLICIES
from chaos.domain.injection import Injection
from chaos.ports import RunRef
from tests.simulation.kernel import START, Kernel
from tests.simulation.on_the_api.asked import a_cut
from tests.simulation.on_the_api.kube import Kube
from tests.simulation.on_the_api.ports import SETTINGS
from tests.simulation.on_the_api.server import Answer, Server, parsed
from tests.simulation.on_the_api.shown import Json
from tests.simulation.scenario import LONG, nodes
from tests.simulation.temper import Temper
from tests.support.builders import a_latency_spec, injections_of, pods

REF = RunRef("0f0e0d0c-0000-4000-8000-000000000000", "ours", "pods")
(LATENCY,) = injections_of(a_latency_spec())


class World:
    """A cluster, its server, and a clock that is told how far to go."""

    def __init__(self, injection: Injection = LATENCY) -> None:
        self.kernel = Kernel(1)
        self.kernel.random = random.Random(1)
        before = nodes(cordoned=False)
        self.kube = Kube(self.kernel, Temper(), 90.0, before, {pod.uid: pod for pod in pods()})
        self.kube.meant[injection.name] = injection
        self.injection, self.server = injection, Server(self.kube)

    def ask(self, method: str, resource: Resource, name: str = "", body: Json | None = None) -> Answer:
        namespace = "" if resource is NODES else "payments" if name.startswith("api") else "chaos"
        url = "http://simulated" + resource.path(namespace, name)
        return self.server.answer(parsed(method, url, body), self.kernel.now)

    def listed(self, resource: Resource, namespace: str = "chaos", **labels: str | None) -> Answer:
        url = f"http://simulated{resource.path(namespace)}?labelSelector={selector(labels)}"
        return self.server.answer(parsed("GET", url, None), self.kernel.now)

    def pass_seconds(self, seconds: float) -> None:
        until = self.kernel.now + seconds
        self.kernel.run(until, lambda: False)
        self.kernel.now = until

    def start(self) -> Json:
        """A grant and the injection's engine, which is given back as it is made."""
        grant = self.ask("POST", LEASES, body=manifests.grant(REF, SETTINGS, START)).body
        manifest = manifests.engine(REF, self.injection, grant["metadata"]["uid"], SETTINGS)
        return self.ask("POST", ENGINES, body=manifest).body


@pytest.fixture
def world() -> World:
    return World()


def test_what_is_there_already_is_not_made_again(world: World) -> None:
    lease = manifests.grant(REF, SETTINGS, START)
    assert [world.ask("POST", LEASES, body=lease).status for _ in range(2)] == [201, 409]


def test_a_delete_with_the_uid_of_another_hits_nobody(world: World) -> None:
    refused = world.ask("DELETE", PODS, "api-0", {"preconditions": {"uid": "another"}})
    assert refused.status == 409
    assert not world.kube.pods["uid-0"].is_leaving


def test_a_patch_of_what_has_been_written_to_since_is_refused(world: World) -> None:
    read = world.ask("GET", NODES, "node-1").body["metadata"]
    body = {"metadata": {"resourceVersion": read["resourceVersion"]}, "spec": {"unschedulable": True}}
    assert [world.ask("PATCH", NODES, "node-1", body).status for _ in range(2)] == [200, 409]


def test_an_engine_that_the_operator_has_seen_stays_until_its_pods_are_gone(world: World) -> None:
    name = world.start()["metadata"]["name"]
    world.pass_seconds(5)
    world.ask("DELETE", ENGINES, name, {})
    assert world.ask("GET", ENGINES, name).body["metadata"]["deletionTimestamp"]
    world.pass_seconds(20)
    assert world.ask("GET", ENGINES, name).status == 404
    assert world.listed(JOBS).body["items"] == world.listed(PODS).body["items"] == []


def test_an_engine_that_nobody_has_seen_is_gone_at_once(world: World) -> None:
    name = world.start()["metadata"]["name"]
    world.ask("DELETE", ENGINES, name, {})
    assert world.ask("GET", ENGINES, name).status == 404


def test_an_engine_goes_with_the_grant_that_owns_it(world: World) -> None:
    name = world.start()["metadata"]["name"]
    world.ask("DELETE", LEASES, manifests.GRANT, {})
    world.pass_seconds(30)
    assert world.ask("GET", ENGINES, name).status == 404


def test_a_job_makes_its_pod_anew_until_it_is_deleted_itself(world: World) -> None:
    uid = world.start()["metadata"]["uid"]
    world.pass_seconds(6)
    (before,) = world.listed(PODS, chaosUID=uid).body["items"]
    world.ask("DELETE", PODS, before["metadata"]["name"], {})
    world.pass_seconds(10)
    (after,) = world.listed(PODS, chaosUID=uid).body["items"]
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    (job,) = world.listed(JOBS, chaosUID=uid).body["items"]
    world.ask("DELETE", JOBS, job["metadata"]["name"], {})
    world.pass_seconds(10)
    assert world.listed(PODS, chaosUID=uid).body["items"] == []


@pytest.mark.parametrize(("grace", "is_undone"), [(60, True), (0, False)])
def test_a_helper_undoes_its_fault_when_it_is_given_the_time(grace: int, is_undone: bool) -> None:
    world = World()
    uid = world.start()["metadata"]["uid"]
    world.pass_seconds(12)
    assert world.kube.is_faulty
    (job,) = world.listed(JOBS, chaosUID=uid).body["items"]
    (helper,) = world.listed(PODS, chaosUID=uid).body["items"]
    world.ask("DELETE", JOBS, job["metadata"]["name"], {})
    world.ask("DELETE", PODS, helper["metadata"]["name"], {"gracePeriodSeconds": grace})
    world.pass_seconds(10)
    assert world.kube.is_faulty is not is_undone


def test_a_policy_cuts_off_whoever_has_the_label_until_it_is_deleted() -> None:
    world = World(a_cut(LONG)[1])
    world.start()
    world.pass_seconds(12)
    (policy,) = world.listed(POLICIES, "payments").body["items"]
    assert policy["metadata"]["labels"]["app.kubernetes.io/part-of"] == "litmus"
    assert [fault.target for fault in world.kube.history.faults] == ["uid-0"]
    world.kube.delete_policy(policy["metadata"]["uid"])
    assert not world.kube.is_faulty


def test_what_came_after_a_delete_was_sent_must_not_be_hit_by_it(world: World) -> None:
    world.start()
    world.kube.temper.keeps_names = True
    world.kube.delete_pod("uid-0")
    world.pass_seconds(5)
    late = parsed("DELETE", "http://simulated" + PODS.path("payments", "api-0"), {})
    world.server.answer(late, sent_at=0.0)
    assert len(world.kube.wronged) == 1


def test_a_list_is_read_page_by_page_as_it_was_at_its_first(world: World) -> None:
    path, server = f"http://simulated{PODS.path('payments')}?limit=4", world.server
    first = server.answer(parsed("GET", path, None), 0.0).body
    world.kube.delete_pod("uid-5")
    world.pass_seconds(5)
    rest = f"{path}&continue={first['metadata']['continue']}"
    second = server.answer(parsed("GET", rest, None), 0.0).body
    names = [pod["metadata"]["name"] for page in (first, second) for pod in page["items"]]
    assert names == [f"api-{number}" for number in range(6)]
    assert "continue" not in second["metadata"]
    assert server.answer(parsed("GET", rest, None), 0.0).status == 410
