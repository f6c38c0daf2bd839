"""Who may do what: the product's restricted account, and the accounts that faults run under."""

from deploy.rehearsal.platform.manifests import binding, role, rule
from deploy.rehearsal.store import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    ROLE_BINDINGS,
    ROLES,
    SERVICE_ACCOUNTS,
    Object,
    Store,
)

PRODUCT, RUNNER, HOME = "gameday", "chaos-runner", "chaos"
TARGETS = ("payments", "kafka")

_READ = "get list watch"
PRODUCT_HOME = (
    rule("litmuschaos.io", "chaosengines", "create get list watch patch delete"),
    rule("litmuschaos.io", "chaosresults", "get list watch delete"),
    rule("litmuschaos.io", "chaosexperiments", "get list"),
    rule("core", "pods", "get list watch delete deletecollection"),
    rule("batch", "jobs", "get list watch delete deletecollection"),
    rule("core", "events", _READ),
    rule("core", "pods/log", "get"),
    rule("core", "serviceaccounts", "get list"),
    rule("coordination.k8s.io", "leases", "create get list watch update patch delete"),
    rule("core", "configmaps", "create get list watch update patch delete"),
)
PRODUCT_TARGETS = (
    rule("core", "pods services events", _READ),
    rule("core", "pods", "delete"),  # a pod whose helper was killed is freed of its fault by recreating it
    rule("apps", "deployments statefulsets replicasets", _READ),
    rule("apps", "deployments statefulsets", "patch"),  # to set a number of replicas back
    rule("policy", "poddisruptionbudgets", _READ),
    rule("autoscaling", "horizontalpodautoscalers", "list"),  # what scales by itself is no target of scaling
)
PRODUCT_CLUSTER = (
    rule("core", "nodes namespaces", _READ),
    rule("networking.k8s.io", "networkpolicies", "get list delete"),
    rule("core", "nodes", "patch"),  # to set a node back to what it was
    rule("core", "pods", "get list"),  # who is on a node is looked at before anything is done to it
    rule("apiextensions.k8s.io", "customresourcedefinitions", "get"),
)
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


def grant(store: Store) -> None:
    """Create the accounts, their roles and bindings."""
    for account in (PRODUCT, RUNNER):
        store.create(SERVICE_ACCOUNTS, {"metadata": {"name": account, "namespace": HOME}})
    _roles(store, f"{PRODUCT}-chaos", HOME, PRODUCT_HOME, PRODUCT)
    _roles(store, RUNNER, HOME, _RUNNER_HOME, RUNNER)
    for namespace in TARGETS:
        _roles(store, f"{PRODUCT}-targets", namespace, PRODUCT_TARGETS, PRODUCT)
        _roles(store, f"{RUNNER}-targets", namespace, _RUNNER_TARGETS, RUNNER)
    store.create(CLUSTER_ROLES, role(PRODUCT, PRODUCT_CLUSTER))
    store.create(CLUSTER_ROLE_BINDINGS, binding(PRODUCT, "ClusterRole", PRODUCT, HOME))
    store.create(CLUSTER_ROLES, role(RUNNER, _RUNNER_CLUSTER))
    store.create(CLUSTER_ROLE_BINDINGS, binding(RUNNER, "ClusterRole", RUNNER, HOME))


def _roles(store: Store, name: str, namespace: str, rules: tuple[Object, ...], account: str) -> None:
    store.create(ROLES, role(name, rules, namespace))
    store.create(ROLE_BINDINGS, binding(name, "Role", account, HOME, namespace))
