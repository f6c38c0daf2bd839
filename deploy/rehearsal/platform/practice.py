"""The chaos namespace: the experiments that are installed there."""

from collections.abc import Mapping

from deploy.rehearsal.litmus.faults import FAULTS
from deploy.rehearsal.platform.manifests import rule
from deploy.rehearsal.store import CHAOS_EXPERIMENTS, Object, Store

NAMESPACE = "chaos"

_PERMISSIONS = [
    rule("core", "pods", "create delete get list patch update deletecollection"),
    rule("core", "pods/log", "get list watch"),
    rule("core", "events", "create get list patch update"),
    rule("batch", "jobs", "create list get delete deletecollection"),
    rule("apps", "deployments statefulsets replicasets daemonsets", "get list"),
    rule("litmuschaos.io", "chaosengines chaosexperiments chaosresults", "create get list patch update"),
]


def install(store: Store) -> None:
    """One ChaosExperiment for each fault that the stand-in can run."""
    for name, fault in FAULTS.items():
        store.create(CHAOS_EXPERIMENTS, experiment(name, fault().chart))


def experiment(name: str, env: Mapping[str, str]) -> Object:
    """A ChaosExperiment as the charts install it; `permissions` is documentation only."""
    definition = {
        "scope": "Cluster" if name.startswith("node-") else "Namespaced",
        "image": "litmuschaos/go-runner:3.28.0",
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/bash"],
        "args": ["-c", f"./experiments -name {name}"],
        "labels": {"name": name, "app.kubernetes.io/part-of": "litmus"},
        "permissions": _PERMISSIONS,
        "env": [{"name": key, "value": value} for key, value in env.items()],
    }
    return {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": {"definition": definition}}
