"""The practice bank: nodes, namespaces and workloads, as they stand before anyone does anything to them."""

from collections.abc import Iterator

from deploy.rehearsal.platform import manifests
from deploy.rehearsal.platform.scheduler import ZONAL_VOLUME
from deploy.rehearsal.store import (
    BUDGETS,
    DEPLOYMENTS,
    NAMESPACES,
    NODES,
    SERVICES,
    STATEFUL_SETS,
    Kind,
    Object,
    Store,
)
from deploy.rehearsal.store.objects import timestamp

IDENTITY = "kube-system"
NAMES = (IDENTITY, "default", "payments", "kafka", "monitoring", "chaos", "litmus")
LITMUS, OPERATOR = "litmus", "chaos-operator"
WATCHERS = "worker-node-02"
ZONES = ("eu-1a", "eu-1a", "eu-1b", "eu-1b", "eu-1c", "eu-1c")
NEAR_THE_LEDGER = ("eu-1a", "eu-1c")
"""Where payments-api would rather run, three and three: with one of these zones goes half of it."""


def build(store: Store, uid: str = "") -> None:
    """Create it all.

    `uid` is who the cluster is (kube-system's UID); one that is built again with it is the same to others.
    """
    for name in NAMES:
        if not store.find(NAMESPACES, name):
            store.create(NAMESPACES, manifests.namespace(name), uid=uid if name == IDENTITY else "")
    for node in nodes(timestamp(store.now())):
        store.create(NODES, node, keep_status=True)
    for kind, obj in workloads():
        store.create(kind, obj)


def nodes(now: str) -> list[Object]:
    """Six of them, two in each zone."""
    numbered = enumerate(ZONES, start=1)
    return [manifests.node(f"worker-node-{number:02}", zone, now) for number, zone in numbered]


def workloads() -> Iterator[tuple[Kind, Object]]:
    """What runs on it. kafka comes first, so that its brokers take the first node of each zone."""
    yield from _kafka()
    yield from _payments()
    yield from _around()


def _kafka() -> Iterator[tuple[Kind, Object]]:
    template = manifests.pod_template("kafka", "bank/kafka:3.9", startup=12, shutdown=2, port=9092, cpu=2)
    template["metadata"]["annotations"][ZONAL_VOLUME] = "true"
    spec = {"serviceName": "kafka", "podManagementPolicy": "Parallel"}
    yield STATEFUL_SETS, manifests.workload("kafka", "kafka", 3, template, **spec)
    yield BUDGETS, manifests.budget("kafka", "kafka", min_available=2)
    yield SERVICES, manifests.service("kafka", "kafka", 9092)


def _payments() -> Iterator[tuple[Kind, Object]]:
    api = manifests.pod_template("payments-api", "bank/payments-api:2.5.1", startup=8, shutdown=1.5, cpu=2)
    api["spec"]["affinity"] = manifests.rather_in(NEAR_THE_LEDGER)
    fraud = manifests.pod_template(
        "fraud-detector", "bank/fraud-detector:1.9.0", startup=5, shutdown=1, cpu=1
    )
    for replicas, template in ((6, api), (3, fraud)):
        app = template["metadata"]["labels"]["app"]
        yield DEPLOYMENTS, manifests.workload(app, "payments", replicas, template)
        yield SERVICES, manifests.service(app, "payments")


def _around() -> Iterator[tuple[Kind, Object]]:
    """What watches and what breaks, Prometheus and its alerts and the chaos operator. They keep to one node:
    a fault on nodes is never done to theirs."""
    prometheus = manifests.pod_template(
        "prometheus", "prom/prometheus:2.42", startup=3, shutdown=1, port=9090
    )
    alerts = manifests.pod_template(
        "alertmanager", "prom/alertmanager:0.26", startup=2, shutdown=1, port=9093
    )
    operator = manifests.pod_template(
        OPERATOR, "litmuschaos/chaos-operator:3.28.0", startup=2, shutdown=1, account="litmus"
    )
    operator["metadata"]["labels"]["name"] = OPERATOR  # as Litmus' own manifest has it
    for template in (prometheus, alerts, operator):
        template["spec"]["nodeSelector"] = {"kubernetes.io/hostname": WATCHERS}
    yield STATEFUL_SETS, manifests.workload("prometheus", "monitoring", 1, prometheus)
    yield STATEFUL_SETS, manifests.workload("alertmanager", "monitoring", 1, alerts)
    yield DEPLOYMENTS, manifests.workload(OPERATOR, "litmus", 1, operator)
