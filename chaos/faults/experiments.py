"""The ChaosExperiments that we ship, as data, and what differs from them in those that a cluster has.

Litmus' own charts take the newest image there is and pull it on each run; ours are pinned, the helpers'
image too. `permissions` is for people to read: nothing makes rights out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaos.faults.base import Fault
from chaos.faults.rights import EVERY

IMAGE = "litmuschaos/go-runner:3.28.0"
OF_THE_CLUSTER = {"CONTAINER_RUNTIME": "containerd", "SOCKET_PATH": "/run/containerd/containerd.sock"}
"""What depends on the cluster's nodes; a cluster that says otherwise keeps it."""


def experiment(fault: Fault) -> dict[str, Any]:
    """The ChaosExperiment of a fault; without a namespace, which is the cluster's chaos namespace."""
    family = fault.family
    rights = () if family is None else (*EVERY, *family.chaos, *family.target, *family.cluster)
    labels = {"name": fault.name, "app.kubernetes.io/part-of": "litmus"}
    env = {
        "TOTAL_CHAOS_DURATION": "60",
        "DEFAULT_HEALTH_CHECK": "false",
        "LIB_IMAGE": fault.helper_image or IMAGE,
        "LIB_IMAGE_PULL_POLICY": "IfNotPresent",
        **OF_THE_CLUSTER,
    }
    secrets = {"secrets": [{"name": fault.secret, "mountPath": "/mnt/"}]} if fault.secret else {}
    return {
        "apiVersion": "litmuschaos.io/v1alpha1",
        "kind": "ChaosExperiment",
        "metadata": {"name": fault.name, "labels": {**labels, "app.kubernetes.io/managed-by": "gameday"}},
        "spec": {
            "definition": {
                "scope": "Cluster" if family and family.cluster else "Namespaced",
                "image": IMAGE,
                "imagePullPolicy": "IfNotPresent",
                "command": ["/bin/bash"],
                "args": ["-c", f"./experiments -name {fault.name}"],
                "labels": {**labels, "app.kubernetes.io/runtime-api-usage": "true"},
                "permissions": [right.rule for right in dict.fromkeys(rights)],
                "env": [{"name": key, "value": value} for key, value in env.items()],
                **secrets,
            }
        },
    }


def differences(fault: Fault, found: Mapping[str, Any]) -> tuple[str, ...]:
    """What is not as we ship it, in sentences; what depends on the cluster's nodes is its own affair."""
    ours, theirs = experiment(fault)["spec"]["definition"], _definition(found)
    said = []
    if not theirs.get("labels"):
        said.append("It has no definition.labels, on which Litmus' runner crashes.")
    for key in ("image", "imagePullPolicy", "scope", "command", "args"):
        if theirs.get(key) != ours[key]:
            said.append(f"{key} is {_text(theirs.get(key))}, not {_text(ours[key])}.")
    mine, others = _env(ours), _env(theirs)
    for key in sorted(mine.keys() | others.keys()):
        if key in OF_THE_CLUSTER:
            continue
        if key not in others:
            said.append(f"The setting {key} is missing; ours is {mine[key]}.")
        elif others[key] and others[key] != mine.get(key):
            wanted = f"not {mine[key]}" if key in mine else "which we do not set"
            said.append(f"The setting {key} is {others[key]}, {wanted}.")
    return tuple(said)


def to_install(fault: Fault, found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Ours, with the runtime that the cluster has named already."""
    manifest = experiment(fault)
    kept = _env(_definition(found)) if found else {}
    for setting in manifest["spec"]["definition"]["env"]:
        if setting["name"] in OF_THE_CLUSTER:
            setting["value"] = kept.get(setting["name"]) or setting["value"]
    return manifest


def _definition(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return (found.get("spec") or {}).get("definition") or {}


def _env(definition: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: str(one.get("value") or "") for one in definition.get("env") or ()}


def _text(value: object) -> str:
    if isinstance(value, list):
        return repr(" ".join(map(str, value)))
    return str(value) if value else "empty"
