"""Nodes of the practice cluster, with what runs on them: what its usual limits allow and what not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.domain.errors import OverLimits
from chaos.domain.spec import TargetSpec
from chaos.domain.targets import Limits, Targets
from chaos.services.clusters import USUAL_NODES, USUAL_PERCENT, preview
from gameday.plans.compile import compile_plan
from tests.adapters.implementations import PLACES
from tests.adapters.practice import Practice
from tests.gameday.plans.documents import sample

PLAN = compile_plan(sample())
LIMITS = Limits(max_percent=USUAL_PERCENT["rehearsal"], max_nodes=USUAL_NODES["rehearsal"])


def looked_at(practice: Practice, scenario: str, targets: TargetSpec | None = None) -> Targets:
    run = PLAN.scenario(scenario).run
    if targets:
        run = replace(run, faults=(replace(run.fault, targets=targets),))
    (found,) = preview(run, LIMITS, practice.cluster())
    assert found
    return found


def test_the_sample_drains_one_broker_of_three_and_says_who_else_has_to_leave(practice: Practice) -> None:
    found = looked_at(practice, "kafka-broker")
    assert found.ready == 3
    paths = [pod.path for pod in found.aboard]
    assert "kafka/kafka-1" in paths
    assert all(pod.node in found.names for pod in found.aboard)
    assert all(path in str(found) for path in paths)


@pytest.mark.needs(PLACES)
def test_the_samples_zone_has_half_of_payments_within_the_usual_limits(practice: Practice) -> None:
    found = looked_at(practice, "zone-failure")
    assert sum(pod.workload == "deployment payments-api" for pod in found.aboard) == 3
    assert found.names == ("worker-node-05", "worker-node-06")
    assert "kafka/kafka-2" in [pod.path for pod in found.aboard]
    assert "worker-node-05, worker-node-06; on them: " in str(found)


def test_all_brokers_that_a_selector_finds_count_so_that_the_one_found_alone_is_too_many(
    practice: Practice,
) -> None:
    alone = TargetSpec("kafka", "node-of", {"statefulset.kubernetes.io/pod-name": "kafka-1"}, count=1)
    with pytest.raises(OverLimits, match="1 of 1 pods is 100 %"):
        looked_at(practice, "kafka-broker", alone)


@pytest.mark.parametrize("scenario", ["kafka-broker", "zone-failure"])
def test_the_nodes_of_operator_and_monitoring_are_left_alone(practice: Practice, scenario: str) -> None:
    zone = TargetSpec("", "node", {"kubernetes.io/os": "linux"}, percent=100, zone="eu-1a")
    with pytest.raises(
        OverLimits, match=r"worker-node-02 runs litmus/(chaos-operator|litmus)-.*is protected"
    ):
        looked_at(practice, scenario, zone)


def test_a_zone_chosen_by_its_nodes_is_held_to_the_share_of_what_runs_there(practice: Practice) -> None:
    run, production = PLAN.scenario("zone-failure").run, replace(LIMITS, max_percent=25)
    with pytest.raises(OverLimits, match=r"1 of 3 pods of statefulset kafka/kafka is 33 %.*allows 25 %"):
        preview(run, production, practice.cluster())
