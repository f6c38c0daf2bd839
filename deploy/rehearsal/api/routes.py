"""Which object or collection a path means, and which verb the method makes of it."""

from dataclasses import dataclass

from deploy.rehearsal.api.http import Request
from deploy.rehearsal.store import ApiError, Kind

_SUBRESOURCES = {
    ("", "pods"): ("eviction", "log"),
    ("apps", "deployments"): ("scale",),
    ("apps", "replicasets"): ("scale",),
    ("apps", "statefulsets"): ("scale",),
}
_ITEM_VERBS = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
_LIST_VERBS = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about. An empty name means the collection, an empty namespace all of them."""

    kind: Kind
    verb: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def resource(self) -> str:
        """As rules and mishaps name it: `pods/eviction`, `chaosengines.litmuschaos.io`."""
        return self.kind.resource + (f"/{self.subresource}" if self.subresource else "")


def no_such_resource() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def not_allowed() -> ApiError:
    return ApiError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
    )


def subresources(kind: Kind) -> tuple[str, ...]:
    own = _SUBRESOURCES.get((kind.group, kind.plural), ())
    return (*(("status",) if kind.status else ()), *own)


def split_group(path: str) -> tuple[str, str, list[str]] | None:
    """(group, version, rest) of a path under /api or /apis; None for any other path."""
    parts = [part for part in path.split("/") if part]
    if parts[:1] == ["api"] and len(parts) >= 2:
        return "", parts[1], parts[2:]
    if parts[:1] == ["apis"] and len(parts) >= 3:
        return parts[1], parts[2], parts[3:]
    return None


def find_target(request: Request, kinds: dict[tuple[str, str], Kind]) -> Target:
    """Raises ApiError 404 where the path names nothing that is served, 405 for a wrong method."""
    split = split_group(request.path)
    if split is None or not split[2]:
        raise no_such_resource()
    group, version, rest = split
    namespace = ""
    if rest[0] == "namespaces" and len(rest) >= 3 and (group, rest[2]) in kinds:
        namespace, rest = rest[1], rest[2:]
    kind = kinds.get((group, rest[0]))
    if kind is None or kind.version != version or len(rest) > 3 or (namespace and not kind.namespaced):
        raise no_such_resource()
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    if (subresource and subresource not in subresources(kind)) or (
        name and kind.namespaced and not namespace
    ):
        raise no_such_resource()
    return Target(kind, _verb(request, name, subresource), namespace, name, subresource)


def _verb(request: Request, name: str, subresource: str) -> str:
    verb = (_ITEM_VERBS if name else _LIST_VERBS).get(request.method)
    posts_to_item = request.method == "POST" and name and subresource != "eviction"
    if verb is None or posts_to_item:
        raise not_allowed()
    return "watch" if verb == "list" and request.flag("watch") else verb
