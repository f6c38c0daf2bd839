"""Who may do what: the accounts of deploy/litmus, the product's too, and one that may run any fault."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from deploy.rehearsal.api import Rule
from deploy.rehearsal.platform.manifests import binding, role, rule
from deploy.rehearsal.store import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    ROLE_BINDINGS,
    ROLES,
    SERVICE_ACCOUNTS,
    Cluster,
    Kind,
    Object,
)
from deploy.rehearsal.store.objects import name_of, namespace_of

PRODUCT, WATCHDOG, RUNNER, HOME = "gameday", "gameday-watchdog", "chaos-runner", "chaos"
TARGETS = ("payments", "kafka")
SHIPPED = Path(__file__).resolve().parents[2] / "litmus" / "accounts"
_KINDS: dict[str, Kind] = {
    kind.kind: kind for kind in (SERVICE_ACCOUNTS, ROLES, ROLE_BINDINGS, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS)
}

_READ = "get list watch"
_OWNERS = rule("apps", "deployments statefulsets replicasets daemonsets", "get list")
_RUNNER_HOME = (
    rule("core", "pods", "create delete get list patch update deletecollection"),
    rule("core", "events", "create get list patch update"),
    rule("core", "pods/log", _READ),
    rule("batch", "jobs", "create list get delete deletecollection"),
    rule("litmuschaos.io", "chaosengines chaosexperiments chaosresults", "create get list patch update"),
)
_RUNNER_TARGETS = (
    rule("core", "pods", "get list delete"),
    _OWNERS,
    rule("apps", "deployments statefulsets", "patch update"),
    rule("networking.k8s.io", "networkpolicies", "create delete get list"),
)
_RUNNER_CLUSTER = (
    rule("core", "nodes", "get list patch update"),
    rule("core", "pods/eviction", "create"),
    rule("core", "pods", "get list"),
)


def shipped() -> list[Object]:
    """The accounts, roles and bindings of deploy/litmus, each once: a role can be in several files."""
    files = sorted(SHIPPED.glob("*.yaml"))
    found = [one for file in files for one in yaml.safe_load_all(file.read_text("utf-8"))]
    return list({(one["kind"], namespace_of(one), name_of(one)): one for one in found}.values())


def grant(store: Cluster) -> None:
    """Create the accounts, their roles and bindings; every family is let into the namespaces of the bank."""
    accounts = _accounts()
    for found in shipped():
        made = {key: value for key, value in found.items() if key not in ("apiVersion", "kind")}
        store.create(_KINDS[found["kind"]], made)
        if _is_for_targets(found):
            for namespace in TARGETS:
                store.create(ROLE_BINDINGS, _opened(name_of(found), namespace, accounts))
    store.create(SERVICE_ACCOUNTS, {"metadata": {"name": RUNNER, "namespace": HOME}})
    _roles(store, RUNNER, HOME, _RUNNER_HOME, RUNNER)
    for namespace in TARGETS:
        _roles(store, f"{RUNNER}-targets", namespace, _RUNNER_TARGETS, RUNNER)
    store.create(CLUSTER_ROLES, role(RUNNER, _RUNNER_CLUSTER))
    store.create(CLUSTER_ROLE_BINDINGS, binding(RUNNER, "ClusterRole", RUNNER, HOME))


def rules_of(account: str) -> Iterator[Rule]:
    """The roles of the product, or of its watchdog, in the form that the API's token table takes."""
    bound = {
        (one["roleRef"]["kind"], one["roleRef"]["name"])
        for one in shipped()
        if "roleRef" in one and one["subjects"][0]["name"] == account
    }
    accounts = _accounts()
    for found in shipped():
        is_opened = _is_for_targets(found) and _whose(name_of(found), accounts) == account
        if not is_opened and (found["kind"], name_of(found)) not in bound:
            continue
        where = TARGETS if _is_for_targets(found) else tuple(filter(None, (namespace_of(found),)))
        for one in found.get("rules") or ():
            verbs, groups, resources = (tuple(one[key]) for key in ("verbs", "apiGroups", "resources"))
            yield Rule(verbs, groups, resources, tuple(one.get("resourceNames") or ()), namespaces=where)


def _is_for_targets(found: Object) -> bool:
    """Bound in each namespace that may be touched, and there only."""
    return bool(found["kind"] == "ClusterRole" and name_of(found).endswith("-targets"))


def _accounts() -> set[str]:
    return {name_of(one) for one in shipped() if one["kind"] == SERVICE_ACCOUNTS.kind}


def _whose(target_role: str, accounts: set[str]) -> str:
    """`gameday-helpers-targets` is the product's, `gameday-helpers-undo-targets` its watchdog's, any other
    that of the account it is named by."""
    name = target_role.removesuffix("-targets")
    if name.endswith("-undo"):
        return WATCHDOG
    return name if name in accounts else PRODUCT


def _opened(target_role: str, namespace: str, accounts: set[str]) -> Object:
    return {
        "metadata": {"name": target_role.removesuffix("-targets"), "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": target_role},
        "subjects": [{"kind": "ServiceAccount", "name": _whose(target_role, accounts), "namespace": HOME}],
    }


def _roles(store: Cluster, name: str, namespace: str, rules: tuple[Object, ...], account: str) -> None:
    store.create(ROLES, role(name, rules, namespace))
    store.create(ROLE_BINDINGS, binding(name, "Role", account, HOME, namespace))
