"""Nodes that are kept busy: what a killed helper, a lost node and a pressure that lingers make of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.domain.injection import Injection
from chaos.domain.postcondition import pressed
from chaos.domain.sight import ClusterSight
from tests.adapters.faults.cases import CASES, on_nodes
from tests.adapters.faults.drill import Drill
from tests.adapters.faults.losses import without_node
from tests.adapters.faults.test_contract import says_it_is_there
from tests.adapters.implementations import ABSENCE, KILLS
from tests.adapters.things import until

EACH = pytest.mark.parametrize("name", ["node-cpu-hog", "node-memory-hog", "node-io-stress"])


def is_there(drill: Drill, injection: Injection) -> bool:
    return says_it_is_there(injection, drill.look(injection))


@pytest.mark.needs(KILLS)
@EACH
def test_a_killed_helper_takes_its_fault_along_and_is_no_sign_of_it_any_more(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name])
    assert until(lambda: is_there(drill, injection), bool)
    drill.practice.turn(helper="killed")
    until(drill.state, lambda seen: not CASES[name].shows(seen, injection))
    assert until(lambda: not is_there(drill, injection), bool)
    (result,) = until(lambda: drill.look(injection).results, lambda seen: seen and seen[0].error)
    assert result.error.startswith("HELPER_POD_FAILED_ERROR")
    drill.stop(injection)
    drill.ends_clean(injection)


@EACH
def test_a_node_that_is_deleted_meanwhile_takes_the_fault_along(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name])
    with without_node(drill.practice, injection.nodes[0].name):
        sight = drill.stop(injection)
        assert sight.nodes == ()
    drill.ends_clean(injection)


@pytest.mark.needs(ABSENCE)
def test_a_node_that_is_gone_before_the_launch_is_an_error_and_nothing_is_ever_there(drill: Drill) -> None:
    injection = drill.injection(CASES["node-cpu-hog"])
    gone = replace(injection.nodes[0], name="worker-node-99", uid="uid-gone")
    injection = replace(injection, nodes=(gone,), env={**injection.env, "TARGET_NODES": gone.name})
    drill.make().take_grant(drill.ref)
    drill.make().inject(drill.ref, injection)
    sight = until(lambda: drill.look(injection), lambda seen: any(one.error for one in seen.results))
    assert sight.results[0].error.startswith("TARGET_SELECTION_ERROR")
    assert not says_it_is_there(injection, sight)
    drill.stop(injection)
    drill.ends_clean(injection)


@pytest.mark.parametrize(
    ("name", "parameters", "kind"),
    [
        ("node-memory-hog", {"percent": "95"}, "MemoryPressure"),
        ("node-io-stress", {"percent": "90"}, "DiskPressure"),
    ],
)
def test_a_node_under_pressure_is_not_proven_free_before_that_is_over(
    drill: Drill, name: str, parameters: dict[str, str], kind: str
) -> None:
    injection = drill.launch(replace(CASES[name], parameters=parameters, shows=on_nodes))
    (node,) = injection.nodes

    def presses(sight: ClusterSight) -> bool:
        return pressed(injection, sight) == [(node.name, kind)]

    until(lambda: drill.look(injection), presses)
    drill.stop(injection)
    until(lambda: drill.look(injection), lambda sight: not presses(sight))
    drill.ends_clean(injection)
