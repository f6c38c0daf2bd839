"""A drain is there when its node is empty of those who have to leave, and not when it is only cordoned."""

from __future__ import annotations

from datetime import timedelta

from chaos.adapters.kubernetes_paths import Resource
from chaos.domain.injection import Injection
from chaos.domain.presence import hit
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.target_nodes import resolve_nodes, with_aboard
from chaos.domain.targets import Limits
from chaos.faults.catalogue import plan_injections
from tests.adapters.faults.drill import Drill
from tests.adapters.things import until
from tests.domain.views import a_view

LIMITS = Limits(max_percent=50)
BUDGETS = Resource("policy/v1", "poddisruptionbudgets")


def drained(drill: Drill, where: TargetSpec) -> Injection:
    cluster = drill.make()
    nodes, pods = cluster.nodes({}), cluster.pods("kafka", {"app": "kafka"})
    found = resolve_nodes(where, nodes, cluster.nodes(where.labels) or nodes, pods, LIMITS)
    found = with_aboard(found, cluster.pods_on(found.nodes[0].name), LIMITS)
    spec = FaultSpec("node-drain", timedelta(seconds=60), where, {})
    (injection,) = plan_injections(drill.ref.short, 0, spec, found)
    cluster.take_grant(drill.ref)
    cluster.inject(drill.ref, injection)
    return injection


def test_a_drained_node_found_by_its_label_is_empty_of_everybody(drill: Drill) -> None:
    (node,) = (pod.node for pod in drill.make().pods("kafka", {"app": "kafka"}) if pod.name == "kafka-2")
    injection = drained(drill, TargetSpec("", "node", {"kubernetes.io/hostname": node}, count=1))
    everybody = {node, *(pod.path for pod in injection.leaving)}
    assert "kafka/kafka-2" in everybody and len(everybody) > 2
    until(lambda: hit(a_view(), injection, drill.look(injection)), lambda seen: seen == everybody)
    drill.stop(injection)
    drill.ends_clean(injection)


def test_a_broker_that_its_budget_holds_back_is_named_as_not_hit(drill: Drill) -> None:
    administrator = drill.practice.admin_api()
    administrator.merge_patch(BUDGETS, "kafka", "kafka", {"spec": {"minAvailable": 3}})
    try:
        injection = drained(drill, TargetSpec("kafka", "node-of", {"app": "kafka"}, count=1, zone="eu-1b"))
        (node,) = injection.nodes
        until(lambda: hit(a_view(), injection, drill.look(injection)), lambda seen: node.name in seen)
        assert hit(a_view(), injection, drill.look(injection)) == {node.name}
        drill.stop(injection)
    finally:
        administrator.merge_patch(BUDGETS, "kafka", "kafka", {"spec": {"minAvailable": 2}})
    drill.ends_clean(injection)
