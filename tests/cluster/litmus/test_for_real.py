"""What Litmus itself makes of the engines that our adapter sends, and of our way to stop them."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from chaos.domain.postcondition import not_restored
from chaos.domain.sight import ResidueKind
from tests.adapters.faults.cases import CASES, in_pods, on_nodes
from tests.adapters.faults.drill import Case
from tests.adapters.things import live, until
from tests.cluster.litmus.drill import RealDrill
from tests.cluster.pod_runner.programs import ON_THE_API

pytestmark = pytest.mark.cluster

DRAIN_ASKS_AGAIN = 5.0  # seconds, where a budget has refused an eviction

EVERY = pytest.mark.parametrize("case", [CASES[name] for name in ON_THE_API], ids=lambda case: case.fault)


def test_a_deletion_ends_completed_and_says_how_it_went(drill: RealDrill) -> None:
    case = Case("pod-delete", lambda *_: True, {}, app="fraud-detector")
    injection = drill.launch(case, seconds=2)
    (target,) = injection.targets
    until(drill.state, lambda seen: f"payments/{target.name}" not in seen["pods"])
    engine = until(
        lambda: drill.bank.engine(injection.name),
        lambda engine: engine["status"]["engineStatus"] == "completed",
        seconds=60,
    )
    (experiment,) = engine["status"]["experiments"]
    assert (experiment["status"], experiment["verdict"]) == ("Completed", "Pass")
    (result,) = drill.look(injection).results
    assert (result.phase, result.verdict) == ("Completed", "Pass")
    drill.comes_back(injection, drill.stop(injection))


@EVERY
def test_a_stop_in_the_middle_of_a_fault_ends_it(drill: RealDrill, case: Case) -> None:
    injection = drill.launch(case)
    sight = drill.stop(injection)
    assert not_restored(injection, sight) == ()
    (result,) = sight.results
    # The one that scales ends once it has scaled back, whether or not it has told the result by then.
    assert result.phase == "Stopped" or case.fault == "pod-autoscaler"
    drill.comes_back(injection, sight)


def test_a_stop_without_the_operator_ends_the_fault_and_the_engine_goes_when_it_is_back(
    drill: RealDrill,
) -> None:
    injection = drill.launch(CASES["node-taint"])
    drill.bank.litmus.scale(0)
    drill.make().revert(drill.ref)
    sight = until(
        lambda: drill.look(injection),
        lambda sight: [item.kind for item in live(sight.residue)] == [ResidueKind.ENGINE],
    )
    assert not_restored(injection, sight) == ()
    drill.bank.litmus.scale(1)
    drill.comes_back(injection, drill.stop(injection))


def test_a_drain_that_was_stopped_evicts_nobody_any_more(drill: RealDrill) -> None:
    """It evicts on after its SIGTERM, from the node that it has uncordoned, until its pod has ended."""
    drill.bank.brokers_to_keep(3)
    cordoned = replace(
        CASES["node-drain"], shows=lambda seen, at: seen["nodes"][at.nodes[0].name]["cordoned"]
    )
    injection = drill.launch(cordoned)
    brokers = drill.bank.uids("kafka")
    sight = drill.stop(injection)
    drill.bank.brokers_to_keep(2)
    time.sleep(2 * DRAIN_ASKS_AGAIN)
    assert drill.bank.uids("kafka") == brokers
    drill.comes_back(injection, sight)


BY_HELPER = ("pod-network-latency", "pod-cpu-hog", "disk-fill", "pod-dns-error", "pod-http-latency")


@pytest.mark.parametrize("fault", [*BY_HELPER, "node-cpu-hog"])
def test_a_stop_ends_a_fault_whose_helper_is_played(drill: RealDrill, fault: str) -> None:
    """What a helper does to a container is not seen here: that Litmus makes, finds and ends it, is."""
    on_node = fault.startswith("node-")
    injection = drill.launch(replace(CASES[fault], shows=on_nodes if on_node else in_pods))
    sight = drill.stop(injection)
    (result,) = sight.results
    assert result.phase == "Stopped"
    assert set(result.targets.values()) == (set() if on_node else {"reverted"})
    drill.comes_back(injection, sight)
