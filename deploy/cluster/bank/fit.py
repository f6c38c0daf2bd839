"""Whether a cluster may have a game day on it for practice, and can. Refuses in a sentence (Trouble)."""

from deploy.cluster import handle
from deploy.cluster.bank.laying import PLAYED_BY_KWOK
from deploy.cluster.bank.wire import Wire, path_of
from deploy.cluster.handle import CONSENT, Cluster
from deploy.local.say import Trouble
from deploy.rehearsal.platform import bank
from deploy.rehearsal.store import DEPLOYMENTS, NODES, ApiError, Object
from deploy.rehearsal.store.objects import dig, name_of

OURS = "Rehearsal Linux"  # what a node of `make cluster` says it runs


def check(cluster: Cluster) -> None:
    """Return where the bank may be laid onto it. Raises Trouble."""
    wire = Wire(cluster)
    nodes = _nodes(cluster, wire)
    real = [name_of(node) for node in nodes if not is_played(node)]
    if real or not nodes:  # without nodes, as one that is scaled to none, it may be anything
        try:
            handle.allowed(cluster)
        except Trouble:
            has = f"has real nodes ({', '.join(real[:3])})" if real else "shows no nodes"
            raise Trouble(
                f"{cluster.server} {has}: a practice day deletes pods and namespaces "
                f"and drains nodes there, so it is not begun. If it is a sandbox where that may be: "
                f"kubectl create namespace {CONSENT}. A practice cluster of your own: make cluster"
            ) from None


def has_litmus(wire: Wire) -> bool:
    """Whether Litmus' own operator is installed, be it scaled to none: two would take the same engines."""
    return any(
        dig(one, "spec", "template", "metadata", "labels", "name") == bank.OPERATOR
        for one in wire.ask("GET", path_of(DEPLOYMENTS))["items"]
        if name_of(one) != bank.OPERATOR
    )


def is_played(node: Object) -> bool:
    """Nothing really runs on it."""
    annotations = node["metadata"].get("annotations") or {}
    return bool(PLAYED_BY_KWOK.keys() & annotations) or dig(node, "status", "nodeInfo", "osImage") == OURS


def _nodes(cluster: Cluster, wire: Wire) -> list[Object]:
    try:
        return list(wire.ask("GET", path_of(NODES))["items"])
    except ApiError as error:
        raise Trouble(f"{cluster.server} does not answer as a cluster's API server: {error}") from error
