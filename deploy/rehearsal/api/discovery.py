"""What the server serves: versions, groups and resources, as clients ask for them first."""

from collections.abc import Iterable
from typing import Any

from deploy.rehearsal.api.reviews import REVIEWS
from deploy.rehearsal.api.routes import no_such_resource, subresources
from deploy.rehearsal.store import Kind

VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.2+rehearsal",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "linux/amd64",
}
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_SUBRESOURCE_KINDS = {"eviction": ("policy", "v1", "Eviction"), "scale": ("autoscaling", "v1", "Scale")}
_SUBRESOURCE_VERBS = {"eviction": ["create"], "log": ["get"]}


def discover(path: str, kinds: Iterable[Kind]) -> Any:
    """The discovery document at a path, or None where the path is not one of discovery's."""
    parts = [part for part in path.split("/") if part]
    served = list(kinds)
    match parts:
        case ["version"]:
            return VERSION
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["api", "v1"]:
            return _resources("", "v1", served)
        case ["apis"]:
            groups = [_group(name, served) for name in _group_names(served)]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        case ["apis", group] if group in _group_names(served):
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, served)}
        case ["apis", group, version]:
            return _resources(group, version, served)
        case _:
            return None


def _group_names(kinds: list[Kind]) -> list[str]:
    return sorted({kind.group for kind in kinds if kind.group} | {group for group, _ in REVIEWS})


def _versions(group: str, kinds: list[Kind]) -> list[str]:
    found = sorted({kind.version for kind in kinds if kind.group == group})
    return found or ["v1"]


def _group(group: str, kinds: list[Kind]) -> dict[str, Any]:
    versions = [
        {"groupVersion": f"{group}/{version}", "version": version} for version in _versions(group, kinds)
    ]
    return {"name": group, "versions": versions, "preferredVersion": versions[0]}


def _resources(group: str, version: str, kinds: list[Kind]) -> dict[str, Any]:
    entries: list[dict[str, Any]] = []
    for kind in kinds:
        if (kind.group, kind.version) == (group, version):
            entries += _entries(kind)
    for (review_group, plural), (name, _) in REVIEWS.items():
        if (review_group, "v1") == (group, version):
            entries.append(_entry(plural, name, False, ["create"]))
    if not entries:
        raise no_such_resource()
    group_version = f"{group}/{version}" if group else version
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": entries,
    }


def _entries(kind: Kind) -> list[dict[str, Any]]:
    main = _entry(kind.plural, kind.kind, kind.namespaced, _VERBS)
    main["singularName"] = kind.singular or kind.kind.lower()
    if kind.short_names:
        main["shortNames"] = list(kind.short_names)
    if kind.categories:
        main["categories"] = list(kind.categories)
    entries = [main]
    for name in subresources(kind):
        verbs = _SUBRESOURCE_VERBS.get(name, ["get", "patch", "update"])
        group, version, sub_kind = _SUBRESOURCE_KINDS.get(name, ("", "", kind.kind))
        entry = _entry(f"{kind.plural}/{name}", sub_kind, kind.namespaced, verbs)
        if group:
            entry |= {"group": group, "version": version}
        entries.append(entry)
    return entries


def _entry(name: str, kind: str, namespaced: bool, verbs: list[str]) -> dict[str, Any]:
    return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": verbs}
