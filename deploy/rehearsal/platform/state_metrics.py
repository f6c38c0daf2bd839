"""The cluster's own metrics, under the names that kube-state-metrics gives them."""

from collections.abc import Iterator

from deploy.rehearsal.platform.facts import is_ready, is_serving, phase
from deploy.rehearsal.store import BUDGETS, DEPLOYMENTS, NODES, PODS, STATEFUL_SETS, Cluster, Kind, Object
from deploy.rehearsal.store.objects import dig, name_of, namespace_of
from deploy.rehearsal.traffic.text import Sample, family


def render(store: Cluster) -> str:
    return "".join(
        [
            family("kube_pod_status_ready", "gauge", "Pod readiness.", _pods_ready(store)),
            family("kube_pod_status_phase", "gauge", "1 for the pod's current phase.", _phases(store)),
            _replicas(store, DEPLOYMENTS, "deployment", "kube_deployment_spec_replicas", "spec", "replicas"),
            _replicas(
                store,
                DEPLOYMENTS,
                "deployment",
                "kube_deployment_status_replicas_ready",
                "status",
                "readyReplicas",
            ),
            _replicas(store, STATEFUL_SETS, "statefulset", "kube_statefulset_replicas", "spec", "replicas"),
            _replicas(
                store,
                STATEFUL_SETS,
                "statefulset",
                "kube_statefulset_status_replicas_ready",
                "status",
                "readyReplicas",
            ),
            _replicas(
                store,
                BUDGETS,
                "poddisruptionbudget",
                "kube_poddisruptionbudget_status_pod_disruptions_allowed",
                "status",
                "disruptionsAllowed",
            ),
            family("kube_node_status_condition", "gauge", "Node readiness.", _nodes(store)),
            family("kube_node_spec_unschedulable", "gauge", "1 for a cordoned node.", _cordons(store)),
        ]
    )


def _replicas(store: Cluster, kind: Kind, label: str, name: str, *path: str) -> str:
    samples = [
        (name, {"namespace": namespace_of(obj), label: name_of(obj)}, float(dig(obj, *path) or 0))
        for obj in store.view(kind)
    ]
    return family(name, "gauge", f"{'.'.join(path)} of each {label}.", samples)


def _named(pod: Object) -> dict[str, str]:
    return {"namespace": namespace_of(pod), "pod": name_of(pod)}


def _pods_ready(store: Cluster) -> Iterator[Sample]:
    for pod in store.view(PODS):
        yield "kube_pod_status_ready", {**_named(pod), "condition": "true"}, float(is_serving(pod))


def _phases(store: Cluster) -> Iterator[Sample]:
    for pod in store.view(PODS):
        yield "kube_pod_status_phase", {**_named(pod), "phase": phase(pod)}, 1.0


def _nodes(store: Cluster) -> Iterator[Sample]:
    for node in store.view(NODES):
        labels = {"node": name_of(node), "condition": "Ready", "status": "true"}
        yield "kube_node_status_condition", labels, float(is_ready(node))


def _cordons(store: Cluster) -> Iterator[Sample]:
    for node in store.view(NODES):
        cordoned = bool(dig(node, "spec", "unschedulable"))
        yield "kube_node_spec_unschedulable", {"node": name_of(node)}, float(cordoned)
