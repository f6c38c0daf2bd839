"""What is done something to, put there by the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaos.adapters import litmus_parse as parse
from chaos.domain.sight import Node, Pod, Residue, ResidueKind, Workload
from chaos.ports import RunRef
from deploy.cluster.handle import Answered
from tests.cluster.rights_world import World

Json = dict[str, Any]
APP = {"app": "api"}
FINALIZER = "chaosengine.litmuschaos.io/finalizer"
SPEC = {"schedulerName": "nobody", "containers": [{"name": "it", "image": "it"}]}
"""Of pods that never start: they go as soon as they are deleted."""
KINDS = {
    "chaosengines": ("/apis/litmuschaos.io/v1alpha1", "ChaosEngine"),
    "chaosresults": ("/apis/litmuschaos.io/v1alpha1", "ChaosResult"),
    "jobs": ("/apis/batch/v1", "Job"),
    "pods": ("/api/v1", "Pod"),
    "leases": ("/apis/coordination.k8s.io/v1", "Lease"),
    "networkpolicies": ("/apis/networking.k8s.io/v1", "NetworkPolicy"),
    "deployments": ("/apis/apps/v1", "Deployment"),
    "statefulsets": ("/apis/apps/v1", "StatefulSet"),
}


class Things:
    """Of one world; each is made anew."""

    def __init__(self, world: World) -> None:
        self.world, self.home, self.target = world, world.home, world.target

    def of_a_run(self, ref: RunRef) -> None:
        """One thing of each kind that a run can leave behind."""
        labels = {"app.kubernetes.io/managed-by": "gameday", "gameday/run": ref.run}
        self.make("chaosengines", self.home, "left", labels, spec={"engineState": "stop"})
        self.make("chaosresults", self.home, "left", labels, spec={})
        template = {"spec": {**SPEC, "restartPolicy": "Never"}}
        self.make("jobs", self.home, "left", labels, spec={"suspend": True, "template": template})
        self.make("pods", self.home, "left", labels, spec=SPEC)
        self.make("leases", self.home, "gameday-grant", labels)

    def held_engine(self, ref: RunRef) -> Residue:
        """An engine of the run that is on its way out, and that a finalizer holds."""
        labels = {"app.kubernetes.io/managed-by": "gameday", "gameday/run": ref.run}
        path = f"{KINDS['chaosengines'][0]}/namespaces/{self.home}/chaosengines/held"
        try:  # of the act before, which was refused
            self.world.admin.ask("PATCH", path, {"metadata": {"finalizers": None}}, "merge-patch+json")
        except Answered as refused:
            if refused.status != 404:
                raise
        made = self.make("chaosengines", self.home, "held", labels, spec={"engineState": "stop"})
        self.world.admin.ask("PATCH", path, {"metadata": {"finalizers": [FINALIZER]}}, "merge-patch+json")
        self.world.remove(path)
        return Residue(ResidueKind.ENGINE, self.home, "held", made["metadata"]["uid"])

    def pod(self, name: str, labels: Mapping[str, str] = APP) -> Pod:
        return parse.pod(self.make("pods", self.target, name, labels, spec=SPEC))

    def policy(self) -> str:
        """Its UID."""
        made = self.make("networkpolicies", self.target, "cut", {}, spec={"podSelector": {}})
        return str(made["metadata"]["uid"])

    def workload(self, kind: str) -> Workload:
        spec: Json = {"selector": {"matchLabels": APP}, "replicas": 0}
        spec["template"] = {"metadata": {"labels": APP}, "spec": SPEC}
        spec |= {"serviceName": "api"} if kind == "statefulset" else {}
        made = self.make(f"{kind}s", self.target, "api", APP, spec=spec)
        return Workload(kind, self.target, "api", made["metadata"]["uid"], 0)

    def nodes(self) -> list[Node]:
        return [parse.node(one) for one in self.world.admin.ask("GET", "/api/v1/nodes")["items"]]

    def clear_grant(self) -> None:
        self.world.remove(f"{KINDS['leases'][0]}/namespaces/{self.home}/leases/gameday-grant")

    def make(
        self,
        plural: str,
        namespace: str,
        name: str,
        labels: Mapping[str, str],
        gone: bool = False,
        **rest: Json,
    ) -> Json:
        root, kind = KINDS[plural]
        body = {"apiVersion": root.removeprefix("/apis/").removeprefix("/api/"), "kind": kind, **rest}
        body["metadata"] = {"name": name, "labels": dict(labels)}
        path = f"{root}/namespaces/{namespace}/{plural}"
        self.world.remove(f"{path}/{name}")
        return self.world.admin.ask("POST", path, body)
