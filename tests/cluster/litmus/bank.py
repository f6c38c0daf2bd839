"""The practice bank on a real API server, and its state there in the form of /rehearsal/state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from deploy.cluster.handle import Cluster
from deploy.cluster.litmus import LitmusForReal
from deploy.rehearsal.platform import bank
from deploy.rehearsal.platform.summary import state_of_node, state_of_pod
from deploy.rehearsal.store import BUDGETS, DEPLOYMENTS, JOBS, NETWORK_POLICIES, NODES, PODS, Kind
from tests.adapters.faults.drill import State, is_whole
from tests.adapters.things import until

NAMESPACES = ("payments", "kafka")
CHAOS = "/apis/litmuschaos.io/v1alpha1/namespaces/chaos"
SETTINGS = LitmusSettings("chaos", "chaos-{family}")


class Bank:
    """The bank, Litmus beside it, and the product's own way in: the account that we ship, and no more."""

    def __init__(self, cluster: Cluster, litmus: LitmusForReal, folder: Path) -> None:
        self.admin, self.litmus = cluster, litmus
        self._authority, self._token = folder / "ca.crt", folder / "token"
        self._authority.write_text(cluster.authority)

    def build(self) -> None:
        for namespace in NAMESPACES:
            self.admin.ensure("/api/v1/namespaces", {"metadata": {"name": namespace}})
        for kind, thing in bank.workloads():
            namespace = thing["metadata"]["namespace"]
            if namespace in NAMESPACES:
                whole = {"apiVersion": kind.api_version, "kind": kind.kind, **thing}
                self.admin.ensure(path(kind, namespace), whole)
        self.litmus.open(*NAMESPACES)
        self._token.write_text(self.admin.account_token("chaos", "gameday", 24 * 3600))

    def cluster(self, look_within: float | None = None) -> LitmusCluster:
        """The product's adapter, knowing nothing of those before."""
        server = self.admin.server
        connection = Connection(server, str(self._authority), str(self._token), read_timeout=10.0)
        return LitmusCluster(KubernetesApi(connection), SETTINGS, look_within=look_within or 10.0)

    def state(self) -> State:
        """Faults by helper are where Litmus says they are: nothing but the API can be looked at here."""
        pods, nodes, hit = self._all(PODS), self._all(NODES), self._said_to_be_hit()
        busy = {pod["spec"]["nodeName"]: [_key(pod)] for pod in pods if _is_stressor(pod)}
        return {
            "pods": {_key(pod): {**state_of_pod(pod), "faults": hit.get(_name(pod), [])} for pod in pods},
            "nodes": {
                _key(node): {**state_of_node(node), "faults": busy.get(_name(node), [])} for node in nodes
            },
            "replicas": {_key(one): one["spec"]["replicas"] for one in self._all(DEPLOYMENTS)},
            "jobs": [_key(job) for job in self._all(JOBS)],
            "policies": {
                _key(policy): {
                    "selects": policy["spec"].get("podSelector", {}).get("matchLabels", {}),
                    "types": policy["spec"].get("policyTypes", []),
                }
                for policy in self._all(NETWORK_POLICIES)
            },
        }

    def repair(self) -> None:
        """Nodes, policies and replicas as they were, whatever a test left of a fault."""
        seen = self.state()
        for name in seen["nodes"]:
            body = {"spec": {"unschedulable": None, "taints": None}}
            self.admin.ask("PATCH", path(NODES, "", name), body, "merge-patch+json")
        for key in seen["policies"]:
            namespace, name = key.split("/")
            self.admin.ask("DELETE", path(NETWORK_POLICIES, namespace, name))
        self.brokers_to_keep(2)
        deployment = path(DEPLOYMENTS, "payments", "payments-api")
        self.admin.ask("PATCH", deployment, {"spec": {"replicas": 6}}, "merge-patch+json")

    def brokers_to_keep(self, count: int) -> None:
        """What kafka's disruption budget asks for; with 3 nobody may be evicted."""
        body = {"spec": {"minAvailable": count}}
        self.admin.ask("PATCH", path(BUDGETS, "kafka", "kafka"), body, "merge-patch+json")

    def uids(self, namespace: str) -> set[str]:
        """Of the pods that stay there: who has to go is not counted."""
        pods = self.admin.ask("GET", path(PODS, namespace))["items"]
        return {pod["metadata"]["uid"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}

    def engine(self, name: str) -> dict[str, Any]:
        return self.admin.ask("GET", f"{CHAOS}/chaosengines/{name}")

    def _said_to_be_hit(self) -> dict[str, list[str]]:
        """By the annotations of results that are under way: the name of the pod, and which result says so."""
        listed = self.admin.ask("GET", f"{CHAOS}/chaosresults")["items"]
        return {
            key.removeprefix("pod/"): [_name(result)]
            for result in listed
            for key, said in result["metadata"].get("annotations", {}).items()
            if key.startswith("pod/") and said == "injected"
        }

    def _all(self, kind: Kind) -> list[dict[str, Any]]:
        return list(self.admin.ask("GET", path(kind))["items"])


@contextmanager
def whole(bank: Bank) -> Iterator[Bank]:
    """Whole before and after, and nothing of ours left."""
    until(bank.state, is_whole, seconds=60)
    try:
        yield bank
    finally:
        bank.litmus.scale(1)
        cluster = bank.cluster()

        def swept() -> object:
            cluster.remove(cluster.residue())
            return cluster.residue()

        until(swept, lambda left: not left, seconds=90)
        cluster.release_lever()
        bank.repair()


def path(kind: Kind, namespace: str = "", name: str = "") -> str:
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    home = f"/namespaces/{namespace}" if namespace else ""
    return f"{root}{home}/{kind.plural}" + (f"/{name}" if name else "")


def _is_stressor(pod: dict[str, Any]) -> bool:
    command = pod["spec"]["containers"][0].get("command") or [""]
    return bool(command[0] == "stress-ng" and pod["status"].get("phase") == "Running")


def _name(thing: dict[str, Any]) -> str:
    return str(thing["metadata"]["name"])


def _key(thing: dict[str, Any]) -> str:
    meta = thing["metadata"]
    return f"{meta['namespace']}/{meta['name']}" if "namespace" in meta else str(meta["name"])
