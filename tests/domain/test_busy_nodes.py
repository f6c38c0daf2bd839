"""Node stress: by what it is seen, and what must be as before."""

from dataclasses import replace

import pytest

from chaos.domain.presence import is_there
from chaos.domain.proof import unmet
from chaos.domain.sight import EnginePod, ResultSeen
from chaos.domain.states import RunState
from tests.domain.views import ENGINE, a_sight, a_view, ago, tallies
from tests.support.builders import a_busy_node_spec, a_node, injections_of, pods

NODE = a_node()
HELPER = EnginePod(ENGINE, "node-memory-hog-helper-x", "node-0", is_running=True)


def left(**seen):
    spec = a_busy_node_spec()
    view = a_view(RunState.REVERTING, spec=spec, tallies=tallies(spec))
    (injection,) = injections_of(spec)
    return unmet(view, injection, a_sight(**seen), ago(10))


@pytest.mark.parametrize(
    "pod, expected",
    [
        (HELPER, True),
        (replace(HELPER, is_running=False), False),
        (replace(HELPER, node="node-5"), False),
        (replace(HELPER, engine="gd-0f0e0d0c-1"), False),
    ],
    ids=["running there", "not running yet", "the experiment's own pod", "of another engine"],
)
def test_it_is_there_while_its_own_helper_runs_on_its_node(pod, expected):
    (injection,) = injections_of(a_busy_node_spec())
    assert is_there(a_view(), injection, a_sight(engine_pods=(pod,))) is expected


def test_what_litmus_says_of_the_node_is_no_sign_of_it():
    (injection,) = injections_of(a_busy_node_spec())
    results = (ResultSeen("r", ENGINE, targets={"node/node-0": "injected"}),)
    assert not is_there(a_view(), injection, a_sight(results=results))


@pytest.mark.parametrize(
    "node, sentence",
    [
        (replace(NODE, pressures=("MemoryPressure",)), "node node-0 has MemoryPressure, which it had not"),
        (replace(NODE, is_ready=False), "node node-0 is not ready"),
    ],
)
def test_a_node_that_is_not_as_before_is_said(node, sentence):
    assert any(sentence in reason for reason in left(nodes=(node,)))


@pytest.mark.parametrize(
    "nodes",
    [
        (NODE,),
        (replace(NODE, pressures=("DiskPressure",)),),
        (replace(NODE, is_schedulable=False),),
        (replace(NODE, uid="uid-new", pressures=("MemoryPressure",)),),
        (),
    ],
    ids=["as before", "short of something else", "cordoned by somebody", "replaced", "gone"],
)
def test_a_node_that_is_as_before_in_what_the_fault_touches_or_is_another_one_is_no_reason(nodes):
    assert left(nodes=nodes) == ()


def test_a_pressure_that_was_there_before_is_no_reason():
    spec = a_busy_node_spec()
    (injection,) = injections_of(spec)
    before = replace(NODE, pressures=("MemoryPressure",))
    injection = replace(injection, postcondition=replace(injection.postcondition, nodes=(before,)))
    view = a_view(RunState.REVERTING, spec=spec, tallies=tallies(spec))
    assert unmet(view, injection, a_sight(nodes=(before,)), ago(10)) == ()


def test_too_few_ready_pods_or_a_probe_out_of_its_tolerance_are_said():
    assert left(pods=pods()[1:], nodes=(NODE,)) == ("5 of 6 pods are ready in payments",)
    spec = a_busy_node_spec()
    view = a_view(RunState.REVERTING, spec=spec, tallies=tallies(spec, values=(900.0, 900.0)))
    (injection,) = injections_of(spec)
    reasons = unmet(view, injection, a_sight(nodes=(NODE,)), ago(10))
    assert reasons == ("p99 is 900 ms, not yet back in its tolerance",)
