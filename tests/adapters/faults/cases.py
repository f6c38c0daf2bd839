"""Every fault of the catalogue, and how it shows on the practice platform."""

from __future__ import annotations

from collections.abc import Callable

from chaos.domain.injection import Injection
from tests.adapters.faults.drill import Case, State

Shows = Callable[[State, Injection], object]


def _targets(seen: State, injection: Injection) -> list[State]:
    return [seen["pods"].get(f"{pod.namespace}/{pod.name}", {}) for pod in injection.targets]


def in_pods(seen: State, injection: Injection) -> bool:
    """The fault is in all of its targets and in no other pod."""
    touched = {key for key, pod in seen["pods"].items() if pod["faults"]}
    return touched == {f"{pod.namespace}/{pod.name}" for pod in injection.targets}


def restarted(seen: State, injection: Injection) -> bool:
    return all(pod["restarts"] for pod in _targets(seen, injection))


def left(seen: State, injection: Injection) -> bool:
    return all(not pod or pod["terminating"] for pod in _targets(seen, injection))


def evicted(seen: State, injection: Injection) -> bool:
    return all(pod.get("phase") == "Failed" for pod in _targets(seen, injection))


def cordoned(seen: State, injection: Injection) -> bool:
    (node,) = injection.nodes
    there = [pod for pod in seen["pods"].values() if pod["node"] == node.name and not pod["terminating"]]
    return bool(seen["nodes"][node.name]["cordoned"]) and not there


def tainted(seen: State, injection: Injection) -> bool:
    (node,) = injection.nodes
    return any("gameday" in taint for taint in seen["nodes"][node.name]["taints"])


def on_nodes(seen: State, injection: Injection) -> bool:
    return all(seen["nodes"][node.name]["faults"] for node in injection.nodes)


def cut_off(seen: State, injection: Injection) -> bool:
    return bool(seen["policies"])


def scaled(seen: State, injection: Injection) -> bool:
    return bool(seen["replicas"]["payments/payments-api"] != 6)


def _case(fault: str, shows: Shows = in_pods, **parameters: str) -> Case:
    probe = {} if fault in _WITHOUT_PROBE else {"proven_by": "p99"}
    return Case(fault, shows, parameters | probe)


def _on_node(fault: str, shows: Shows, **parameters: str) -> Case:
    return Case(fault, shows, parameters, namespace="kafka", kind="node-of", app="kafka")


_WITHOUT_PROBE = ("pod-delete", "container-kill")
_CASES = (
    _case("pod-delete", left),
    _case("container-kill", restarted),
    _case("pod-network-latency", latency="300ms"),
    _case("pod-network-loss", percent="20"),
    _case("pod-network-corruption", percent="20"),
    _case("pod-network-duplication", percent="50"),
    _case("pod-network-rate-limit", rate="10mbit"),
    _case("pod-cpu-hog", cores="2"),
    _case("pod-memory-hog", megabytes="100"),
    _case("pod-io-stress", percent="10"),
    _case("disk-fill", percent="80"),
    _case("pod-dns-error", hosts="ledger"),
    _case("pod-dns-spoof", map="ledger=elsewhere"),
    _case("pod-http-latency", port="8080", latency="300ms"),
    _case("pod-http-status-code", port="8080", status="503", percent="50"),
    _case("pod-http-modify-header", port="8080", headers="X-Fault=yes"),
    _case("pod-http-modify-body", port="8080", body="out of order"),
    _case("pod-http-reset-peer", port="8080", percent="50"),
    Case(
        "pod-network-partition",
        cut_off,
        {"proven_by": "p99"},
        namespace="kafka",
        kind="statefulset",
        app="kafka",
    ),
    _on_node("node-drain", cordoned),
    _on_node("node-taint", tainted, key="gameday", effect="NoSchedule"),
    Case("pod-autoscaler", scaled, {}),
    _on_node("node-cpu-hog", on_nodes),
    _on_node("node-memory-hog", on_nodes),
    _on_node("node-io-stress", on_nodes),
)
CASES = {case.fault: case for case in _CASES}
