"""The ChaosExperiments of the chaos namespace: looked at, and installed as we ship them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import Conflict
from chaos.adapters.litmus_kinds import EXPERIMENTS


def found(api: KubernetesApi, namespace: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(api.list(EXPERIMENTS, namespace))


def install(api: KubernetesApi, namespace: str, manifest: Mapping[str, Any]) -> None:
    """A definition that is there already becomes ours; what it says beside ours is taken out of it."""
    name, definition = manifest["metadata"]["name"], manifest["spec"]["definition"]
    body = {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}
    try:
        api.create(EXPERIMENTS, namespace, body)
        return
    except Conflict:
        there = (api.get(EXPERIMENTS, namespace, name).get("spec") or {}).get("definition") or {}
    gone = {key: None for key in there if key not in definition}
    labels = {key: None for key in there.get("labels") or {} if key not in definition["labels"]}
    patched = {**gone, **definition, "labels": {**labels, **definition["labels"]}}
    patch = {"metadata": {"labels": manifest["metadata"]["labels"]}, "spec": {"definition": patched}}
    api.merge_patch(EXPERIMENTS, namespace, name, patch)
