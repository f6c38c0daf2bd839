"""Node stress: what is sent to Litmus, which fills in much by itself where it is not told."""

from datetime import timedelta

import pytest

from chaos.domain.errors import Refused
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults.catalogue import find, plan_injections
from tests.support.builders import a_node, pods

NODE = a_node()


def injection_of(fault="node-memory-hog", nodes=(NODE,), **parameters):
    given = find(fault).canonical({"proven_by": "p99"} | parameters)
    where = TargetSpec("payments", "node-of", {"app": "api"}, count=len(nodes))
    spec = FaultSpec(fault, timedelta(seconds=60), where, given)
    return plan_injections("0f0e0d0c", 0, spec, Targets("payments", (), 6, 6, nodes, "node-5"))


def test_two_nodes_are_two_engines_of_which_each_names_one():
    both = injection_of(nodes=(NODE, a_node("node-1")), percent="50")
    assert [one.env["TARGET_NODES"] for one in both] == ["node-0", "node-1"]
    assert all("TARGET_NODE" not in one.env for one in both)


@pytest.mark.parametrize(
    "fault, given, sent",
    [
        ("node-cpu-hog", {"cores": 4}, {"NODE_CPU_CORE": "4", "CPU_LOAD": "100"}),
        (
            "node-memory-hog",
            {"mebibytes": 2048},
            {"MEMORY_CONSUMPTION_PERCENTAGE": "0", "MEMORY_CONSUMPTION_MEBIBYTES": "2048"},
        ),
        (
            "node-io-stress",
            {"gigabytes": 5},
            {"FILESYSTEM_UTILIZATION_PERCENTAGE": "0", "FILESYSTEM_UTILIZATION_BYTES": "5", "CPU": "1"},
        ),
    ],
)
def test_what_litmus_would_fill_in_by_itself_is_sent_too(fault, given, sent):
    (injection,) = injection_of(fault, **given)
    assert sent.items() <= injection.env.items()


@pytest.mark.parametrize(
    "fault, one, other",
    [("node-memory-hog", "percent", "mebibytes"), ("node-io-stress", "percent", "gigabytes")],
)
@pytest.mark.parametrize("given", [(), (0, 1)], ids=["neither", "both"])
def test_just_one_measure_of_how_much_is_taken(fault, one, other, given):
    names = (one, other)
    with pytest.raises(Refused, match=f"either {one} or {other}"):
        injection_of(fault, **{names[index]: 10 for index in given})


def test_some_memory_is_always_left_to_the_node():
    with pytest.raises(Refused, match="96 is outside 1 to 95 %"):
        injection_of(percent="96")


def test_a_pod_s_disk_stress_in_gigabytes_says_that_there_is_no_percentage():
    """Given both, by a cluster's own chart, Litmus would take the percentage."""
    fault = find("pod-io-stress")
    given = fault.canonical({"gigabytes": 5, "proven_by": "p99"})
    where = TargetSpec("payments", "deployment", {"app": "api"}, count=1)
    spec = FaultSpec("pod-io-stress", timedelta(seconds=60), where, given)
    part = fault.part(spec, Targets("payments", pods()[:1], 6, 6))
    assert part.env["FILESYSTEM_UTILIZATION_PERCENTAGE"] == "0"
    assert part.env["FILESYSTEM_UTILIZATION_BYTES"] == "5"
