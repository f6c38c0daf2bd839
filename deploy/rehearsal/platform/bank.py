"""The practice bank: nodes, namespaces and workloads, as they stand before anyone does anything to them."""

from deploy.rehearsal.platform import manifests
from deploy.rehearsal.platform.scheduler import ZONAL_VOLUME
from deploy.rehearsal.store import BUDGETS, DEPLOYMENTS, NAMESPACES, NODES, SERVICES, STATEFUL_SETS, Store
from deploy.rehearsal.store.objects import timestamp

IDENTITY = "kube-system"
NAMES = (IDENTITY, "default", "payments", "kafka", "monitoring", "chaos", "litmus")
WATCHERS = "worker-node-02"
ZONES = ("eu-1a", "eu-1a", "eu-1b", "eu-1b", "eu-1c", "eu-1c")


def build(store: Store, uid: str = "") -> None:
    """Create it all. kafka comes first, so that its brokers take the first node of each zone.

    `uid` is who the cluster is (kube-system's UID); one that is built again with it is the same to others.
    """
    for name in NAMES:
        if not store.find(NAMESPACES, name):
            store.create(NAMESPACES, manifests.namespace(name), uid=uid if name == IDENTITY else "")
    now = timestamp(store.now())
    for number, zone in enumerate(ZONES, start=1):
        store.create(NODES, manifests.node(f"worker-node-{number:02}", zone, now), keep_status=True)
    _kafka(store)
    _payments(store)
    _around(store)


def _kafka(store: Store) -> None:
    template = manifests.pod_template("kafka", "bank/kafka:3.9", startup=12, shutdown=2, port=9092, cpu=2)
    template["metadata"]["annotations"][ZONAL_VOLUME] = "true"
    spec = {"serviceName": "kafka", "podManagementPolicy": "Parallel"}
    store.create(STATEFUL_SETS, manifests.workload("kafka", "kafka", 3, template, **spec))
    store.create(BUDGETS, manifests.budget("kafka", "kafka", min_available=2))
    store.create(SERVICES, manifests.service("kafka", "kafka", 9092))


def _payments(store: Store) -> None:
    api = manifests.pod_template("payments-api", "bank/payments-api:2.5.1", startup=8, shutdown=1.5, cpu=2)
    fraud = manifests.pod_template(
        "fraud-detector", "bank/fraud-detector:1.9.0", startup=5, shutdown=1, cpu=1
    )
    for replicas, template in ((6, api), (3, fraud)):
        app = template["metadata"]["labels"]["app"]
        store.create(DEPLOYMENTS, manifests.workload(app, "payments", replicas, template))
        store.create(SERVICES, manifests.service(app, "payments"))


def _around(store: Store) -> None:
    """What watches and what breaks, Prometheus and its alerts and the chaos operator. They keep to one node:
    a fault on nodes is never done to theirs."""
    prometheus = manifests.pod_template(
        "prometheus", "prom/prometheus:2.42", startup=3, shutdown=1, port=9090
    )
    alerts = manifests.pod_template(
        "alertmanager", "prom/alertmanager:0.26", startup=2, shutdown=1, port=9093
    )
    operator = manifests.pod_template(
        "chaos-operator", "litmuschaos/chaos-operator:3.28.0", startup=2, shutdown=1, account="litmus"
    )
    operator["metadata"]["labels"]["name"] = "chaos-operator"  # as Litmus' own manifest has it
    for template in (prometheus, alerts, operator):
        template["spec"]["nodeSelector"] = {"kubernetes.io/hostname": WATCHERS}
    store.create(STATEFUL_SETS, manifests.workload("prometheus", "monitoring", 1, prometheus))
    store.create(STATEFUL_SETS, manifests.workload("alertmanager", "monitoring", 1, alerts))
    store.create(DEPLOYMENTS, manifests.workload("chaos-operator", "litmus", 1, operator))
