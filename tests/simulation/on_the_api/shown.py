"""The simulated cluster's objects as its API server shows them: JSON, with labels, owners and versions."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from chaos.adapters.litmus_manifests import (
    GRANT,
    GRANT_SECONDS,
    LEVER,
    MANAGED_BY,
    labels_of,
    micro_time,
)
from chaos.domain.sight import ZONE, Node, Pod
from chaos.faults.catalogue import FAULTS
from chaos.faults.experiments import experiment
from tests.simulation.kernel import START
from tests.simulation.objects import Engine
from tests.simulation.on_the_api.kube import Job, Kube

Json = dict[str, Any]

CHAOS = "chaos"
FINALIZER = "chaosengine.litmuschaos.io/finalizer"
OF_LITMUS = {"app.kubernetes.io/part-of": "litmus"}
EXPERIMENTS = tuple(experiment(fault) for fault in FAULTS.values() if fault.name)


def versioned(obj: Json, *more: object) -> Json:
    """With a resourceVersion that is another one as soon as the object is."""
    said = json.dumps([obj, *more], sort_keys=True, default=str)
    obj["metadata"]["resourceVersion"] = str(zlib.crc32(said.encode()))
    return obj


def _meta(name: str, uid: str, namespace: str = CHAOS, labels: Mapping[str, str] | None = None) -> Json:
    return {"name": name, "uid": uid, "labels": dict(labels or {})} | (
        {"namespace": namespace} if namespace else {}
    )


def _left_at(at: float | None) -> Json:
    return {} if at is None else {"deletionTimestamp": micro_time(START + timedelta(seconds=at))}


def leases(kube: Kube) -> Iterator[Json]:
    grant = kube.grant
    if grant:
        meta = _meta(GRANT, grant.uid, labels=kube.marks.get(grant.uid) or labels_of(grant.ref))
        holder = f"{grant.ref.installation}/{grant.ref.run}"
        spec = {"holderIdentity": holder, "leaseDurationSeconds": GRANT_SECONDS, "renewTime": grant.renewed}
        yield versioned({"metadata": meta | {"annotations": dict(grant.notes)}, "spec": spec})


def levers(kube: Kube) -> Iterator[Json]:
    if kube.lever:
        yield versioned(
            {"metadata": _meta(LEVER, "lever", labels=MANAGED_BY), "data": {"reason": kube.lever}}
        )


def engines(kube: Kube) -> Iterator[Json]:
    for engine in kube.engines.values():
        sent = kube.sent.get(engine.uid) or {}
        meta = _meta(engine.name, engine.uid, labels=_labels(kube, engine))
        meta |= {"ownerReferences": (sent.get("metadata") or {}).get("ownerReferences") or []}
        if engine.uid in kube.held:
            meta["finalizers"] = [FINALIZER]
        state = "stop" if engine.status == "completed" else "active"
        spec = {**(sent.get("spec") or {}), "engineState": state}
        status = {"engineStatus": engine.status if engine.uid in kube.held else "", "experiments": None}
        yield versioned({"metadata": meta | _left_at(engine.told_to_go_at), "spec": spec, "status": status})


def _labels(kube: Kube, engine: Engine) -> Mapping[str, str]:
    """As sent; for one that came by another way, those of whose it is."""
    sent = kube.sent.get(engine.uid)
    return (sent["metadata"].get("labels") or {}) if sent is not None else labels_of(engine.ref)


def _tags(kube: Kube, engine: Engine) -> dict[str, str]:
    copied = _labels(kube, engine) if kube.copies_labels else {}
    return {**copied, **OF_LITMUS, "chaosUID": engine.uid}


def jobs(kube: Kube) -> Iterator[Json]:
    for job in kube.jobs.values():
        spec = {"template": {"spec": _containers(job.engine)}}
        yield versioned({"metadata": _meta(job.name, job.uid, labels=_tags(kube, job.engine)), "spec": spec})


def _containers(engine: Engine) -> Json:
    return {"containers": [{"name": "it", "env": [{"name": "CHAOSENGINE", "value": engine.name}]}]}


def pods(kube: Kube) -> Iterator[Json]:
    for pod in kube.pods.values():
        yield versioned(_pod(pod))
    for helper in kube.helpers.values():
        job = kube.job_of(helper)
        meta = _meta(f"{helper.name}-{helper.uid}", helper.uid, labels=_tags(kube, helper.engine))
        meta |= _left_at(0.0 if helper.is_leaving else None) | _owned(job)
        spec = {"nodeName": helper.node, **_containers(helper.engine)}
        yield versioned({"metadata": meta, "spec": spec, "status": {"phase": "Running"}})


def _owned(job: Job | None) -> Json:
    return {"ownerReferences": [{"kind": "Job", "uid": job.uid, "controller": True}]} if job else {}


def _pod(pod: Pod) -> Json:
    meta = _meta(pod.name, pod.uid, pod.namespace, pod.labels) | _left_at(0.0 if pod.is_leaving else None)
    meta["ownerReferences"] = [{"kind": "StatefulSet", "uid": "api", "controller": True}]
    ready = {"type": "Ready", "status": str(pod.is_ready)}
    return {
        "metadata": meta,
        "spec": {"nodeName": pod.node},
        "status": {"phase": "Running", "conditions": [ready]},
    }


def nodes(kube: Kube) -> Iterator[Json]:
    for node in kube.nodes.values():
        yield versioned(_node(node), kube.versions.get(node.name, 0))


def _node(node: Node) -> Json:
    labels = {ZONE: node.zone, "kubernetes.io/hostname": node.hostname}
    taints = [_taint(text) for text in node.taints]
    spec: Json = {"taints": taints} | ({} if node.is_schedulable else {"unschedulable": True})
    ready = {"type": "Ready", "status": str(node.is_ready)}
    return {
        "metadata": _meta(node.name, node.uid, "", labels),
        "spec": spec,
        "status": {"conditions": [ready]},
    }


def _taint(text: str) -> Json:
    pair, _, effect = text.rpartition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "value": value, "effect": effect}


def results(kube: Kube) -> Iterator[Json]:
    for name, said in kube.results.items():
        ended = kube.phases.get(name, "Running")
        engine = next((one for one in reversed(kube.history.engines) if one.name == name), None)
        if engine is None:
            continue
        which = kube.experiments.get(name, engine.injection.experiment)
        labels = {"chaosUID": engine.uid} if ended == "Stopped" else _tags(kube, engine)
        verdict = {"Running": "Awaited", "Completed": "Pass"}.get(ended, ended)
        meta = _meta(f"{name}-{which}", f"result-{name}", labels=labels) | {"annotations": dict(said)}
        status = {"experimentStatus": {"phase": ended, "verdict": verdict}, "history": {"targets": []}}
        yield versioned({"metadata": meta, "spec": {"engine": name, "experiment": which}, "status": status})


def policies(kube: Kube) -> Iterator[Json]:
    for policy in kube.policies.values():
        labels = {"name": policy.name, "chaosUID": policy.engine.uid, **OF_LITMUS}
        spec = {"podSelector": {"matchLabels": dict(policy.labels)}, "policyTypes": ["Egress", "Ingress"]}
        yield versioned({"metadata": _meta(policy.name, policy.uid, policy.namespace, labels), "spec": spec})


def experiments(kube: Kube) -> Iterator[Json]:
    for manifest in EXPERIMENTS:
        name = manifest["metadata"]["name"]
        yield versioned(
            {**manifest, "metadata": _meta(name, f"experiment-{name}", labels=manifest["metadata"]["labels"])}
        )


def namespaces(kube: Kube) -> Iterator[Json]:
    for name in (CHAOS, "payments"):
        yield versioned({"metadata": _meta(name, f"namespace-{name}", "")})


SHOWN: Mapping[str, Callable[[Kube], Iterator[Json]]] = {
    "leases": leases,
    "configmaps": levers,
    "chaosengines": engines,
    "chaosresults": results,
    "chaosexperiments": experiments,
    "jobs": jobs,
    "pods": pods,
    "nodes": nodes,
    "networkpolicies": policies,
    "namespaces": namespaces,
}
"""By the plural that stands in a path."""
