"""What a conductor is told, and how a day ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.domain import codec
from chaos.domain.injection import Progress
from chaos.domain.states import RunState
from chaos.models import RunInjection
from gameday.conduct import day, services
from gameday.conduct.day import DONE, REFUSED, STOPPED, Day, Undriven
from tests.gameday.cast import NOW, gather, imported, who
from tests.support.launching import a_run

SECOND = timedelta(seconds=1)


def _held(monkeypatch: pytest.MonkeyPatch, progress: Progress, **fields: object) -> tuple[int, str]:
    """A day whose only run ended before its fault was measured; its status and refusal."""
    gather()
    plan = imported()

    def launch(*_: object) -> str:
        run = a_run(RunState.ABORTED, **fields)
        RunInjection.objects.filter(run=run).update(progress=codec.to_plain(progress))
        return run

    monkeypatch.setattr(services, "launch", launch)
    held = Day(plan, who("fiona"), lambda line: None, lambda: False)
    return held.hold(), held.refusal


@pytest.mark.django_db
def test_a_fault_that_was_never_measured_is_not_said_to_have_been_absent(monkeypatch: pytest.MonkeyPatch):
    status, refusal = _held(monkeypatch, Progress(0))
    assert status == REFUSED
    assert refusal == "pod-kill was not conducted: its fault was never measured to be there."


@pytest.mark.django_db
def test_a_fault_that_was_requested_and_never_measured_may_have_been_there(monkeypatch: pytest.MonkeyPatch):
    status, refusal = _held(monkeypatch, Progress(0, intended_at=NOW, requested_at=NOW))
    assert status == REFUSED
    assert refusal == (
        "pod-kill was not conducted: its fault was never measured to be there. "
        "It was requested, so it may have been there."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "status"), [("person", STOPPED), ("halt", STOPPED), ("breach", DONE)])
def test_a_day_ends_where_a_person_stopped_it_and_goes_on_after_a_breach(
    monkeypatch: pytest.MonkeyPatch, kind: str, status: int
):
    there = Progress(0, intended_at=NOW, requested_at=NOW, injected_at=NOW)
    assert _held(monkeypatch, there, stop_wanted_at=NOW, stop_kind=kind)[0] == status


def test_a_run_that_nobody_takes_up_is_undriven_after_twelve_seconds():
    undriven = Undriven()
    assert not undriven.is_to_be_said(None, NOW)
    assert not undriven.is_to_be_said(None, NOW + 12 * SECOND)
    assert undriven.is_to_be_said(None, NOW + 13 * SECOND)


def test_a_run_whose_driver_died_is_undriven_twelve_seconds_after_its_lease():
    undriven, lease = Undriven(), NOW + 15 * SECOND
    assert not undriven.is_to_be_said(lease, NOW)
    assert not undriven.is_to_be_said(lease, lease + 12 * SECOND)
    assert undriven.is_to_be_said(lease, lease + 13 * SECOND)


def test_that_nobody_drives_is_said_again_every_thirty_seconds():
    undriven = Undriven()
    said = [number for number in range(100) if undriven.is_to_be_said(NOW, NOW + number * SECOND)]
    assert said == [13, 43, 73]


def test_a_driver_that_hands_on_leaves_nothing_to_say():
    undriven = Undriven()
    for number in range(60):
        at = NOW + number * SECOND
        handing_on = number % 10 == 0
        assert not undriven.is_to_be_said(None if handing_on else at + 15 * SECOND, at)


@pytest.mark.django_db
def test_the_conductor_says_what_to_start_when_a_driver_has_died(monkeypatch: pytest.MonkeyPatch):
    gather()
    plan, lines = imported(), list[str]()
    run = a_run(RunState.INJECTING, lease_until=NOW)
    monkeypatch.setattr(services, "launch", lambda *_: run)
    monkeypatch.setattr(day, "LOOK_EVERY", 0)
    looks = iter([False, False, True])
    monkeypatch.setattr(Day, "_is_given_up", lambda *_: next(looks))
    Day(plan, who("fiona"), lines.append, lambda: False).hold()
    assert any("Nobody drives this run" in line for line in lines)
    assert any("celery -A gameday worker" in line for line in lines)
