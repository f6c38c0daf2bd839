"""Every fault of the catalogue, and how it shows on the practice platform: where it is, and how strong.

No strength is Litmus' own default, nor that of the experiment as it is installed: a setting that does not get
there shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from pytest import approx

from chaos.domain.injection import Injection
from deploy.rehearsal.traffic.links import Link
from tests.adapters.faults.drill import Case, State

Shows = Callable[[State, Injection], object]

_NO_LINK = asdict(Link())


def _targets(seen: State, injection: Injection) -> list[State]:
    return [seen["pods"].get(f"{pod.namespace}/{pod.name}", {}) for pod in injection.targets]


def in_pods(seen: State, injection: Injection) -> bool:
    """The fault is in all of its targets and in no other pod."""
    touched = {key for key, pod in seen["pods"].items() if pod["faults"]}
    return touched == {f"{pod.namespace}/{pod.name}" for pod in injection.targets}


def restarted(seen: State, injection: Injection) -> bool:
    now = zip(_targets(seen, injection), injection.targets, strict=True)
    return all(pod.get("restarts", 0) > before.restarts for pod, before in now)


def left(seen: State, injection: Injection) -> bool:
    return all(not pod or pod["terminating"] for pod in _targets(seen, injection))


def cordoned(seen: State, injection: Injection) -> bool:
    (node,) = injection.nodes
    there = [pod for pod in seen["pods"].values() if pod["node"] == node.name and not pod["terminating"]]
    return bool(seen["nodes"][node.name]["cordoned"]) and not there


def tainted(seen: State, injection: Injection) -> bool:
    (node,) = injection.nodes
    return bool(seen["nodes"][node.name]["taints"] == ["gameday:PreferNoSchedule"])


def on_nodes(seen: State, injection: Injection) -> bool:
    """However strong."""
    return all(seen["nodes"][node.name]["faults"] for node in injection.nodes)


def away(seen: State, injection: Injection) -> bool:
    """Its nodes are lost to the cluster, and no others."""
    lost = {name for name, node in seen["nodes"].items() if not node["ready"]}
    return lost == {node.name for node in injection.nodes}


def slowed_nodes(speed: float) -> Shows:
    """All of its nodes have this much of their speed left, by the fault alone."""

    def shows(seen: State, injection: Injection) -> bool:
        effects = [seen["nodes"][node.name]["effects"] for node in injection.nodes]
        return all(len(found) == 1 and found[0]["speed"] == approx(speed) for found in effects)

    return shows


def cut_off(direction: str) -> Shows:
    """One policy, on the target alone and in this direction."""

    def shows(seen: State, injection: Injection) -> bool:
        (pod,) = injection.targets
        only = {"selects": {"statefulset.kubernetes.io/pod-name": pod.name}, "types": [direction]}
        return list(seen["policies"].values()) == [only]

    return shows


def scaled_to(replicas: int) -> Shows:
    return lambda seen, _: seen["replicas"]["payments/payments-api"] == replicas


def slowed(speed: float) -> Shows:
    """In all of its targets and in no other pod, and this much of their speed is left."""
    return _with(lambda effect: effect["speed"] == approx(speed))


def on_answers(**wanted: float) -> Shows:
    """In all of its targets and in no other pod, with this done to what they answer, and no more."""
    return _with(lambda effect: _are(effect["answers"], wanted))


def on_ledger_calls(**wanted: float) -> Shows:
    """As before, but to their calls of the ledger, and to nothing else."""
    untouched = ("answers", "fraud")
    return _with(lambda effect: _are(effect["ledger"], wanted) and not any(effect[one] for one in untouched))


def _are(links: list[State], wanted: dict[str, float]) -> bool:
    return len(links) == 1 and links[0] == approx(_NO_LINK | wanted)


def _with(is_so: Callable[[State], bool]) -> Shows:
    def shows(seen: State, injection: Injection) -> bool:
        if not in_pods(seen, injection):
            return False
        effects = [pod["effects"] for pod in _targets(seen, injection)]
        return all(len(found) == 1 and is_so(found[0]) for found in effects)

    return shows


def _case(fault: str, shows: Shows = in_pods, **parameters: str) -> Case:
    probe = {} if fault in _WITHOUT_PROBE else {"proven_by": "p99"}
    return Case(fault, shows, parameters | probe)


def _on_node(fault: str, shows: Shows, **parameters: str) -> Case:
    return Case(fault, shows, parameters, namespace="kafka", kind="node-of", app="kafka")


_WITHOUT_PROBE = ("pod-delete", "container-kill")
_CASES = (
    _case("pod-delete", left),
    _case("container-kill", restarted),
    _case("pod-network-latency", on_answers(latency=0.3, jitter=0.01), latency="300ms", jitter="10ms"),
    _case("pod-network-loss", on_answers(loss=0.2), percent="20"),
    _case("pod-network-corruption", on_answers(loss=0.2), percent="20"),
    _case("pod-network-duplication", on_answers(latency=0.001, share=0.5), percent="50"),
    _case("pod-network-rate-limit", on_answers(latency=0.0032), rate="10mbit"),
    _case("pod-cpu-hog", slowed(2 / 3.5), cores="2", load="75"),
    _case("pod-memory-hog", megabytes="100"),
    _case("pod-io-stress", slowed(2 / 3), percent="10", workers="2"),
    _case("disk-fill", percent="80"),
    _case("pod-dns-error", on_ledger_calls(spoiled=1.0, code=503), hosts="ledger"),
    _case("pod-dns-spoof", on_ledger_calls(spoiled=1.0, code=503), map="ledger=elsewhere"),
    _case("pod-http-latency", on_answers(latency=0.3, share=0.9), port="8080", latency="300ms", percent="90"),
    _case(
        "pod-http-status-code",
        on_answers(spoiled=0.5, code=503),
        port="8080",
        status="503",
        percent="50",
    ),
    _case("pod-http-modify-header", on_answers(), port="8080", headers="X-Fault=yes"),
    _case("pod-http-modify-body", on_answers(spoiled=0.4, code=200), port="8080", body="gone", percent="40"),
    _case(
        "pod-http-reset-peer",
        on_answers(latency=0.2, share=0.5, spoiled=0.5, code=502),
        port="8080",
        after="200ms",
        percent="50",
    ),
    Case(
        "pod-network-partition",
        cut_off("Ingress"),
        {"proven_by": "p99", "direction": "ingress"},
        namespace="kafka",
        kind="statefulset",
        app="kafka",
    ),
    _on_node("node-drain", cordoned),
    _on_node("node-taint", tainted, key="gameday", effect="PreferNoSchedule"),
    Case("pod-autoscaler", scaled_to(9), {"replicas": "9"}),
    _on_node("node-cpu-hog", slowed_nodes(0.8), cores="4", load="50"),
    _on_node("node-memory-hog", slowed_nodes(0.5), percent="92"),
    _on_node("node-io-stress", slowed_nodes(0.8), workers="2"),
    _on_node("kubelet-service-kill", away),
    _on_node("node-restart", away),
)
CASES = {case.fault: case for case in _CASES}
AWAY = ("kubelet-service-kill", "node-restart")
"""Faults that take a node away: it comes back by itself or by somebody's hand. What it is then, who knows."""
