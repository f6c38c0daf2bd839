"""The contract of every fault: it shows, a second launch is none, and a stop in the middle ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.domain.injection import Injection, Sign
from chaos.domain.postcondition import down, not_restored, not_scaled_back
from chaos.domain.sight import ClusterSight, ResidueKind
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.target_nodes import resolve_nodes
from chaos.domain.targets import Limits
from chaos.faults.catalogue import FAULTS, plan_injections
from tests.adapters.faults.cases import AWAY, CASES, in_pods
from tests.adapters.faults.drill import Case, Drill
from tests.adapters.implementations import KUBELETS
from tests.adapters.things import until

PLAYED = [
    pytest.param(case, id=name, marks=[pytest.mark.needs(KUBELETS)] if name in AWAY else [])
    for name, case in CASES.items()
]
EVERY = pytest.mark.parametrize("case", PLAYED)


def says_it_is_there(injection: Injection, sight: ClusterSight) -> bool:
    """By the sign that the fault is known by."""
    match injection.sign:
        case Sign.NODE_CHANGED:
            return bool(not_restored(injection, sight))
        case Sign.SCALED:
            return bool(not_scaled_back(injection, sight))
        case Sign.NODE_DOWN:
            return down(injection, sight) == tuple(node.name for node in injection.nodes)
        case Sign.POLICY_MADE:
            return any(item.kind is ResidueKind.POLICY for item in sight.residue)
        case Sign.RESULT_INJECTED:
            return any("injected" in result.targets.values() for result in sight.results)
        case Sign.HELPER_ON_NODE:
            (node,) = injection.nodes
            on_it = [pod for pod in sight.engine_pods if pod.node == node.name and pod.is_running]
            return [pod.engine for pod in on_it] == [injection.name]
    return True


def test_every_fault_of_the_catalogue_that_needs_targets_is_played() -> None:
    assert {fault.name for fault in FAULTS.values() if fault.needs_targets} == set(CASES)


@pytest.mark.every_fault
@EVERY
def test_a_fault_shows_once_however_often_it_is_launched_and_a_stop_ends_it(drill: Drill, case: Case) -> None:
    injection = drill.launch(case, times=3)
    sight = until(lambda: drill.look(injection), lambda sight: says_it_is_there(injection, sight))
    assert [engine.name for engine in sight.engines] == [injection.name]
    assert sum(name.startswith("chaos/") for name in drill.state()["jobs"]) == 1
    sight = drill.stop(injection)
    post = injection.postcondition
    assert drill.held(injection, sight) == (tuple(name for name, _ in post.freed if post.lies_when_aborted))
    assert not_restored(injection, sight) == ()
    drill.redress(injection, sight)
    drill.ends_clean(injection)


@pytest.mark.parametrize(
    "name", ["pod-network-latency", "disk-fill", "pod-network-partition", "node-taint", "node-cpu-hog"]
)
def test_a_fault_ends_by_itself_when_its_time_is_over(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name], seconds=20)
    until(drill.state, lambda seen: not CASES[name].shows(seen, injection))
    until(lambda: drill.look(injection), lambda sight: any(one.phase == "Completed" for one in sight.results))
    drill.stop(injection)
    drill.ends_clean(injection)


def test_a_disk_that_is_full_has_its_pod_evicted_and_nothing_lies_around_afterwards(drill: Drill) -> None:
    injection = drill.injection(Case("disk-fill", lambda *_: True, {"percent": "110", "proven_by": "p99"}))
    drill.make().take_grant(drill.ref)
    drill.make().inject(drill.ref, injection)
    (pod,) = injection.targets
    until(drill.state, lambda seen: seen["pods"][f"payments/{pod.name}"]["phase"] == "Failed")
    drill.stop(injection)
    assert f"payments/{pod.name}" not in drill.state()["pods"]
    drill.ends_clean(injection)


def test_latency_shows_in_what_the_platform_counts(drill: Drill) -> None:
    """Over its own interface, and not only in what the stand-in remembers."""
    slow = Case("pod-network-latency", in_pods, {"latency": "1500ms", "proven_by": "p99"})

    def timeouts() -> int:
        return int(drill.state()["traffic"]["requests"].get("payments-api 504", 0))

    before = timeouts()
    injection = drill.launch(slow)
    until(timeouts, lambda now: now > before)
    drill.stop(injection)
    drill.ends_clean(injection)


def test_a_lost_zone_is_two_nodes_at_once_and_comes_back_whole(drill: Drill) -> None:
    where = TargetSpec("payments", "node", {}, count=2, zone="eu-1b")
    cluster = drill.make()
    nodes = cluster.nodes({})
    targets = resolve_nodes(where, nodes, nodes, (), Limits(max_percent=50, max_nodes=2))
    asked = FAULTS["node-taint"].canonical({"key": "gameday", "effect": "NoExecute"})
    spec = FaultSpec("node-taint", timedelta(seconds=60), where, asked)
    injections = plan_injections(drill.ref.short, 0, spec, targets)
    cluster.take_grant(drill.ref)
    for injection in injections:
        cluster.inject(drill.ref, injection)
    until(drill.state, lambda seen: sum(bool(one["taints"]) for one in seen["nodes"].values()) == 2)
    until(drill.state, lambda seen: seen["pods"].get("kafka/kafka-1", {}).get("phase") == "Pending")
    zone = {node.name for node in targets.nodes}

    def staying() -> list[str]:
        pods = drill.state()["pods"].items()
        return [name for name, pod in pods if pod["node"] in zone and not pod["terminating"]]

    until(staying, lambda pods: pods == [])
    for injection in injections:
        drill.stop(injection)
        drill.ends_clean(injection)
