"""The clock that runs are driven by: the database's, and steady."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from chaos import tasks, wiring
from chaos.models import Run
from chaos.services.clock import SteadyClock, database_now
from tests.support.launching import AT, a_run

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@dataclass
class Machine:
    """`wall` can be set, as by somebody or by NTP; `since_boot` cannot."""

    wall: datetime = AT
    since_boot: float = 1000.0

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.since_boot)


def test_until_it_is_told_better_it_is_what_the_machine_says():
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR
    assert clock.now() == AT + HOUR


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_settled_it_goes_on_whatever_becomes_of_the_machines_clock(jump):
    machine = Machine()
    clock = machine.clock()
    clock.settle(AT + HOUR)
    machine.wall += jump
    machine.since_boot += 7
    assert clock.now() == AT + HOUR + 7 * SECOND


@pytest.mark.django_db
def test_each_drive_begins_with_the_databases_time():
    run = a_run()
    with mock.patch.object(wiring, "CLOCK", SteadyClock(lambda: AT)):
        ports = wiring.ports_of_run(run)
        now = ports.clock.now()
        assert abs(now - database_now()) < SECOND
        assert now != AT


@pytest.mark.django_db
def test_the_database_says_what_time_it_is():
    a_run()
    assert abs(database_now() - datetime.now(UTC)) < SECOND


@pytest.mark.django_db
def test_whether_a_lease_is_over_is_told_by_the_databases_time(monkeypatch):
    """A machine whose clock is behind would leave a run alone whose driver is long gone."""
    run, rung = a_run(), list[str]()
    Run.objects.update(owner="gone", lease_until=database_now() - SECOND)
    monkeypatch.setattr(wiring, "ring", rung.append)
    assert tasks.sweep() == 1
    assert rung == [run]
