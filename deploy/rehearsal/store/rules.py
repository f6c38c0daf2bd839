"""What a write may change, and what the server changes with it. Pure functions on objects."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from deploy.rehearsal.store.defaults import apply_defaults
from deploy.rehearsal.store.errors import cause, conflict, invalid
from deploy.rehearsal.store.kinds import PODS, Kind
from deploy.rehearsal.store.objects import Object, clone, dig, is_going, name_of, suffix, timestamp

_NAME = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_RBAC_NAME = re.compile(r"^[^/%]+$")
_LABEL = re.compile(r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")
_SERVER_OWNED = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation")


def newborn(kind: Kind, given: Object, now: datetime, *, keep_status: bool, uid: str = "") -> Object:
    """The object as it will be stored: named, dated, defaulted. Raises ApiError 422 for a bad name."""
    obj: Object = clone(given)
    obj["apiVersion"], obj["kind"] = kind.api_version, kind.kind
    meta = obj.setdefault("metadata", {})
    for field in (*_SERVER_OWNED, "resourceVersion", "managedFields", "selfLink"):
        meta.pop(field, None)
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = meta["generateName"] + suffix()
    if not kind.namespaced:
        meta.pop("namespace", None)
    check_metadata(kind, obj)
    meta["uid"] = uid or str(uuid.uuid4())
    meta["creationTimestamp"] = timestamp(now)
    if kind.custom or "spec" in obj:
        meta["generation"] = 1
    if kind.status and not keep_status:
        obj.pop("status", None)
    apply_defaults(kind, obj)
    return obj


def check_metadata(kind: Kind, obj: Object) -> None:
    """Raises ApiError 422 for a name or label Kubernetes would refuse."""
    meta, causes = obj["metadata"], []
    name = name_of(obj)
    pattern = _RBAC_NAME if kind.group == "rbac.authorization.k8s.io" else _NAME
    if not name:
        causes.append(
            cause("metadata.name", "FieldValueRequired", "Required value: name or generateName is required")
        )
    elif len(name) > 253 or not pattern.match(name):
        causes.append(
            cause(
                "metadata.name",
                "FieldValueInvalid",
                f'Invalid value: "{name}": a lowercase RFC 1123 subdomain must consist of lower case '
                "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            )
        )
    for key, value in (meta.get("labels") or {}).items():
        if not isinstance(value, str) or len(value) > 63 or not _LABEL.match(value):
            causes.append(
                cause(
                    "metadata.labels",
                    "FieldValueInvalid",
                    f'Invalid value: "{value}": the value of label {key} must be no more than 63 characters, '
                    "alphanumeric, '-', '_' or '.', and must start and end with an alphanumeric character",
                )
            )
    if causes:
        raise invalid(kind, name, causes)


def successor(kind: Kind, old: Object, given: Object, subresource: str) -> Object:
    """What an update makes of the old object. Raises ApiError 409 (stale) or 422 (late finalizer)."""
    name = name_of(old)
    offered = given.get("metadata") or {}
    if offered.get("uid") and offered["uid"] != old["metadata"]["uid"]:
        why = f"Precondition failed: UID in precondition: {offered['uid']}, "
        raise conflict(kind, name, f"{why}UID in object meta: {old['metadata']['uid']}")
    if offered.get("resourceVersion") not in (None, "", old["metadata"]["resourceVersion"]):
        why = "the object has been modified; please apply your changes to the latest version and try again"
        raise conflict(kind, name, why)
    if subresource == "status":
        return {**old, "status": clone(given.get("status") or {})}
    new: Object = clone(given)
    new["apiVersion"], new["kind"] = old["apiVersion"], old["kind"]
    new["metadata"] = _metadata(old["metadata"], new.get("metadata") or {})
    if kind.status:
        new.pop("status", None)
        if "status" in old:
            new["status"] = old["status"]
    check_metadata(kind, new)
    _refuse_late_finalizers(kind, old, new)
    if _meaning(kind, new) != _meaning(kind, old) and "generation" in old["metadata"]:
        new["metadata"]["generation"] = old["metadata"]["generation"] + 1
    return new


def _metadata(old: Object, offered: Object) -> Object:
    meta = {key: value for key, value in offered.items() if value is not None and key != "managedFields"}
    for field in (*_SERVER_OWNED, "resourceVersion", "name", "namespace"):
        meta.pop(field, None)
        if field in old:
            meta[field] = old[field]
    return meta


def _refuse_late_finalizers(kind: Kind, old: Object, new: Object) -> None:
    if not is_going(old):
        return
    late = set(finalizers(new)) - set(finalizers(old))
    if late:
        listed = ", ".join(f'"{one}"' for one in sorted(late))
        why = "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers"
        text = f"{why} []string{{{listed}}}"
        raise invalid(kind, name_of(old), [cause("metadata.finalizers", "FieldValueForbidden", text)])


def _meaning(kind: Kind, obj: Object) -> Object:
    """What bumps the generation: all but the metadata, and the status where it has its own door."""
    apart = {"metadata", "status"} if kind.status else {"metadata"}
    return {key: value for key, value in obj.items() if key not in apart}


def finalizers(obj: Object) -> list[str]:
    return list(obj["metadata"].get("finalizers") or [])


def may_vanish(obj: Object) -> bool:
    """Deletion was asked for and nothing holds the object any more: no finalizer, no running grace."""
    meta = obj["metadata"]
    held_by_namespace = obj["kind"] == "Namespace" and bool(dig(obj, "spec", "finalizers"))
    waiting = bool(meta.get("finalizers")) or bool(meta.get("deletionGracePeriodSeconds"))
    return is_going(obj) and not waiting and not held_by_namespace


def grace_of(kind: Kind, obj: Object, asked: int | None) -> int:
    """Seconds an object is given to end: only running pods get any."""
    if kind != PODS or not dig(obj, "spec", "nodeName"):
        return 0
    if dig(obj, "status", "phase") in ("Succeeded", "Failed"):
        return 0
    own = dig(obj, "spec", "terminationGracePeriodSeconds")
    grace = asked if asked is not None else (30 if own is None else int(own))
    return max(grace, 1) if grace < 0 else grace


def marked_for_deletion(kind: Kind, obj: Object, now: datetime, grace: int, extra: Iterable[str]) -> Object:
    """The object with its deletionTimestamp; a later call may shorten the grace, never lengthen it."""
    new: Object = clone(obj)
    meta = new["metadata"]
    going_already = is_going(obj)
    if not going_already or grace < int(meta.get("deletionGracePeriodSeconds") or 0):
        meta["deletionTimestamp"] = timestamp(now + timedelta(seconds=grace))
        meta["deletionGracePeriodSeconds"] = grace
    added = [one for one in extra if one not in finalizers(obj)]
    if added and not going_already:
        meta["finalizers"] = finalizers(obj) + added
    if not going_already and "generation" in meta and kind != PODS:
        meta["generation"] += 1
    if obj["kind"] == "Namespace":
        new["status"] = {**(new.get("status") or {}), "phase": "Terminating"}
    return new
