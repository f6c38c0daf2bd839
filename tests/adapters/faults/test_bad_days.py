"""Faults on bad days: helpers killed, targets gone, the operator down."""

from __future__ import annotations

import pytest

from chaos.adapters import litmus_kinds as kinds
from chaos.domain.postcondition import not_restored, not_scaled_back
from chaos.domain.sight import Pod, ResidueKind
from chaos.faults.catalogue import FAULTS
from chaos.faults.rights import DISK, HELPERS
from tests.adapters.faults.cases import AWAY, CASES
from tests.adapters.faults.drill import Drill, faults_of, is_whole
from tests.adapters.faults.losses import without_deployment, without_node
from tests.adapters.implementations import KILLS, KUBELETS
from tests.adapters.things import live, until

LEAVES_NOTHING = ("pod-delete", "container-kill")
IN_PODS = [name for name in CASES if FAULTS[name].family in (HELPERS, DISK) and name not in LEAVES_NOTHING]


@pytest.mark.needs(KILLS)
@pytest.mark.parametrize("name", IN_PODS)
def test_a_killed_helper_leaves_its_fault_and_new_pods_end_it(drill: Drill, name: str) -> None:
    drill.practice.turn(helper="killed")
    injection = drill.launch(CASES[name])
    results = until(
        lambda: drill.look(injection).results,
        lambda seen: seen and seen[0].error.startswith("HELPER_POD_FAILED_ERROR"),
    )
    assert set(results[0].targets.values()) == {"injected"}
    sight = drill.stop(injection)
    (pod,) = injection.targets
    assert set(faults_of(drill.state())) == {f"payments/{pod.name}"}
    assert drill.held(injection, sight) == (pod.name,)
    drill.redress(injection, sight)
    drill.ends_clean(injection)


@pytest.mark.needs(KILLS)
@pytest.mark.parametrize("name", LEAVES_NOTHING)
def test_what_only_kills_leaves_nothing_behind_when_it_is_killed_itself(drill: Drill, name: str) -> None:
    """The experiment of pod-delete, and the helper of container-kill."""
    drill.practice.turn(helper="killed")
    injection = drill.launch(CASES[name])
    sight = drill.stop(injection)
    assert drill.held(injection, sight) == ()
    drill.ends_clean(injection)


@pytest.mark.parametrize("name", LEAVES_NOTHING)
def test_what_kills_finds_no_target_that_is_gone_and_hits_no_other_in_its_place(
    drill: Drill, name: str
) -> None:
    injection = drill.injection(CASES[name])
    (pod,) = injection.targets
    drill.practice.admin_api().delete(kinds.PODS, pod.namespace, pod.name)
    until(drill.state, lambda seen: f"{pod.namespace}/{pod.name}" not in seen["pods"])
    until(drill.state, is_whole)
    before = _ages(drill)
    drill.make().take_grant(drill.ref)
    drill.make().inject(drill.ref, injection)
    until(lambda: drill.look(injection).results, lambda seen: seen and seen[0].phase == "Error")
    assert drill.held(injection, drill.stop(injection)) == ()
    assert _ages(drill) == before
    drill.ends_clean(injection)


def _ages(drill: Drill) -> dict[str, int]:
    """The pods of the bank, and how often each was restarted."""
    pods = drill.state()["pods"]
    return {key: pod["restarts"] for key, pod in pods.items() if key.startswith("payments/")}


@pytest.mark.needs(KILLS)
@pytest.mark.parametrize("name", ["node-drain", "node-taint"])
def test_a_killed_experiment_leaves_its_node_and_we_set_it_back(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name])
    drill.practice.turn(helper="killed")
    sight = drill.stop(injection)
    assert [node.name for node, _ in not_restored(injection, sight)] == [injection.nodes[0].name]
    drill.redress(injection, sight)
    drill.ends_clean(injection)


@pytest.mark.needs(KILLS)
def test_a_killed_experiment_leaves_its_replicas_and_we_set_them_back(drill: Drill) -> None:
    injection = drill.launch(CASES["pod-autoscaler"])
    drill.practice.turn(helper="killed")
    sight = drill.stop(injection)
    assert [one.name for one, _ in not_scaled_back(injection, sight)] == ["payments-api"]
    drill.redress(injection, sight)
    drill.ends_clean(injection)


@pytest.mark.needs(KILLS)
def test_a_killed_experiment_leaves_its_policy_and_we_delete_it(drill: Drill) -> None:
    injection = drill.launch(CASES["pod-network-partition"])
    drill.practice.turn(helper="killed")
    drill.make().revert(drill.ref)

    def left() -> list[str]:
        drill.make().remove(drill.look(injection).residue)
        return list(drill.state()["policies"])

    until(left, lambda policies: not policies)
    drill.stop(injection)
    drill.ends_clean(injection)


@pytest.mark.parametrize("name", IN_PODS)
def test_a_target_that_is_replaced_meanwhile_takes_the_fault_along(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name])
    (pod,) = injection.targets
    drill.practice.admin_api().delete(kinds.PODS, pod.namespace, pod.name)
    until(lambda: drill.look(injection), lambda sight: pod.uid not in {one.uid for one in sight.pods})
    drill.stop(injection)
    drill.ends_clean(injection)


@pytest.mark.parametrize("name", ["node-drain", "node-taint"])
def test_a_node_that_is_deleted_meanwhile_takes_the_fault_along(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name])
    with without_node(drill.practice, injection.nodes[0].name):
        sight = drill.stop(injection)
        assert sight.nodes == ()
        assert not_restored(injection, sight) == ()
    drill.ends_clean(injection)


def test_a_workload_that_is_deleted_meanwhile_is_left_alone_and_its_successor_too(drill: Drill) -> None:
    injection = drill.launch(CASES["pod-autoscaler"])
    with without_deployment(drill.practice, "payments", "payments-api"):
        sight = drill.stop(injection)
        assert sight.workloads == ()
        assert not_scaled_back(injection, sight) == ()
    drill.redress(injection, drill.look(injection))
    drill.ends_clean(injection)


def test_a_pod_that_replaces_one_that_was_cut_off_is_cut_off_too_until_the_policy_is_gone(
    drill: Drill,
) -> None:
    """Its name is the same, and so is the label by which Litmus cuts off."""
    case = CASES["pod-network-partition"]
    injection = drill.launch(case)
    (pod,) = injection.targets
    drill.practice.admin_api().delete(kinds.PODS, pod.namespace, pod.name)
    replaced = until(lambda: drill.make().pods("kafka", {"app": "kafka"}), lambda pods: _new(pods, pod))
    assert [one.name for one in replaced if one.uid != pod.uid and one.name == pod.name] == [pod.name]
    assert case.shows(drill.state(), injection)
    assert [item.kind for item in drill.look(injection).residue if item.kind is ResidueKind.POLICY]
    sight = drill.stop(injection)
    assert not any(item.kind is ResidueKind.POLICY for item in sight.residue)
    drill.ends_clean(injection)


def _new(pods: tuple[Pod, ...], old: Pod) -> bool:
    """Whether another one has come in its place."""
    return any(pod.name == old.name and pod.uid != old.uid for pod in pods)


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in CASES if name not in AWAY),
        *(pytest.param(name, marks=pytest.mark.needs(KUBELETS)) for name in AWAY),
    ],
)
def test_without_the_operator_the_fault_ends_and_the_engine_is_what_is_left(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name])
    drill.practice.without_operator()
    drill.make().revert(drill.ref)

    def swept() -> set[ResidueKind]:
        drill.make().revert(drill.ref)
        return {item.kind for item in live(drill.look(injection).residue)}

    until(swept, lambda kinds_left: kinds_left <= {ResidueKind.ENGINE})
    until(drill.state, is_whole)
    (engine,) = live(drill.look(injection).residue)
    assert engine.kind is ResidueKind.ENGINE
    assert "finalizer" in engine.detail
    drill.practice.turn(operator="up")
    drill.redress(injection, drill.stop(injection))
    drill.ends_clean(injection)


@pytest.mark.parametrize(
    "name", ["pod-network-latency", "pod-network-partition", "node-drain", "node-io-stress"]
)
def test_a_launch_that_is_stopped_before_anything_is_in_leaves_nothing(drill: Drill, name: str) -> None:
    injection = drill.injection(CASES[name])
    drill.make().take_grant(drill.ref)
    drill.make().inject(drill.ref, injection)
    drill.redress(injection, drill.stop(injection))
    drill.ends_clean(injection)
