"""What undoing a fault takes and nobody could find out afterwards, kept on the run's grant. Pure.

Gameday has it in its database, too. This copy is for who comes when that is gone: the watchdog, and a halt
without the database. One annotation for each injection; what it says is written before the engine is created.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chaos.domain.errors import Permanent
from chaos.domain.injection import Injection, InverseKind, Postcondition, PreImage, Sign
from chaos.domain.postcondition import touched_taints
from chaos.domain.sight import Node, Workload

PREFIX = "gameday/undo-"
VERSION = 1

Json = Mapping[str, Any]


def note(injection: Injection) -> dict[str, str]:
    """The annotation, by its key; empty where deleting the engine and its pods is all that there is to do."""
    post = injection.postcondition
    changes_nodes = post.cordons or bool(post.taint_keys)
    said: dict[str, Any] = {
        "nodes": [_node(pre, post.taint_keys) for pre in post.nodes] if changes_nodes else [],
        "workloads": [_workload(pre) for pre in post.workloads],
        "pods": [[name, uid] for name, uid in post.freed],
        "cut": injection.app_label if post.uncut else "",
    }
    if not any(said.values()):
        return {}
    said |= {
        "v": VERSION,
        "engine": injection.name,
        "namespace": injection.namespace,
        "keys": list(post.taint_keys),
        "cordons": post.cordons,
        "lies": post.lies_when_aborted,
    }
    text = json.dumps({key: value for key, value in said.items() if value}, separators=(",", ":"))
    return {f"{PREFIX}{injection.index}": text}


def read(grant: Json) -> tuple[Injection, ...]:
    """The injections that the grant speaks of, each with as much as undoing it takes and no more.

    Raises Permanent for a note that cannot be understood: what it says must not be lost.
    """
    found = (grant["metadata"].get("annotations") or {}).items()
    return tuple(_read(key, text) for key, text in sorted(found) if key.startswith(PREFIX))


def _read(key: str, text: str) -> Injection:
    try:
        said = json.loads(text)
        if said["v"] != VERSION:
            raise ValueError(f"version {said['v']}")
        return _injection(int(key.removeprefix(PREFIX)), said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Permanent(
            f"The grant says in {key} how things were before a fault, in words not understood ({error!r}). "
            "Set them back by hand, or by the Gameday that wrote it, and then delete the grant."
        ) from error


def _injection(index: int, said: Json) -> Injection:
    nodes = tuple(
        Node(one["name"], one["uid"], "", True, bool(one["schedulable"]), tuple(one.get("taints", ())))
        for one in said.get("nodes", ())
    )
    workloads = tuple(
        Workload(one["kind"], one["namespace"], one["name"], one["uid"], int(one["replicas"]))
        for one in said.get("workloads", ())
    )
    namespace, cut = str(said.get("namespace", "")), str(said.get("cut", ""))
    post = Postcondition(
        nodes=nodes,
        taint_keys=tuple(said.get("keys", ())),
        cordons=bool(said.get("cordons")),
        workloads=workloads,
        freed=tuple((str(name), str(uid)) for name, uid in said.get("pods", ())),
        lies_when_aborted=bool(said.get("lies")),
        uncut=bool(cut),
    )
    return Injection(
        index=index,
        name=said["engine"],
        fault="",
        experiment="",
        env={},
        namespace=namespace,
        targets=(),
        app_label=cut,
        app_kind="",
        duration=timedelta(0),
        inverse=InverseKind.RESTORE_NODES,
        sign=Sign.NODE_CHANGED,
        pre_image=PreImage(),
        postcondition=post,
    )


def _node(pre: Node, keys: tuple[str, ...]) -> dict[str, Any]:
    taints = list(touched_taints(pre, keys))
    return {"name": pre.name, "uid": pre.uid, "schedulable": pre.is_schedulable} | (
        {"taints": taints} if taints else {}
    )


def _workload(pre: Workload) -> dict[str, Any]:
    return {
        "kind": pre.kind,
        "namespace": pre.namespace,
        "name": pre.name,
        "uid": pre.uid,
        "replicas": pre.replicas,
    }
