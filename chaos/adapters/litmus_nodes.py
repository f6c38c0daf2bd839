"""Setting a node back to exactly what it was, in what a fault touched and in nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.litmus_kinds import NODES
from chaos.adapters.litmus_parse import taint_text
from chaos.domain.sight import Node


def restore(api: KubernetesApi, pre: Node, taint_keys: Sequence[str], cordons: bool) -> None:
    """Raises Conflict, a Transient, when somebody else wrote to the node in between: look and try again.

    A node that is gone, or another one under its name, is left alone.
    """
    try:
        now = api.get(NODES, "", pre.name)
    except NotFound:
        return
    if now["metadata"]["uid"] != pre.uid:
        return
    wanted = [_taint(text) for text in pre.taints if _key(text) in taint_keys]
    kept = [taint for taint in (now["spec"].get("taints") or []) if taint["key"] not in taint_keys]
    spec: dict[str, Any] = {}
    if cordons:
        spec["unschedulable"] = None if pre.is_schedulable else True
    if sorted(map(taint_text, [*kept, *wanted])) != sorted(map(taint_text, now["spec"].get("taints") or [])):
        spec["taints"] = [*kept, *wanted]
    precondition = {"uid": pre.uid, "resourceVersion": now["metadata"]["resourceVersion"]}
    api.merge_patch(NODES, "", pre.name, {"metadata": precondition, "spec": spec})


def _key(text: str) -> str:
    return text.split("=")[0].split(":")[0]


def _taint(text: str) -> dict[str, str]:
    pair, _, effect = text.rpartition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "effect": effect} | ({"value": value} if value else {})
