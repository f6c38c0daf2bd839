"""Service accounts, roles and bindings: looked at by name, and installed as we ship them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import Conflict, NotFound
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus_kinds import SERVICE_ACCOUNTS
from chaos.adapters.parallel import gather
from chaos.domain.errors import Refused

Json = Mapping[str, Any]
_RBAC = "rbac.authorization.k8s.io/v1"
_KINDS = {
    "ServiceAccount": SERVICE_ACCOUNTS,
    "Role": Resource(_RBAC, "roles"),
    "RoleBinding": Resource(_RBAC, "rolebindings"),
    "ClusterRole": Resource(_RBAC, "clusterroles"),
    "ClusterRoleBinding": Resource(_RBAC, "clusterrolebindings"),
}
_WITHIN = 30.0


def found(api: KubernetesApi, manifests: Sequence[Json]) -> tuple[Json | None, ...]:
    """What there is under the name of each; None where there is nothing."""
    calls = {str(index): partial(_there, api, manifest) for index, manifest in enumerate(manifests)}
    answers = gather(calls, _WITHIN)
    return tuple(answers[key] for key in calls)


def bindings(api: KubernetesApi) -> tuple[Json, ...]:
    """Every binding of the cluster, of whatever name. Raises Forbidden where they may not be listed."""
    kinds = ("RoleBinding", "ClusterRoleBinding")
    return tuple(
        {**one, "kind": kind} for kind in kinds for one in api.list(_KINDS[kind], "", within=_WITHIN)
    )


def install(api: KubernetesApi, manifest: Json) -> None:
    """What is there already becomes ours. Raises Refused for a binding of another role, which Kubernetes
    lets nobody change."""
    resource, namespace, name = _place(manifest)
    try:
        api.create(resource, namespace, manifest)
        return
    except Conflict:
        there = api.get(resource, namespace, name)
    if "roleRef" in manifest and there["roleRef"] != manifest["roleRef"]:
        raise Refused(
            f"{manifest['kind']} {name} binds {there['roleRef'].get('name')}, and what it binds cannot be "
            "changed: delete it, and install again."
        )
    ours = {key: manifest[key] for key in ("rules", "subjects") if key in manifest}
    if there.get("aggregationRule"):
        ours["aggregationRule"] = None
    api.merge_patch(
        resource, namespace, name, {"metadata": {"labels": manifest["metadata"]["labels"]}, **ours}
    )


def _there(api: KubernetesApi, manifest: Json) -> Json | None:
    try:
        return api.get(*_place(manifest))
    except NotFound:
        return None


def _place(manifest: Json) -> tuple[Resource, str, str]:
    meta = manifest["metadata"]
    return _KINDS[manifest["kind"]], meta.get("namespace", ""), meta["name"]
