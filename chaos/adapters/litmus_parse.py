"""From the API server's JSON to what the domain knows. Pure; missing parts are missing, never an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.adapters.litmus_manifests import INSTALLATION, RUN, label_value
from chaos.domain.sight import (
    ZONE,
    EnginePod,
    EngineSeen,
    Namespace,
    Node,
    Pod,
    Residue,
    ResidueKind,
    ResultSeen,
)
from chaos.ports import RunRef

Json = Mapping[str, Any]

_CHAOS_UID = "chaosUID"
_OUR_NAME = re.compile(r"^gd-([0-9a-f]{8})-\d{1,3}(?:-|$)")
_MIRROR = "kubernetes.io/config.mirror"
"""On a pod that the kubelet of its node runs from a file there."""
_TARGET_STATES = ("targeted", "injected", "reverted", "noLongerExist")


def pod(obj: Json) -> Pod:
    meta, status = obj["metadata"], obj.get("status") or {}
    controllers = [owner for owner in meta.get("ownerReferences") or () if owner.get("controller")]
    owners = [owner.get("kind") for owner in controllers]
    is_mirror = _MIRROR in (meta.get("annotations") or {})
    return Pod(
        namespace=meta.get("namespace", ""),
        name=meta["name"],
        uid=meta["uid"],
        node=(obj.get("spec") or {}).get("nodeName") or "",
        is_ready=any(
            condition.get("type") == "Ready" and condition.get("status") == "True"
            for condition in status.get("conditions") or ()
        ),
        is_leaving=bool(meta.get("deletionTimestamp")),
        labels=dict(meta.get("labels") or {}),
        restarts=sum(int(one.get("restartCount") or 0) for one in status.get("containerStatuses") or ()),
        is_bare=not owners and not is_mirror,
        is_of_node=is_mirror or "DaemonSet" in owners or "Node" in owners,
        workload=next((_workload(owner, meta.get("labels") or {}) for owner in controllers), ""),
    )


def _workload(controller: Json, labels: Mapping[str, str]) -> str:
    """A Deployment has a ReplicaSet for each version of its template, named after both."""
    kind, name = controller.get("kind") or "", controller.get("name") or ""
    version = f"-{labels.get('pod-template-hash', '')}"
    if kind == "ReplicaSet" and len(version) > 1 and name.endswith(version):
        return f"deployment {name.removesuffix(version)}"
    return f"{kind.lower()} {name}"


def is_finished(pod: Json) -> bool:
    """Whether it has ended for good: nothing runs in it any more."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def node(obj: Json) -> Node:
    meta, spec = obj["metadata"], obj.get("spec") or {}
    labels = meta.get("labels") or {}
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return Node(
        name=meta["name"],
        uid=meta["uid"],
        zone=labels.get(ZONE, ""),
        hostname=labels.get("kubernetes.io/hostname", ""),
        is_ready=any(item.get("type") == "Ready" and item.get("status") == "True" for item in conditions),
        is_schedulable=not spec.get("unschedulable"),
        taints=tuple(taint_text(item) for item in spec.get("taints") or ()),
        is_control_plane=any(
            f"node-role.kubernetes.io/{role}" in labels for role in ("control-plane", "master")
        ),
        pressures=tuple(
            sorted(
                item["type"]
                for item in conditions
                if item.get("type", "").endswith("Pressure") and item.get("status") == "True"
            )
        ),
    )


def namespace(obj: Json) -> Namespace:
    """Its phase is not asked: whether it is being deleted shows first in its deletionTimestamp."""
    meta = obj["metadata"]
    return Namespace(meta["name"], meta["uid"], bool(meta.get("deletionTimestamp")))


def taint_text(taint: Json) -> str:
    """`key=value:Effect`; `key:Effect` without a value."""
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


def engine(obj: Json) -> EngineSeen:
    """`status.experiments` may be null, and is for as long as nothing could be started."""
    meta, status = obj["metadata"], obj.get("status") or {}
    experiments = status.get("experiments") or [{}]
    return EngineSeen(
        name=meta["name"],
        uid=meta["uid"],
        state=(obj.get("spec") or {}).get("engineState") or "",
        status=status.get("engineStatus") or "",
        verdict=experiments[0].get("verdict") or "",
        is_leaving=bool(meta.get("deletionTimestamp")),
    )


def engine_pods(pods: Iterable[Json], engines: Iterable[Json]) -> tuple[EnginePod, ...]:
    """Those of the pods that are of one of the engines, by the chaosUID that Litmus gives them."""
    names = {obj["metadata"]["uid"]: obj["metadata"]["name"] for obj in engines}
    return tuple(
        EnginePod(
            engine=names[_label(obj, _CHAOS_UID)],
            name=obj["metadata"]["name"],
            node=(obj.get("spec") or {}).get("nodeName") or "",
            is_running=(obj.get("status") or {}).get("phase") == "Running",
        )
        for obj in pods
        if _label(obj, _CHAOS_UID) in names
    )


def result(obj: Json) -> ResultSeen:
    """In flight the targets' state stands in annotations; it is folded into the history at the end."""
    meta, status = obj["metadata"], obj.get("status") or {}
    outcome = status.get("experimentStatus") or {}
    targets = {
        f"{target.get('kind', '')}/{target.get('name', '')}": str(target.get("chaosStatus", ""))
        for target in (status.get("history") or {}).get("targets") or ()
    }
    for key, value in (meta.get("annotations") or {}).items():
        if "/" in key and value in _TARGET_STATES:
            targets[key] = value
    error = outcome.get("errorOutput") or {}
    return ResultSeen(
        name=meta["name"],
        engine=(obj.get("spec") or {}).get("engine") or "",
        phase=outcome.get("phase") or "",
        verdict=outcome.get("verdict") or "",
        error=": ".join(str(part) for part in (error.get("errorCode"), error.get("reason")) if part),
        targets=targets,
    )


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an object is. `run` and `installation` are empty where only the engine's name told us."""

    short: str
    run: str = ""
    installation: str = ""
    engine: str = ""
    """The engine's name, where it is remembered from making it."""

    def is_of(self, ref: RunRef) -> bool:
        if not self.run:
            return self.short == ref.short
        return (self.run, self.installation) == (label_value(ref.run), label_value(ref.installation))


class Belonging:
    """Finds out what is ours, also once the engine is gone and Litmus has taken our labels away.

    What can tell, best first: our labels; the chaosUID of an engine known to be ours, now or from an
    earlier look; the engine's name, in the object's own name (runner, result) or in the env that Litmus
    gives to all it starts (CHAOSENGINE).
    """

    def __init__(self, known: Mapping[str, Owner] | None = None) -> None:
        self.by_uid: dict[str, Owner] = dict(known or {})

    def learn(self, objects: Iterable[Json], *, are_engines: bool = False) -> None:
        for obj in objects:
            owner = _by_labels(obj) or _by_name(obj)
            uid = obj["metadata"]["uid"] if are_engines else _label(obj, _CHAOS_UID)
            if owner and uid and not (uid in self.by_uid and self.by_uid[uid].run):
                self.by_uid[uid] = owner

    def owner(self, obj: Json) -> Owner | None:
        return _by_labels(obj) or self.by_uid.get(_label(obj, _CHAOS_UID)) or _by_name(obj)


def residue(kind: ResidueKind, obj: Json, owner: Owner, now: datetime) -> Residue:
    meta = obj["metadata"]
    return Residue(
        kind=kind,
        namespace=meta.get("namespace", ""),
        name=meta["name"],
        uid=meta["uid"],
        run=owner.run,
        installation=owner.installation,
        detail=_detail(obj, now, "" if owner.run else f"of a run {owner.short}…"),
        finalizers=tuple(meta.get("finalizers") or ()) if meta.get("deletionTimestamp") else (),
        short="" if owner.run else owner.short,
    )


def _label(obj: Json, key: str) -> str:
    return str((obj["metadata"].get("labels") or {}).get(key, ""))


def _by_labels(obj: Json) -> Owner | None:
    run = _label(obj, RUN)
    return Owner(run.replace("-", "")[:8], run, _label(obj, INSTALLATION)) if run else None


def _by_name(obj: Json) -> Owner | None:
    spec = obj.get("spec") or {}
    inner = (spec.get("template") or {}).get("spec") or spec
    names = [obj["metadata"]["name"]] + [
        str(variable.get("value", ""))
        for container in inner.get("containers") or ()
        for variable in container.get("env") or ()
        if variable.get("name") == "CHAOSENGINE"
    ]
    matches = [match for match in map(_OUR_NAME.match, names) if match]
    return Owner(matches[0][1]) if matches else None


def _detail(obj: Json, now: datetime, whose: str) -> str:
    meta, status = obj["metadata"], obj.get("status") or {}
    parts = [str(status.get("phase") or status.get("engineStatus") or ""), whose]
    if leaving := _instant(meta.get("deletionTimestamp")):
        asked = leaving - timedelta(seconds=meta.get("deletionGracePeriodSeconds") or 0)
        parts.append(f"Terminating since {max(0, round((now - asked).total_seconds()))} s")
    if finalizers := meta.get("finalizers"):
        parts.append(f"finalizer{'s' if len(finalizers) > 1 else ''} {', '.join(finalizers)}")
    return ", ".join(part for part in parts if part)


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None
