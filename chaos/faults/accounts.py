"""The service accounts of the families, with their Roles and bindings, as data: deploy/litmus/accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chaos.faults.rights import EVERY, Family, Right

CHAOS = "chaos"
"""The chaos namespace, in what we ship."""


def account(family: Family) -> str:
    return f"chaos-{family.name}"


def targets_role(family: Family) -> str:
    """The ClusterRole that is bound in each namespace whose pods may be touched, and there only."""
    return f"{account(family)}-targets"


def manifests(family: Family) -> Iterator[dict[str, Any]]:
    name = account(family)
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _meta(name)}
    yield _role("Role", _meta(name), (*EVERY, *family.chaos))
    yield _binding("RoleBinding", _meta(name), "Role", name)
    if family.target:
        yield _role("ClusterRole", _meta(targets_role(family), namespaced=False), family.target)
    if family.ours_target:
        yield _role("ClusterRole", _meta(f"{gameday_role(family)}-targets", False), family.ours_target)
    if family.ours_cluster:
        yield _role("ClusterRole", _meta(gameday_role(family), False), family.ours_cluster)
    if family.cluster:
        yield _role("ClusterRole", _meta(name, namespaced=False), family.cluster)
        yield _binding("ClusterRoleBinding", _meta(name, namespaced=False), "ClusterRole", name)


def gameday_role(family: Family) -> str:
    """Gameday's own rights for the family: bound to its account in each of those namespaces."""
    return f"gameday-{family.name}"


def _meta(name: str, namespaced: bool = True) -> dict[str, Any]:
    where = {"namespace": CHAOS} if namespaced else {}
    return {"name": name, **where, "labels": {"app.kubernetes.io/managed-by": "gameday"}}


def _role(kind: str, metadata: dict[str, Any], rights: Sequence[Right]) -> dict[str, Any]:
    rules = [right.rule for right in rights]
    return {"apiVersion": _RBAC, "kind": kind, "metadata": metadata, "rules": rules}


def _binding(kind: str, metadata: dict[str, Any], role_kind: str, role: str) -> dict[str, Any]:
    subject = {"kind": "ServiceAccount", "name": role, "namespace": CHAOS}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role}
    return {
        "apiVersion": _RBAC,
        "kind": kind,
        "metadata": metadata,
        "roleRef": reference,
        "subjects": [subject],
    }


_RBAC = "rbac.authorization.k8s.io/v1"
