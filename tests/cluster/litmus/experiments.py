"""Experiments of every account, run to their end, with what they need around them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chaos.faults.catalogue import FAULTS
from chaos.faults.rights import Family
from deploy.cluster.handle import Cluster
from tests.adapters.faults.cases import CASES
from tests.adapters.faults.drill import Case
from tests.adapters.things import until
from tests.cluster.litmus.bank import Bank
from tests.cluster.litmus.chronicle import PODS
from tests.cluster.litmus.drill import RealDrill
from tests.cluster.litmus.engines import Engines, status

Json = dict[str, Any]
NODES = "/api/v1/nodes"
LOST = "worker-node-lost"
DAEMONS = "/apis/apps/v1/namespaces/payments/daemonsets"
AGENT = {"app": "agent"}
SHORT, TO_SCALE = 5, 30  # seconds; by the end of a scaling its pods have to be ready
LONGEST = 180.0  # seconds
MERGE, STRATEGIC = "merge-patch+json", "strategic-merge-patch+json"


def _any(*_: object) -> bool:
    return True


DELETES = Case("pod-delete", _any, {}, app="fraud-detector")
SCALES_A_STATEFULSET = Case(
    "pod-autoscaler", _any, {"replicas": "4"}, namespace="kafka", kind="statefulset", app="kafka"
)
STOPS_A_KUBELET = Case("kubelet-service-kill", _any, {}, namespace="kafka", kind="node-of", app="kafka")
STRESSES_A_NODE = CASES["node-memory-hog"]
TOGETHER = (
    (
        CASES["pod-network-partition"],
        CASES["pod-network-latency"],
        CASES["disk-fill"],
        CASES["node-taint"],
        STRESSES_A_NODE,
    ),
    (DELETES, CASES["pod-autoscaler"], SCALES_A_STATEFULSET, STOPS_A_KUBELET),
    (CASES["node-drain"],),
)
"""At least one of each family. A drain evicts the others' pods, and scaling takes others' targets away."""


@dataclass(frozen=True)
class Experiment:
    """An engine that was made. Its helper is played: who stops a kubelet has to be told when it is done."""

    case: Case
    engines: Engines
    engine: Json

    def verdict(self) -> str:
        """Of its result, when the engine is completed."""
        until(self._is_completed, bool, LONGEST)
        return str(self.engines.result(self.engine)["status"]["experimentStatus"]["verdict"])

    def _is_completed(self) -> bool:
        if self.case is STOPS_A_KUBELET:
            for helper in filter(_runs_as_helper, self.engines.pods(self.engine)):
                self._is_done(helper)
        return status(self.engines.now(self.engine)).get("engineStatus") == "completed"

    def _is_done(self, helper: Json) -> None:
        state = {"running": None, "terminated": {"exitCode": 0, "reason": "Completed"}}
        container = {"name": helper["spec"]["containers"][0]["name"], "ready": False, "state": state}
        body = {"status": {"phase": "Succeeded", "containerStatuses": [container]}}
        self.engines.admin.ask("PATCH", f"{PODS}/{helper['metadata']['name']}/status", body, STRATEGIC)


def begin(bank: Bank, case: Case) -> Experiment:
    """Under the account of its family, as our adapter would send it."""
    engines = Engines(RealDrill(bank))
    seconds = TO_SCALE if FAULTS[case.fault].on_workloads else SHORT
    manifest = engines.of(engines.drill.injection(case, seconds))
    if case is STOPS_A_KUBELET:
        env = manifest["spec"]["experiments"][0]["spec"]["components"]["env"]
        next(one for one in env if one["name"] == "TARGET_NODE")["value"] = LOST
    return Experiment(case, engines, engines.make(manifest))


def family_of(case: Case) -> Family:
    family = FAULTS[case.fault].family
    assert family is not None
    return family


def _runs_as_helper(pod: Json) -> bool:
    return "-helper-" in pod["metadata"]["name"] and pod["status"].get("phase") == "Running"


@contextmanager
def a_lost_node(admin: Cluster) -> Iterator[None]:
    """One more node, which is not ready: it is about to go, and such a one KWOK leaves alone."""
    meta = {"name": LOST, "labels": {"kubernetes.io/hostname": LOST}, "finalizers": ["gameday.example/held"]}
    admin.ask("POST", NODES, {"metadata": meta, "spec": {"unschedulable": True}})
    admin.ask("DELETE", f"{NODES}/{LOST}")
    lost = {"status": {"conditions": [{"type": "Ready", "status": "False", "reason": "Lost"}]}}
    admin.ask("PATCH", f"{NODES}/{LOST}/status", lost, STRATEGIC)
    try:
        yield
    finally:
        admin.ask("PATCH", f"{NODES}/{LOST}", {"metadata": {"finalizers": None}}, MERGE)


@contextmanager
def an_agent_on_each_node(admin: Cluster) -> Iterator[None]:
    """A pod of a DaemonSet, which a drain has to leave there."""
    pod = {"metadata": {"labels": AGENT}, "spec": {"containers": [{"name": "it", "image": "it"}]}}
    spec = {"selector": {"matchLabels": AGENT}, "template": pod}
    admin.ask("POST", DAEMONS, {"metadata": {"name": "agent"}, "spec": spec})
    try:
        yield
    finally:
        admin.ask("DELETE", f"{DAEMONS}/agent")
