"""A helper that says "reverted" when it is aborted, whatever it did: believed at its experiment's own end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain import climbing
from chaos.domain.decisions import EndRung, Wait
from chaos.domain.injection import Progress
from chaos.domain.postcondition import not_freed
from chaos.domain.sight import ResultSeen
from chaos.domain.spec import Stage
from chaos.faults.catalogue import FAULTS
from tests.domain.views import NOW, a_sight, a_view, ago
from tests.support.builders import SECOND, a_disk_spec, a_latency_spec, injections_of, pods

(FILLED,), (DELAYED,) = injections_of(a_disk_spec()), injections_of(a_latency_spec())
THERE = Progress(0, injected_at=ago(15))


def said(injection, phase, status="reverted"):
    targets = {f"pod/api-{number}": status for number in range(3)}
    return a_sight(results=(ResultSeen("r", injection.name, phase=phase, targets=targets),))


def test_only_disk_fill_lies():
    lying = [name for name, fault in FAULTS.items() if "whether it could or not" in fault.stops]
    assert lying == ["disk-fill"]
    assert FILLED.postcondition.lies_when_aborted
    assert not DELAYED.postcondition.lies_when_aborted


@pytest.mark.parametrize("phase", ["Stopped", "Running", "Error", ""])
def test_after_a_stop_in_mid_fault_its_word_frees_no_pod(phase):
    assert not_freed(FILLED, THERE, said(FILLED, phase)) == ("api-0", "api-1", "api-2")
    assert not_freed(DELAYED, THERE, said(DELAYED, phase)) == ()


def test_an_experiment_that_ran_to_its_end_is_believed():
    assert not_freed(FILLED, THERE, said(FILLED, "Completed")) == ()
    assert not_freed(FILLED, THERE, said(FILLED, "Completed", "injected")) == ("api-0", "api-1", "api-2")


def test_pods_that_were_replaced_took_the_file_along():
    new = tuple(replace(pod, name=f"new-{pod.name}", uid=f"new-{pod.uid}") for pod in pods())
    assert not_freed(FILLED, THERE, replace(said(FILLED, "Stopped"), pods=new)) == ()


def a_rung(over_since, phase, spec):
    fault = replace(spec.fault, stages=(Stage(count=1), Stage(count=3)))
    injected_at = ago(over_since) - fault.duration
    progress = Progress(0, requested_at=injected_at, answered_at=injected_at, injected_at=injected_at)
    view = a_view(spec=replace(spec, faults=(fault,)), progress=(progress,), injections=injections_of(spec))
    return replace(view, seen=said(view.injections[0], phase))


@pytest.mark.parametrize(
    ("over_since", "phase", "spec", "expected"),
    [
        (1, "Running", a_disk_spec(), Wait()),
        (1, "Completed", a_disk_spec(), EndRung()),
        (31, "Running", a_disk_spec(), EndRung()),
        (1, "Running", a_latency_spec(), EndRung()),
    ],
)
def test_a_rung_of_it_is_let_come_to_its_own_end_but_not_for_ever(over_since, phase, spec, expected):
    assert climbing.OWN_END == timedelta(seconds=30) == 30 * SECOND
    assert climbing.decide(a_rung(over_since, phase, spec), NOW) == expected
