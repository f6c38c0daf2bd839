"""The Job that chaos-runner makes of an engine and an experiment. Pure.

One thing is not as the real one has it: the Job finds its pods by `job-name`. Kubernetes 1.27 and newer would
have it find them by a label of its own, which go-runner before litmus-go#665 copies onto its helpers: the Job
then takes each helper for a pod too many, and deletes it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.cluster.pod_runner.api import Json


def job_of(engine: Json, experiment: Json, name: str, told: Mapping[str, str]) -> Json:
    """`told` is the runner's own environment. Raises TypeError for an experiment without labels: the real one
    writes into a nil map there, and panics."""
    definition, spec = experiment["spec"]["definition"], engine["spec"]
    components = components_of(engine, experiment["metadata"]["name"])
    labels = definition.get("labels")
    labels["chaosUID"] = engine["metadata"]["uid"]
    grace = int(spec.get("terminationGracePeriodSeconds") or 0)
    container = {
        "name": name,
        "image": components.get("experimentImage") or definition["image"],
        "command": definition.get("command") or [],
        "args": definition.get("args") or [],
        "imagePullPolicy": definition.get("imagePullPolicy") or "Always",
        "env": _environment(engine, experiment, components, told, grace),
    }
    pod: Json = {
        "serviceAccountName": spec.get("chaosServiceAccount", ""),
        "restartPolicy": "Never",
        "containers": [container],
        "nodeSelector": components.get("nodeSelector") or {},
        "tolerations": components.get("tolerations") or [],
    }
    if grace:
        pod["terminationGracePeriodSeconds"] = grace
    meta = {"name": name, "namespace": engine["metadata"]["namespace"], "labels": labels}
    tagged = {**meta, "labels": {**labels, "job-name": name}}
    return {
        "metadata": {**meta, "annotations": components.get("experimentAnnotations") or {}},
        "spec": {
            "manualSelector": True,
            "selector": {"matchLabels": {"job-name": name}},
            "template": {"metadata": tagged, "spec": pod},
        },
    }


def components_of(engine: Json, name: str) -> Json:
    """What the engine says beside the experiment's name."""
    for one in engine["spec"]["experiments"]:
        if one["name"] == name:
            return dict(one.get("spec", {}).get("components") or {})
    return {}


def _environment(
    engine: Json, experiment: Json, components: Json, told: Mapping[str, str], grace: int
) -> list[Json]:
    """The engine's fields, then the experiment's variables over them, then the engine's over both."""
    definition = experiment["spec"]["definition"]
    timeouts = components.get("statusCheckTimeouts") or {}
    fields = {
        "CHAOSENGINE": engine["metadata"]["name"],
        "TARGETS": told.get("TARGETS", ""),
        "CHAOS_NAMESPACE": engine["metadata"]["namespace"],
        "AUXILIARY_APPINFO": told.get("AUXILIARY_APPINFO", ""),
        "CHAOS_UID": engine["metadata"]["uid"],
        "EXPERIMENT_NAME": experiment["metadata"]["name"],
        "LIB_IMAGE_PULL_POLICY": definition.get("imagePullPolicy") or "Always",
        "TERMINATION_GRACE_PERIOD_SECONDS": str(grace),
        "DEFAULT_HEALTH_CHECK": str(bool(engine["spec"].get("defaultHealthCheck"))).lower(),
        "CHAOS_SERVICE_ACCOUNT": engine["spec"].get("chaosServiceAccount", ""),
    }
    merged: dict[str, Json] = {name: {"name": name, "value": text} for name, text in fields.items() if text}
    for one in (*(definition.get("env") or []), *(components.get("env") or [])):
        merged[one["name"]] = one
    late = {
        "STATUS_CHECK_DELAY": str(timeouts.get("delay") or 2),
        "STATUS_CHECK_TIMEOUT": str(timeouts.get("timeout") or 180),
        "JOB_CLEANUP_POLICY": engine["spec"].get("jobCleanUpPolicy", ""),
    }
    merged |= {name: {"name": name, "value": text} for name, text in late.items()}
    downward = {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}
    return [*merged.values(), {"name": "POD_NAME", "valueFrom": downward}]
