"""As much OpenAPI v3 as `kubectl apply` needs to leave validation to the server.

kubectl looks for one thing: whether PATCH of the kind takes a fieldValidation parameter.
"""

from collections.abc import Iterable
from typing import Any

from deploy.rehearsal.store import Kind


def openapi(path: str, kinds: Iterable[Kind]) -> Any:
    """The document at a path under /openapi/v3, or None where there is none."""
    served = list(kinds)
    places = {_place(kind) for kind in served}
    if path == "/openapi/v3":
        return {"paths": {place: {"serverRelativeURL": f"/openapi/v3/{place}"} for place in sorted(places)}}
    place = path.removeprefix("/openapi/v3/")
    if place not in places:
        return None
    return {
        "openapi": "3.0.0",
        "info": {"title": "Rehearsal cluster", "version": "v1.36.2"},
        "paths": {_path(kind): {"patch": _patch(kind)} for kind in served if _place(kind) == place},
    }


def _place(kind: Kind) -> str:
    return f"apis/{kind.api_version}" if kind.group else f"api/{kind.version}"


def _path(kind: Kind) -> str:
    middle = "namespaces/{namespace}/" if kind.namespaced else ""
    return f"/{_place(kind)}/{middle}{kind.plural}/{{name}}"


def _patch(kind: Kind) -> dict[str, Any]:
    return {
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}
            for name in ("dryRun", "fieldValidation")
        ],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {
            "group": kind.group,
            "version": kind.version,
            "kind": kind.kind,
        },
    }
