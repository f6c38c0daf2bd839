"""What KWOK plays: nodes in zones, pods that start, get ready and end in their time, and no pod of chaos."""

from __future__ import annotations

import time
from typing import Any

import pytest

from deploy.cluster.handle import Answered, Cluster
from deploy.rehearsal.platform.bank import ZONES
from tests.adapters.things import until

pytestmark = pytest.mark.cluster

Json = dict[str, Any]


def a_pod(name: str, **metadata: Any) -> Json:
    return {
        "metadata": {"name": name, **metadata},
        "spec": {"containers": [{"name": "it", "image": "it"}], "restartPolicy": "Never"},
    }


def conditions(thing: Json) -> dict[str, str]:
    return {one["type"]: one["status"] for one in thing.get("status", {}).get("conditions", ())}


class Pods:
    """The pods of one namespace."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster, self._path = cluster, f"/api/v1/namespaces/{namespace}/pods"

    def create(self, pod: Json) -> None:
        self._cluster.ask("POST", self._path, pod)

    def get(self, name: str) -> Json:
        """Empty where it is gone."""
        try:
            return self._cluster.ask("GET", f"{self._path}/{name}")
        except Answered as refused:
            assert refused.status == 404
            return {}

    def delete(self, name: str) -> None:
        self._cluster.ask("DELETE", f"{self._path}/{name}")

    def seconds_until(self, name: str, is_so: Any) -> float:
        began = time.monotonic()
        until(lambda: self.get(name), is_so)
        return time.monotonic() - began


@pytest.fixture
def pods(our_cluster: Cluster, namespace: str) -> Pods:
    return Pods(our_cluster, namespace)


def is_ready(pod: Json) -> bool:
    return conditions(pod).get("Ready") == "True"


def test_the_nodes_of_the_practice_bank_are_ready_in_their_zones(our_cluster: Cluster) -> None:
    found = our_cluster.ask("GET", "/api/v1/nodes")["items"]
    zones = {
        node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in found
    }
    assert zones == {f"worker-node-{number:02}": zone for number, zone in enumerate(ZONES, start=1)}
    assert {conditions(node)["Ready"] for node in found} == {"True"}


def test_a_pod_runs_at_once_with_an_address_and_its_containers_statuses(pods: Pods) -> None:
    pods.create(a_pod("plain"))
    until(lambda: pods.get("plain"), is_ready)
    status = pods.get("plain")["status"]
    assert status["phase"] == "Running"
    assert status["podIP"].startswith("10.244.")
    assert [one["ready"] for one in status["containerStatuses"]] == [True]


def test_a_pod_gets_ready_after_its_start_time_and_ends_after_its_time_to_shut_down(pods: Pods) -> None:
    pods.create(
        a_pod("slow", annotations={"rehearsal/startup-seconds": "1.5", "rehearsal/shutdown-seconds": "1.0"})
    )
    until(lambda: pods.get("slow"), lambda pod: pod["status"].get("phase") == "Running")
    assert not is_ready(pods.get("slow"))
    assert 0.7 < pods.seconds_until("slow", is_ready) < 5
    pods.delete("slow")
    assert pods.get("slow")["metadata"]["deletionTimestamp"]
    assert 0.7 < pods.seconds_until("slow", lambda pod: not pod) < 5


def test_a_pod_never_outlives_its_grace(pods: Pods) -> None:
    pod = a_pod("stubborn", annotations={"rehearsal/shutdown-seconds": "600"})
    pod["spec"]["terminationGracePeriodSeconds"] = 1
    pods.create(pod)
    until(lambda: pods.get("stubborn"), is_ready)
    pods.delete("stubborn")
    assert pods.seconds_until("stubborn", lambda pod: not pod) < 5


def test_a_job_completes(our_cluster: Cluster, namespace: str) -> None:
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    our_cluster.ask("POST", path, {"metadata": {"name": "one"}, "spec": {"template": a_pod("one")}})
    until(
        lambda: our_cluster.ask("GET", f"{path}/one"), lambda job: conditions(job).get("Complete") == "True"
    )


def test_pods_of_chaos_are_scheduled_and_left_to_others(pods: Pods) -> None:
    pods.create(a_pod("chaos", labels={"chaosUID": "an-engine"}))
    pods.create(a_pod("afterwards"))
    until(lambda: pods.get("afterwards"), is_ready)
    until(lambda: pods.get("chaos"), lambda pod: pod["spec"].get("nodeName"))
    assert pods.get("chaos")["status"]["phase"] == "Pending"
    assert "containerStatuses" not in pods.get("chaos")["status"]
