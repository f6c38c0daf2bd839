"""A Stop acts before it is written down: who saw the act first must not blame anybody else for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.domain.stopping import why_stop
from tests.domain.views import NOW, a_sight, a_view

SECOND = timedelta(seconds=1)
PRESSED = Stop(NOW, StopKind.PERSON, "Smoke.", "otto")
GONE = Stop(NOW + SECOND, StopKind.FAULT, "Its engine is gone.")


@pytest.mark.parametrize("kind", [StopKind.FAULT, StopKind.BLIND, StopKind.RECORD])
@pytest.mark.parametrize("pressed", [PRESSED, replace(PRESSED, kind=StopKind.HALT)])
def test_what_a_person_had_pressed_before_explains_what_the_run_found(pressed, kind):
    assert pressed.explains(replace(GONE, kind=kind))


@pytest.mark.parametrize("kind", [StopKind.BREACH, StopKind.BASELINE, StopKind.DEADLINE, StopKind.LIMITS])
def test_it_is_not_what_brings_about_a_breach_or_a_deadline(kind):
    assert not PRESSED.explains(replace(GONE, kind=kind))


def test_who_pressed_after_the_run_had_found_it_did_not_bring_it_about():
    assert not replace(PRESSED, at=GONE.at + 2 * SECOND).explains(GONE)
    assert replace(PRESSED, at=GONE.at + 0.5 * SECOND).explains(GONE), "two clocks are never the same"


def test_a_persons_stop_takes_no_other_persons_place_and_the_run_takes_nobodys():
    assert not PRESSED.explains(replace(GONE, by="petra"))
    assert not GONE.explains(PRESSED)
    assert not replace(GONE, at=NOW - SECOND).explains(GONE)


def robbed(**changes):
    return replace(a_view(), state=RunState.INJECTING, seen=a_sight(engines=()), **changes)


def test_before_anybody_is_blamed_what_people_want_is_read_once_more():
    seen_at = robbed().seen.at
    assert why_stop(robbed(limits_at=seen_at - timedelta(milliseconds=1)), NOW) is None
    assert "somebody deleted it" in why_stop(robbed(limits_at=seen_at), NOW).reason


def test_it_is_not_waited_for_where_it_cannot_be_read():
    seen_at = robbed().seen.at
    assert why_stop(robbed(limits_at=NOW - 3 * SECOND), NOW)
    assert why_stop(robbed(limits_at=seen_at - SECOND, record_lost_since=seen_at), NOW)
