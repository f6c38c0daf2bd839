"""A chaos namespace and a target's with our accounts as shipped, and one verb taken out of a role."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import GamedayError
from chaos.domain.sight import ClusterSight
from chaos.faults.accounts import (
    OURS,
    PLANNER,
    in_target,
    manifests,
    of_gameday,
    of_planner,
    of_watchdog,
)
from chaos.faults.rights import Family
from chaos.ports import Cleared, Preflight
from deploy.cluster.handle import Answered, Cluster
from tests.adapters.things import until

Json = dict[str, Any]
RBAC = "/apis/rbac.authorization.k8s.io/v1"
_RBAC_GROUP = {"apiGroup": "rbac.authorization.k8s.io"}
CLUSTER_WIDE = {"ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings"}


class World:
    """Its cluster-wide roles carry the chaos namespace in their names, so that many can be side by side."""

    def __init__(self, admin: Cluster, *families: Family) -> None:
        self.admin = admin
        self.home, self.target = (f"tests-{secrets.token_hex(4)}" for _ in range(2))
        for namespace in (self.home, self.target):
            admin.ask("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        self._tokens: dict[str, str] = {}
        self._mine: list[Json] = []
        for manifest in self._shipped(families):
            self._install(manifest)
        until(lambda: all(self._has_account(each) for each in (self.home, self.target)), bool)
        until(lambda: self.api(OURS).may("list", Resource("v1", "pods"), self.home), bool)

    def close(self) -> None:
        for made in self._mine:
            path = f"{RBAC}/{CLUSTER_WIDE[made['kind']]}/{made['metadata']['name']}"
            self.remove(path)
        for namespace in (self.home, self.target):
            self.admin.ask("DELETE", f"/api/v1/namespaces/{namespace}")

    def token(self, account: str) -> str:
        """Of that account of the chaos namespace."""
        if account not in self._tokens:
            self._tokens[account] = self.admin.account_token(self.home, account)
        return self._tokens[account]

    def api(self, account: str) -> KubernetesApi:
        """The product's connection as that account."""
        authority = self.admin.authority
        token = self.token(account)
        return KubernetesApi(
            Connection(self.admin.server, ca_pem=authority, token=lambda: token, read_timeout=20.0)
        )

    def port(self, account: str = OURS) -> LitmusCluster:
        """The product's adapter under that account's token, knowing nothing of those before."""
        return LitmusCluster(self.api(account), LitmusSettings(self.home, "chaos-{family}"), look_within=20.0)

    def named(self, role: str) -> str:
        """What a cluster-wide role is called here."""
        return f"{role}-{self.home}"

    @contextmanager
    def without(self, kind: str, role: str, group: str, resource: str, verb: str) -> Iterator[None]:
        """While it lasts, the role does not give this verb on this resource."""
        where = (
            f"namespaces/{self.home}/roles/{role}" if kind == "Role" else f"clusterroles/{self.named(role)}"
        )
        with taken_out(self.admin, where, group, resource, verb):
            yield

    def remove(self, path: str) -> None:
        """As the administrator, at once; it need not be there."""
        try:
            self.admin.ask("DELETE", path, {"gracePeriodSeconds": 0, "propagationPolicy": "Background"})
        except Answered as refused:
            if refused.status != 404:
                raise

    def _shipped(self, families: tuple[Family, ...]) -> Iterator[Json]:
        yield from of_gameday(self.home)
        yield from of_planner(self.home)
        yield from of_watchdog(self.home)
        yield {
            "kind": "RoleBinding",
            "metadata": {"name": PLANNER, "namespace": self.target},
            "roleRef": {**_RBAC_GROUP, "kind": "ClusterRole", "name": f"{PLANNER}-targets"},
            "subjects": [{"kind": "ServiceAccount", "name": PLANNER, "namespace": self.home}],
        }
        for family in families:
            yield from manifests(family, self.home)
            yield from in_target(family, self.target, self.home)

    def _install(self, manifest: Json) -> None:
        """As an administrator: what a manifest says, but for the names of what is cluster-wide."""
        kind, meta, rest = manifest["kind"], manifest["metadata"], dict(manifest)
        if rest.get("roleRef", {}).get("kind") == "ClusterRole":
            rest["roleRef"] = {**rest["roleRef"], "name": self.named(rest["roleRef"]["name"])}
        if kind in CLUSTER_WIDE:
            rest["metadata"] = {**meta, "name": self.named(meta["name"])}
            self._mine += [] if rest in self._mine else [rest]
            self.admin.ensure(f"{RBAC}/{CLUSTER_WIDE[kind]}", rest)
            return
        root = "/api/v1" if kind == "ServiceAccount" else RBAC
        self.admin.ensure(f"{root}/namespaces/{meta['namespace']}/{kind.lower()}s", rest)

    def _has_account(self, namespace: str) -> bool:
        """The one that pods have when none is named: it comes a moment after its namespace."""
        listed = self.admin.ask("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts")["items"]
        return "default" in [one["metadata"]["name"] for one in listed]


@contextmanager
def taken_out(admin: Cluster, role: str, group: str, resource: str, verb: str) -> Iterator[None]:
    """While it lasts, that role (`clusterroles/…`, `namespaces/…/roles/…`) does not give this verb."""
    path = f"{RBAC}/{role}"
    rules = admin.ask("GET", path)["rules"]
    fewer = [one for rule in rules for one in _split(rule) if not _is(one, group, resource, verb)]
    assert len(fewer) < sum(1 for rule in rules for _ in _split(rule)), f"{role} never gave it"
    admin.ask("PATCH", path, {"rules": fewer}, "merge-patch+json")
    try:
        yield
    finally:
        admin.ask("PATCH", path, {"rules": rules}, "merge-patch+json")


def _split(rule: Json) -> Iterator[Json]:
    """Each verb on each resource by itself."""
    for resource in rule["resources"]:
        for verb in rule["verbs"]:
            yield {**rule, "resources": [resource], "verbs": [verb]}


def _is(rule: Json, group: str, resource: str, verb: str) -> bool:
    return (rule["apiGroups"], rule["resources"], rule["verbs"]) == ([group], [resource], [verb])


def said_by(act: Callable[[], object]) -> str:
    """What a person is told when it does not go through; empty when it does."""
    try:
        found = act()
    except GamedayError as error:
        return str(error)
    if isinstance(found, ClusterSight):
        return found.unseen
    if isinstance(found, Cleared):
        return " ".join(found.failures)
    if isinstance(found, tuple):
        return " ".join(item.sentence for item in found if isinstance(item, Preflight) and not item.is_met)
    return ""
