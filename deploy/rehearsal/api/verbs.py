"""The verbs on stored objects, as HTTP has them."""

from typing import Any

from deploy.rehearsal.api.http import Answer, Request, unsupported_media_type
from deploy.rehearsal.api.listing import list_answer
from deploy.rehearsal.api.routes import Target, not_allowed
from deploy.rehearsal.api.scale import scale
from deploy.rehearsal.api.tables import maybe_table
from deploy.rehearsal.store import BUDGETS, LEASES, PODS, Deletion, Object, PatchType, Store
from deploy.rehearsal.store.errors import bad_request, cause, invalid
from deploy.rehearsal.store.eviction import evict
from deploy.rehearsal.store.writes import Write

_STRATEGIC_FREE = (PatchType.MERGE, PatchType.JSON)


def carry_out(store: Store, target: Target, request: Request) -> Answer:
    """Everything but watches. Synchronous: the change is applied at one instant. Raises ApiError."""
    if target.subresource == "eviction":
        return _evict(store, target, request)
    if target.subresource == "log":
        store.get(PODS, target.name, target.namespace)
        return Answer(_tail(store.log_of(target.namespace, target.name), request.number("tailLines")))
    if target.subresource == "scale":
        return scale(store, target, request, _how(request, []))
    handler = {
        "get": _get,
        "list": list_answer,
        "create": _create,
        "update": _update,
        "patch": _patch,
        "delete": _delete,
        "deletecollection": _delete_all,
    }.get(target.verb)
    if handler is None or (target.subresource and target.verb == "delete"):
        raise not_allowed()
    return handler(store, target, request)


def _evict(store: Store, target: Target, request: Request) -> Answer:
    options = request.object().get("deleteOptions") or {}
    evict(store, target.name, target.namespace, options, dry_run=_dry(request))
    said = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    return Answer(said, 201)


def _dry(request: Request) -> bool:
    asked = request.query.get("dryRun", [])
    if any(one != "All" for one in asked):
        raise bad_request(f'dryRun: Unsupported value: "{asked[0]}": supported values: "All"')
    return bool(asked)


def _how(request: Request, warnings: list[str]) -> Write:
    validation = request.one("fieldValidation", "Warn")
    warn = warnings.append if validation == "Warn" else Write().warn
    return Write(dry_run=_dry(request), strict=validation == "Strict", warn=warn)


def _get(store: Store, target: Target, request: Request) -> Answer:
    obj = store.get(target.kind, target.name, target.namespace)
    return Answer(maybe_table(target.kind, request, [obj], obj))


def _create(store: Store, target: Target, request: Request) -> Answer:
    warnings: list[str] = []
    given = _checked(target, request.object())
    if given["metadata"].get("resourceVersion"):
        raise bad_request("resourceVersion should not be set on objects to be created")
    obj = store.create(target.kind, given, how=_how(request, warnings))
    return Answer(obj, 201, warnings=tuple(warnings))


def _update(store: Store, target: Target, request: Request) -> Answer:
    warnings: list[str] = []
    obj = _checked(target, request.object())
    if obj["metadata"].get("name", target.name) != target.name:
        given = obj["metadata"]["name"]
        raise bad_request(
            f"the name of the object ({given}) does not match the name on the URL ({target.name})"
        )
    obj["metadata"]["name"] = target.name
    if not obj["metadata"].get("resourceVersion") and _needs_version(target):
        said = "Invalid value: 0x0: must be specified for an update"
        raise invalid(
            target.kind, target.name, [cause("metadata.resourceVersion", "FieldValueInvalid", said)]
        )
    new = store.update(target.kind, obj, subresource=target.subresource, how=_how(request, warnings))
    return Answer(new, warnings=tuple(warnings))


def _needs_version(target: Target) -> bool:
    """Kinds whose whole-object update a real server refuses without a resourceVersion."""
    return target.kind.custom or target.kind in (LEASES, BUDGETS)


def _patch(store: Store, target: Target, request: Request) -> Answer:
    accepted = _STRATEGIC_FREE if target.kind.custom else tuple(PatchType)
    try:
        type = PatchType(request.content_type())
    except ValueError:
        raise unsupported_media_type(*accepted) from None
    if type not in accepted:
        raise unsupported_media_type(*accepted)
    warnings: list[str] = []
    new = store.patch(
        target.kind,
        target.name,
        request.json(),
        target.namespace,
        type=type,
        subresource=target.subresource,
        how=_how(request, warnings),
    )
    return Answer(new, warnings=tuple(warnings))


def _delete(store: Store, target: Target, request: Request) -> Answer:
    deletion = store.delete(target.kind, target.name, target.namespace, **_delete_options(request))
    return Answer(_deleted(target, deletion))


def _deleted(target: Target, deletion: Deletion) -> Object:
    """An object that stays is shown; one that is gone is only reported, but for pods."""
    if not deletion.gone or target.kind == PODS:
        return deletion.object
    kind = target.kind
    details = {
        "name": target.name,
        "group": kind.group,
        "kind": kind.plural,
        "uid": deletion.object["metadata"]["uid"],
    }
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {key: value for key, value in details.items() if value},
    }


def _delete_all(store: Store, target: Target, request: Request) -> Answer:
    gone = store.delete_all(
        target.kind,
        target.namespace,
        labels=request.one("labelSelector"),
        fields=request.one("fieldSelector"),
        **_delete_options(request),
    )
    meta = {"resourceVersion": str(store.version)}
    kind = target.kind
    return Answer({"kind": kind.list_kind, "apiVersion": kind.api_version, "metadata": meta, "items": gone})


def _delete_options(request: Request) -> dict[str, Any]:
    """DeleteOptions from the body or the query, as arguments of Store.delete."""
    body = request.object() if request.body.strip() else {}
    wanted = body.get("preconditions") or {}
    grace = body.get("gracePeriodSeconds", request.number("gracePeriodSeconds"))
    propagation = body.get("propagationPolicy") or request.one("propagationPolicy") or None
    if propagation is None and (body.get("orphanDependents") or request.flag("orphanDependents")):
        propagation = "Orphan"
    if propagation not in (None, "Orphan", "Background", "Foreground"):
        raise bad_request(f'propagationPolicy: Unsupported value: "{propagation}"')
    return {
        "uid": wanted.get("uid"),
        "resource_version": wanted.get("resourceVersion"),
        "grace": grace,
        "propagation": propagation,
        "how": Write(dry_run=_dry(request) or body.get("dryRun") == ["All"]),
    }


def _checked(target: Target, obj: Object) -> Object:
    """The body with the URL's namespace. Raises ApiError 400 where it contradicts the URL."""
    for field, expected in (("apiVersion", target.kind.api_version), ("kind", target.kind.kind)):
        if obj.get(field, expected) != expected:
            raise bad_request(
                f"the {field} in the data ({obj[field]}) does not match the expected {field} ({expected})"
            )
    meta = dict(obj.get("metadata") or {})
    if meta.get("namespace") not in (None, "", target.namespace) and target.kind.namespaced:
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if target.kind.namespaced:
        meta["namespace"] = target.namespace
    return {**obj, "metadata": meta}


def _tail(text: str, lines: int | None) -> str:
    return text if lines is None else "".join(text.splitlines(keepends=True)[-lines:] if lines else [])
