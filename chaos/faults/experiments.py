"""The ChaosExperiments that we ship, as data, and what differs from them in those that a cluster has.

Litmus' own charts take the newest image there is and pull it on each run; ours are pinned, the helpers'
image too. `permissions` is for people to read: nothing makes rights out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chaos.domain.images import USUAL_IMAGES, in_registry, is_same_elsewhere, why_not
from chaos.faults.base import Fault
from chaos.faults.catalogue import FAULTS
from chaos.faults.rights import EVERY

IMAGE = "litmuschaos/go-runner:3.28.0"
OF_THE_CLUSTER = {"CONTAINER_RUNTIME": "containerd", "SOCKET_PATH": "/run/containerd/containerd.sock"}
"""What depends on the cluster's nodes; a cluster that says otherwise keeps it, if we know it."""
_KNOWN = {
    "CONTAINER_RUNTIME": ("containerd", "crio", "docker"),
    "SOCKET_PATH": (
        *(f"{run}/containerd/containerd.sock" for run in ("/run", "/var/run")),
        *(f"{run}/crio/crio.sock" for run in ("/run", "/var/run")),
        *(f"{run}/docker.sock" for run in ("/run", "/var/run")),
        *(f"{run}/cri-dockerd.sock" for run in ("/run", "/var/run")),
        *(f"{run}/containerd/containerd.sock" for run in ("/run/k3s", "/var/run/k3s")),
        "/run/k0s/containerd.sock",
        "/var/snap/microk8s/common/run/containerd.sock",
    ),
}
"""A path of the node is opened to a privileged helper under whatever name SOCKET_PATH gives it."""
_HELPERS = "LIB_IMAGE"


def experiment(fault: Fault) -> dict[str, Any]:
    """The ChaosExperiment of a fault; without a namespace, which is the cluster's chaos namespace."""
    family = fault.family
    rights = () if family is None else (*EVERY, *family.chaos, *family.target, *family.cluster)
    labels = {"name": fault.name, "app.kubernetes.io/part-of": "litmus"}
    env = {
        "TOTAL_CHAOS_DURATION": "60",
        "DEFAULT_HEALTH_CHECK": "false",
        _HELPERS: fault.helper_image or IMAGE,
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
    """What is not as we ship it, in sentences. What depends on the cluster's nodes is its own affair, and so
    is the registry that our images come from: whether that one may be used, `foreign` says."""
    ours, theirs = experiment(fault)["spec"]["definition"], _definition(found)
    said = []
    if not theirs.get("labels"):
        said.append("It has no definition.labels, on which Litmus' runner crashes.")
    if not is_same_elsewhere(str(theirs.get("image") or ""), ours["image"]):
        said.append(f"image is {_text(theirs.get('image'))}, not {ours['image']}.")
    for key in sorted((ours.keys() | theirs.keys()) - {"image", "env", "permissions"}):
        if (theirs.get(key) or None) != ours.get(key):
            wanted = f"not {_text(ours[key])}" if key in ours else "which we do not set"
            said.append(f"{key} is {_text(theirs.get(key))}, {wanted}.")
    return (*said, *_settings(_env(ours), theirs.get("env") or ()))


def _settings(ours: Mapping[str, str], found: Sequence[Mapping[str, Any]]) -> list[str]:
    """As `differences`, of the settings. To litmus-go an empty one is as good as none."""
    said, theirs = [], _env({"env": found})
    names = [str(one["name"]) for one in found]
    said += [f"The setting {key} is there twice." for key in sorted(theirs) if names.count(key) > 1]
    elsewhere = {str(one["name"]) for one in found if one.keys() - {"name", "value"}}
    for key in sorted(ours.keys() | theirs.keys()):
        value = theirs.get(key, "")
        if key in elsewhere:
            said.append(f"The setting {key} is read from elsewhere, so nobody can tell what it is.")
        elif key in _KNOWN:
            if value and value not in _KNOWN[key]:
                said.append(f"The setting {key} is {value}, which is none of {', '.join(_KNOWN[key])}.")
        elif key not in theirs:
            said.append(f"The setting {key} is missing; ours is {ours[key]}.")
        elif key == _HELPERS and is_same_elsewhere(value, ours[key]):
            continue
        elif value != ours.get(key, ""):
            wanted = f"not {ours[key]}" if key in ours else "which we do not set"
            said.append(f"The setting {key} is {value or 'empty'}, {wanted}.")
    return said


def to_install(
    fault: Fault, found: Mapping[str, Any] | None, allowed: Sequence[str] = USUAL_IMAGES, registry: str = ""
) -> dict[str, Any]:
    """Ours, with the runtime that the cluster has named already, and our images from where it has them if
    they are allowed from there, or from `registry`."""
    manifest = experiment(fault)
    definition, theirs = manifest["spec"]["definition"], _definition(found or {})
    kept = _env(theirs)

    def placed(ours: str, there: str) -> str:
        if registry:
            return in_registry(ours, registry)
        return there if is_same_elsewhere(there, ours) and not why_not(there, allowed) else ours

    definition["image"] = placed(definition["image"], str(theirs.get("image") or ""))
    for setting in definition["env"]:
        if setting["name"] in OF_THE_CLUSTER:
            there = kept.get(setting["name"], "")
            setting["value"] = there if there in _KNOWN[setting["name"]] else setting["value"]
        if setting["name"] == _HELPERS:
            setting["value"] = placed(setting["value"], kept.get(_HELPERS, ""))
    return manifest


def is_installed(fault: Fault, found: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    """Whether a cluster has this manifest of ours already."""
    ours, theirs = _definition(manifest), _definition(found)
    images = [(one.get("image"), _env(one).get(_HELPERS)) for one in (ours, theirs)]
    return images[0] == images[1] and not differences(fault, found)


def why_not_run(found: Mapping[str, Any], allowed: Sequence[str]) -> str:
    """Why an experiment, as a cluster has it, may not run there, and what to do; empty when it may.

    What it says beside ours counts as much as its images: Litmus joins it to what we send.
    """
    fault, foreigners = FAULTS.get(found["metadata"]["name"]), foreign(found, allowed)
    differs = differences(fault, found) if fault and fault.family else ()
    if not foreigners and not differs:
        return ""
    allow = ", or let an administrator allow it (`manage.py cluster add … --allow-image`)"
    return (
        f"ChaosExperiment {found['metadata']['name']} may not run here: {' '.join((*foreigners, *differs))} "
        f"Install ours (`manage.py litmus install`){allow if foreigners else ''}."
    )


def foreign(found: Mapping[str, Any], allowed: Sequence[str]) -> tuple[str, ...]:
    """Which of its images may not run on a cluster whose list is `allowed`, in sentences. Where an experiment
    starts helpers and sets no image for them, Litmus would take its newest."""
    fault = FAULTS.get(found["metadata"]["name"])
    has_helpers = fault is None or fault.family is None or fault.family.has_helpers
    definition = _definition(found)
    settings = [(str(one.get("name")), str(one.get("value") or "")) for one in definition.get("env") or ()]
    images = [("image", str(definition.get("image") or ""))]
    images += [(key, value) for key, value in settings if key.endswith("IMAGE") and value]
    said = [f"Its {key} {value!r} {why}." for key, value in images if (why := why_not(value, allowed))]
    helpers = [value for key, value in settings if key == _HELPERS]
    if has_helpers and not (helpers and all(helpers)):
        said.append(f"It sets no {_HELPERS}, so its helpers would run whatever is newest.")
    return tuple(said)


def _definition(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return (found.get("spec") or {}).get("definition") or {}


def _env(definition: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: str(one.get("value") or "") for one in definition.get("env") or ()}


def _text(value: object) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return repr(" ".join(value))
    return str(value) if value else "empty"
