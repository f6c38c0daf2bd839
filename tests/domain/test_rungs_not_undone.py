"""A rung whose helpers are gone and whose fault is not: no waiting mends that, so the ladder ends there."""

from dataclasses import replace

import pytest

from chaos.domain import climbing
from chaos.domain.decisions import EndRung, Wait, WantStop
from chaos.domain.injection import Progress
from chaos.domain.reverting import UNDONE_WITHIN
from chaos.domain.sight import ResidueKind, ResultSeen
from chaos.domain.spec import Stage
from chaos.domain.states import StopKind
from tests.domain.views import NOW, a_sight, a_view, ago, engine, residue
from tests.support.builders import SECOND, a_drain_spec, a_latency_spec, a_node, injections_of


def a_rung(spec, over_since=10.0, gone_since=7.0, asked_since=9.0, **seen):
    """Of a ladder with another above it: its time is up, its deletes were taken, its helpers are gone."""
    stages = (Stage(parameters={"latency": "100ms"}), Stage(parameters={"latency": "300ms"}))
    (injection,) = injections_of(spec)
    spec = replace(spec, faults=(replace(spec.fault, stages=stages),))
    at = ago(over_since) - injection.duration
    progress = Progress(0, requested_at=at, answered_at=at, injected_at=at)
    sight = a_sight(**({"engines": (), "residue": ()} | seen))
    return a_view(
        spec=spec,
        injections=(injection,),
        progress=(progress,),
        seen=sight,
        rung_ended_at=ago(asked_since) if asked_since else None,
        rung_gone_at=ago(gone_since) if gone_since else None,
    )


def said(status):
    targets = {f"pod/api-{number}": status for number in range(3)}
    return (ResultSeen("r", "gd-0f0e0d0c-0", targets=targets),)


def reason(view):
    decision = climbing.decide(view, NOW)
    assert isinstance(decision, WantStop), decision
    assert decision.stop.kind is StopKind.FAULT
    return decision.stop.reason


def test_a_fault_that_its_killed_helper_left_in_its_pods_ends_the_ladder():
    assert reason(a_rung(a_latency_spec(), results=said("injected"))) == (
        "Rung 1 was not undone, so no other is climbed: the fault was not taken out of api-0, api-1, api-2."
    )


def test_a_result_may_say_that_it_was_undone_a_little_after_the_helpers_are_gone():
    assert UNDONE_WITHIN == 5 * SECOND
    assert climbing.decide(a_rung(a_latency_spec(), gone_since=5.2, results=said("injected")), NOW) == Wait()
    assert reason(a_rung(a_latency_spec(), gone_since=5.4, results=said("injected")))
    undone = a_rung(a_latency_spec(), results=said("reverted"))
    assert climbing.decide(undone, NOW) != Wait()
    assert not isinstance(climbing.decide(undone, NOW), WantStop)


@pytest.mark.parametrize(
    ("is_schedulable", "ends"),
    [(False, "node node-0 is not as it was (cordoned)"), (True, "")],
)
def test_a_node_that_was_not_set_back_ends_the_ladder(is_schedulable, ends):
    view = a_rung(a_drain_spec(), nodes=(a_node(is_schedulable=is_schedulable),))
    if ends:
        assert ends in reason(view)
    else:
        assert not isinstance(climbing.decide(view, NOW), WantStop)


def test_a_node_that_is_not_ready_yet_is_waited_for_since_it_comes_back_by_itself():
    view = a_rung(a_drain_spec(), nodes=(a_node(is_ready=False),))
    assert climbing.decide(view, NOW) == Wait()


@pytest.mark.parametrize("left", [engine(detail="finalizer chaosengine"), residue(ResidueKind.POD)], ids=str)
@pytest.mark.parametrize("asked_since", [9.0, None])
def test_what_is_still_there_long_after_a_rungs_time_ends_the_ladder(left, asked_since):
    view = a_rung(a_latency_spec(), 89, gone_since=None, asked_since=asked_since, residue=(left,))
    view = replace(view, spec=replace(view.spec, durations=_patient(view)))
    assert climbing.decide(view, NOW) == EndRung()
    view = a_rung(a_latency_spec(), 91, gone_since=None, asked_since=asked_since, residue=(left,))
    view = replace(view, spec=replace(view.spec, durations=_patient(view)))
    assert f"90 s after its time there is still {left}" in reason(view)


def _patient(view):
    return replace(view.spec.durations, revert_within=3600 * SECOND)
