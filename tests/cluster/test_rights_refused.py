"""What none of our accounts may do on a real API server: asked of it (SelfSubjectAccessReview), and tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaos.adapters.kubernetes_paths import Resource
from chaos.faults.accounts import OURS, PLANNER, WATCHDOG, account
from chaos.faults.rights import FAMILIES
from deploy.cluster.handle import Cluster
from tests.cluster.accounts import status_as
from tests.cluster.rights_world import Json, World

pytestmark = pytest.mark.cluster

OWN = (OURS, PLANNER, WATCHDOG)
REVIEWS = Resource("authorization.k8s.io/v1", "selfsubjectaccessreviews")
EXPERIMENTS = {account(family): family for family in FAMILIES.values()}
RBAC = "/apis/rbac.authorization.k8s.io/v1"
FORBIDDEN = [
    ("get", "secrets", "", "elsewhere"),
    ("list", "secrets", "", "home"),
    ("list", "secrets", "", "target"),
    ("list", "secrets", "", ""),
    ("create", "pods", "exec", "home"),
    ("create", "pods", "exec", "target"),
    ("create", "pods", "attach", "target"),
    ("create", "pods", "portforward", "target"),
    ("create", "pods", "", "target"),
    ("create", "pods", "", "elsewhere"),
    ("delete", "pods", "", "elsewhere"),
    ("delete", "nodes", "", ""),
    ("create", "nodes", "proxy", ""),
    ("create", "serviceaccounts", "token", "home"),
    ("create", "serviceaccounts", "", "home"),
    ("impersonate", "serviceaccounts", "", "home"),
    ("impersonate", "users", "", ""),
    ("delete", "namespaces", "", ""),
    ("update", "configmaps", "", "home"),
    ("get", "configmaps", "", "elsewhere"),
] + [
    (verb, resource, "", "home" if resource.startswith("role") else "")
    for resource in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")
    for verb in ("create", "patch", "update", "delete", "escalate", "bind")
]

ON_PODS = [
    *(
        (verb, "")
        for verb in ("get", "list", "watch", "create", "patch", "update", "delete", "deletecollection")
    ),
    *(("create", subresource) for subresource in ("binding", "eviction", "exec", "attach", "portforward")),
    ("get", "log"),
]
WIDE = {
    OURS: {("list", "")},  # who else is on a node
    "chaos-drain": {("get", ""), ("list", ""), ("create", "eviction")},  # whoever is on a node
}
"""All that is known to reach pods of every namespace, with every family let in."""


@pytest.fixture(scope="module")
def world(litmus_kinds: Cluster) -> Iterator[World]:
    """With every family let in: as much as any of our accounts is ever given."""
    made = World(litmus_kinds, *FAMILIES.values())
    yield made
    made.close()


def place(world: World, where: str) -> str:
    return {"home": world.home, "target": world.target, "elsewhere": "kube-system", "": ""}[where]


@pytest.mark.parametrize("name", [*OWN, *EXPERIMENTS])
def test_no_account_may_do_by_itself_what_is_forbidden(world: World, name: str) -> None:
    allowed = [
        forbidden
        for forbidden in FORBIDDEN
        if review(world, name, *forbidden[:3], place(world, forbidden[3]))
    ]
    assert allowed == []


@pytest.mark.parametrize("name", [*OWN, *EXPERIMENTS])
def test_what_is_forbidden_is_refused_when_it_is_tried(world: World, name: str) -> None:
    pod = {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "it", "image": "it"}]}}
    home, target = f"/api/v1/namespaces/{world.home}", f"/api/v1/namespaces/{world.target}"
    node = world.admin.ask("GET", "/api/v1/nodes")["items"][0]["metadata"]["name"]
    administrator = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": world.home}]
    binding = {"metadata": {"name": "x"}, "roleRef": administrator, "subjects": subjects}
    tried: list[tuple[str, str, Json | None]] = [
        ("GET", f"{home}/secrets", None),
        ("GET", f"{target}/secrets", None),
        ("GET", "/api/v1/namespaces/kube-system/secrets", None),
        ("POST", f"{target}/pods/x/exec?command=id", None),
        ("POST", f"{home}/pods/x/exec?command=id", None),
        ("POST", f"{target}/pods?dryRun=All", pod),
        ("POST", "/api/v1/namespaces/kube-system/pods?dryRun=All", pod),
        ("DELETE", "/api/v1/namespaces/kube-system/pods/x", None),
        ("DELETE", f"/api/v1/nodes/{node}?dryRun=All", None),
        ("DELETE", f"{target}?dryRun=All", None),
        ("POST", f"{home}/serviceaccounts/{name}/token", {"spec": {"expirationSeconds": 600}}),
        ("POST", f"{RBAC}/namespaces/{world.home}/rolebindings?dryRun=All", binding),
        ("POST", f"{RBAC}/clusterrolebindings?dryRun=All", binding),
    ]
    token = world.token(name)
    answers = {
        (method, path): status_as(world.admin, token, method, path, body) for method, path, body in tried
    }
    assert set(answers.values()) == {403}, answers


@pytest.mark.parametrize("name", [*OWN, *EXPERIMENTS])
def test_nobody_reaches_pods_elsewhere_but_to_drain_nodes_and_to_see_who_is_on_them(
    world: World, name: str
) -> None:
    reached = {
        (verb, subresource)
        for verb, subresource in ON_PODS
        if review(world, name, verb, "pods", subresource, "kube-system")
    }
    assert reached == WIDE.get(name, set())
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "no-such"}}
    path = "/api/v1/namespaces/kube-system/pods/no-such/eviction"
    evicts = status_as(world.admin, world.token(name), "POST", path, eviction)
    assert evicts == (404 if ("create", "eviction") in reached else 403)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiments_account_can_start_a_pod_under_any_account_of_the_chaos_namespace(
    world: World, name: str
) -> None:
    """As Litmus wants it: who holds one of these tokens holds all of them, and deploy/litmus says so."""
    container = {"name": "it", "image": "it", "securityContext": {"privileged": True}}
    pod = {"serviceAccountName": "chaos-drain", "restartPolicy": "Never", "containers": [container]}
    job = {"metadata": {"name": "x"}, "spec": {"template": {"spec": pod}}}
    path = f"/apis/batch/v1/namespaces/{world.home}/jobs?dryRun=All"
    assert status_as(world.admin, world.token(name), "POST", path, job) == 201


@pytest.mark.parametrize("name", OWN)
def test_gamedays_own_accounts_make_no_pods_and_read_no_other_configuration(world: World, name: str) -> None:
    assert not review(world, name, "create", "pods", "", world.home)
    assert not review(world, name, "get", "configmaps", "", world.home)
    assert not review(world, name, "list", "configmaps", "", world.home)
    assert not review(world, name, "get", "secrets", "", world.home)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiments_account_moves_neither_the_lever_nor_the_grant(world: World, name: str) -> None:
    for verb in ("get", "create", "patch", "delete"):
        assert not review(world, name, verb, "configmaps", "", world.home)
        assert not review(world, name, verb, "leases", "", world.home, "coordination.k8s.io")
    for verb in ("create", "delete"):
        assert not review(world, name, verb, "chaosengines", "", world.home, "litmuschaos.io")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiments_account_reads_no_secret_but_the_key_that_its_faults_log_in_with(
    world: World, name: str
) -> None:
    token = world.token(name)
    path = f"/api/v1/namespaces/{world.home}/secrets"
    assert status_as(world.admin, token, "GET", f"{path}/another") == 403
    has_key = name == "chaos-node-services"
    assert status_as(world.admin, token, "GET", f"{path}/id-rsa") == (404 if has_key else 403)


def review(
    world: World, name: str, verb: str, resource: str, subresource: str, namespace: str, group: str = ""
) -> bool:
    """Whether it may, of any object there is."""
    if resource in ("roles", "rolebindings", "clusterroles", "clusterrolebindings"):
        group = "rbac.authorization.k8s.io"
    asked = {"verb": verb, "group": group, "resource": resource, "namespace": namespace}
    spec = {"resourceAttributes": {**asked, "subresource": subresource}}
    said = world.api(name).create(REVIEWS, "", {"spec": spec})
    return bool(said["status"]["allowed"])
