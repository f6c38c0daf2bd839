"""NetworkPolicies, as the practice cluster's network keeps to them: who is cut off from whom."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.rehearsal.platform.facts import labels
from deploy.rehearsal.store import NETWORK_POLICIES, Cluster, Object
from deploy.rehearsal.store.objects import dig, namespace_of
from deploy.rehearsal.store.selectors import selector_test
from deploy.rehearsal.traffic.links import Link, Links

PODS_NET, SERVICES_NET = "10.244.0.0/16", "10.96.0.0/12"
LEDGER_IP = "10.80.0.10/32"
CUT: Links = (Link(loss=1.0),)


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a connection. `tags` is None where it is no pod of this cluster."""

    net: str
    port: int
    tags: Mapping[str, str] | None = None


GATEWAY = Peer(PODS_NET, 8080, {"app": "gateway"})
BROKER_PORT = 9092
PRODUCER = Peer(PODS_NET, BROKER_PORT, {"app": "payments-api"})
PAYMENTS = Peer(PODS_NET, 8080, {"app": "payments-api"})
FRAUD = Peer(PODS_NET, 8080, {"app": "fraud-detector"})
LEDGER = Peer(LEDGER_IP, 443)


def cuts(store: Cluster, pod: Object, direction: str, peer: Peer) -> bool:
    """Whether the policies on a pod forbid `Ingress` from, or `Egress` to, the peer.

    As Kubernetes has it: a pod that no policy selects is open; else one rule of one policy must allow it.
    """
    selecting = [
        policy
        for policy in store.view(NETWORK_POLICIES, namespace_of(pod))
        if direction in (dig(policy, "spec", "policyTypes") or ["Ingress"])
        and selector_test(dig(policy, "spec", "podSelector"))(labels(pod))
    ]
    side, ends = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    rules = [rule for policy in selecting for rule in dig(policy, "spec", side) or []]
    return bool(selecting) and not any(_allows(rule, ends, peer) for rule in rules)


def _allows(rule: Object, ends: str, peer: Peer) -> bool:
    ports = [one.get("port") for one in rule.get("ports") or []]
    if ports and peer.port not in ports:
        return False
    peers = rule.get(ends) or []
    return not peers or any(_matches(one, peer) for one in peers)


def _matches(wanted: Object, peer: Peer) -> bool:
    block = wanted.get("ipBlock")
    if block:
        return overlaps([block["cidr"]], peer.net) and not overlaps(block.get("except") or [], peer.net)
    if peer.tags is None:
        return False
    return "podSelector" not in wanted or selector_test(wanted["podSelector"])(dict(peer.tags))


def overlaps(nets: Iterable[str], net: str) -> bool:
    """Whether any of the networks or addresses has a part in `net`. What is none counts as no part."""
    own = ipaddress.ip_network(net)
    return any(_network(one).overlaps(own) for one in nets if _network(one).version == own.version)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return ipaddress.ip_network("255.255.255.255/32")
