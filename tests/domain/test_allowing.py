"""Limits as they are now: read again before each injection, whichever run was launched under others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.allowing import READ_WITHIN
from chaos.domain.decide import decide
from chaos.domain.decisions import Request, Wait, WantStop
from chaos.domain.injection import Progress
from chaos.domain.states import RunState, StopKind
from chaos.domain.targets import Limits
from tests.domain.views import NOW, a_view, ago

ALLOWED = Limits(max_percent=50)


def answer(since=1.0, **changes):
    """To a run whose injection is to be asked for, named so many seconds ago."""
    progress = Progress(0, intended_at=ago(since))
    return decide(a_view(RunState.INJECTING, progress=(progress,), **changes), NOW)


def test_limits_from_before_the_targets_were_named_are_waited_for_and_then_missed():
    assert answer(limits_at=ago(1.0)) == Wait()
    assert answer(limits_at=None) == Wait()
    assert answer(limits_at=ago(0.9)) == Request(0)
    late = answer(READ_WITHIN.total_seconds() + 0.1, limits_at=ago(60))
    assert late.stop.kind is StopKind.RECORD
    assert "have not been read since 10:00:19 UTC" in late.stop.reason


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (replace(ALLOWED, max_percent=49), "3 of 6 pods is 50 %; this cluster allows 49 %."),
        (replace(ALLOWED, max_fault=timedelta(seconds=9)), "The fault lasts 10 s, the cluster allows 9 s at"),
        (replace(ALLOWED, min_ready_left=4), "3 of 6 ready pods would leave 3; 4 must be left."),
        (replace(ALLOWED, protected_namespaces=("payments",)), "Namespace payments is protected"),
        (replace(ALLOWED, opted_in_namespaces=("cards",)), "payments has not opted in"),
        (None, "The limits of this cluster cannot be read"),
    ],
)
def test_a_limit_that_is_passed_stops_the_run_with_the_limit_and_what_was_wanted(limits, sentence):
    decision = answer(limits=limits)
    assert isinstance(decision, WantStop)
    assert decision.stop.kind is StopKind.LIMITS
    assert decision.stop.reason.startswith("Nothing is injected: ")
    assert sentence in decision.stop.reason


def test_a_fault_that_cannot_be_proven_gone_needs_to_be_allowed_still():
    assert answer(is_unprovable=True).stop.kind is StopKind.LIMITS
    assert answer(is_unprovable=True, limits=replace(ALLOWED, allow_unprovable=True)) == Request(0)


def test_a_create_that_is_asked_for_again_keeps_to_the_limits_too():
    asked = Progress(0, intended_at=ago(4), requested_at=ago(3))
    view = a_view(RunState.INJECTING, progress=(asked,), last_act_at=ago(2.5), failed_acts=1)
    assert decide(view, NOW) == Request(0)
    lowered = replace(view, limits=replace(ALLOWED, max_percent=20))
    assert decide(lowered, NOW).stop.kind is StopKind.LIMITS
