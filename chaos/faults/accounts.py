"""The service accounts that experiments and Gameday itself run as, with their roles, as data.

One for each family of faults that need the same rights, and Gameday's: deploy/litmus/accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chaos.faults.own_rights import (
    GAMEDAY,
    PREVIEW,
    READER,
    REVERTER,
    TELLER,
    UNDO_CLUSTER,
    UNDO_TARGET,
    OwnRole,
)
from chaos.faults.rights import EVERY, Family, Right

CHAOS = "chaos"
"""The chaos namespace, in what we ship."""
PATTERN = "chaos-{family}"
"""How a cluster names its service account when experiments are to run as ours."""
OURS = "gameday"
"""Gameday's own account."""
PLANNER = "gameday-reader"
"""For a Gameday that plans and previews on a cluster, and can launch nothing there."""
WATCHDOG = "gameday-watchdog"
"""For whatever ends faults when Gameday itself is gone, and can begin none."""

ALMIGHTY = ("litmus-admin",)
"""What Litmus offers for everything: whoever may start an experiment could do all of it."""


def account(family: Family) -> str:
    return PATTERN.replace("{family}", family.name)


def targets_role(family: Family) -> str:
    """The ClusterRole that is bound in each namespace whose pods may be touched, and there only."""
    return f"{account(family)}-targets"


def gameday_role(family: Family) -> str:
    """Gameday's own rights for the family, to see its faults gone and to undo them."""
    return f"{OURS}-{family.name}"


def undo_role(family: Family) -> str:
    """What a watchdog may do to set back what the family's faults left."""
    return f"{gameday_role(family)}-undo"


def manifests(family: Family, namespace: str = CHAOS) -> Iterator[dict[str, Any]]:
    """What its experiments need, and Gameday and a watchdog for them, but for the bindings `in_target`."""
    name, ours, undo = account(family), gameday_role(family), undo_role(family)
    yield _account(name, namespace)
    yield _role("Role", name, (*EVERY, *family.chaos), namespace)
    yield _binding(name, "Role", name, name, namespace, namespace)
    if family.target:
        yield _role("ClusterRole", targets_role(family), family.target)
    if family.cluster:
        yield _role("ClusterRole", name, family.cluster)
        yield _binding(name, "ClusterRole", name, name, namespace)
    if family.ours_target:
        yield _role("ClusterRole", f"{ours}-targets", family.ours_target)
    if family.ours_cluster:
        yield _role("ClusterRole", ours, family.ours_cluster)
        yield _binding(ours, "ClusterRole", ours, OURS, namespace)
    if rights := UNDO_TARGET.get(family.name):
        yield _role("ClusterRole", f"{undo}-targets", rights)
    if rights := UNDO_CLUSTER.get(family.name):
        yield _role("ClusterRole", undo, rights)
        yield _binding(undo, "ClusterRole", undo, WATCHDOG, namespace)


def of_gameday(namespace: str = CHAOS) -> Iterator[dict[str, Any]]:
    """Gameday's own account, and what it needs whatever the faults."""
    yield _account(OURS, namespace)
    for role in GAMEDAY:
        yield from _given(role, OURS, role.name, namespace)


def of_planner(namespace: str = CHAOS) -> Iterator[dict[str, Any]]:
    """An account to plan with. The role `…-targets` is to be bound where it may look for targets."""
    yield _account(PLANNER, namespace)
    yield from _given(READER, PLANNER, f"{PLANNER}-alone", namespace)
    yield _role("ClusterRole", f"{PLANNER}-targets", PREVIEW)


def of_watchdog(namespace: str = CHAOS) -> Iterator[dict[str, Any]]:
    """An account to end faults with. What it may set back comes with each family: the roles `…-undo`."""
    yield _account(WATCHDOG, namespace)
    yield from _given(REVERTER, WATCHDOG, WATCHDOG, namespace)
    yield from _given(TELLER, WATCHDOG, TELLER.name, namespace)


def _given(role: OwnRole, account: str, binding: str, namespace: str) -> Iterator[dict[str, Any]]:
    """The role, bound to the account."""
    yield _role("Role", role.name, role.here, namespace)
    yield _binding(binding, "Role", role.name, account, namespace, namespace)
    if role.everywhere:
        yield _role("ClusterRole", role.name, role.everywhere)
        yield _binding(binding, "ClusterRole", role.name, account, namespace)


def in_target(family: Family, target: str, namespace: str = CHAOS) -> Iterator[dict[str, Any]]:
    """What opens the namespace `target` to the faults of this family."""
    if family.target:
        name = account(family)
        yield _binding(name, "ClusterRole", targets_role(family), name, namespace, target)
    if family.ours_target:
        name = gameday_role(family)
        yield _binding(name, "ClusterRole", f"{name}-targets", OURS, namespace, target)
    if family.name in UNDO_TARGET:
        name = undo_role(family)
        yield _binding(name, "ClusterRole", f"{name}-targets", WATCHDOG, namespace, target)


def _account(name: str, namespace: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _meta(name, namespace)}


def _role(kind: str, name: str, rights: Sequence[Right], namespace: str = "") -> dict[str, Any]:
    rules = [right.rule for right in rights]
    return {"apiVersion": _RBAC, "kind": kind, "metadata": _meta(name, namespace), "rules": rules}


def _binding(
    name: str, role_kind: str, role: str, subject: str, home: str, namespace: str = ""
) -> dict[str, Any]:
    """Of the role to the service account `subject` of namespace `home`; everywhere without `namespace`."""
    return {
        "apiVersion": _RBAC,
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": _meta(name, namespace),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": subject, "namespace": home}],
    }


def _meta(name: str, namespace: str) -> dict[str, Any]:
    where = {"namespace": namespace} if namespace else {}
    return {"name": name, **where, "labels": {"app.kubernetes.io/managed-by": "gameday"}}


_RBAC = "rbac.authorization.k8s.io/v1"
