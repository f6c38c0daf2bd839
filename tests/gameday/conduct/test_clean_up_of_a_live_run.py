"""The clean-up of a run that is not over and of which nothing is listed as left, page and terminal."""

from __future__ import annotations

import pytest

from chaos.models import Run
from tests.gameday.cast import NOW
from tests.gameday.conduct.a_run import SECOND, launched, live
from tests.gameday.conduct.test_clean_up import page
from tests.gameday.conduct.test_clean_up_from_a_terminal import command  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_that_nobody_drives_it_is_said_where_nothing_is_listed_either(day):
    run = live(day)
    Run.objects.filter(pk=run).update(lease_until=NOW - 60 * SECOND)
    said = page(run)
    assert "What is left" not in said and "Nobody drives this run" in said
    assert f"manage.py drive {run}" in said


def test_a_run_that_is_driven_is_not_remarked_on(day):
    assert "Nobody drives this run" not in page(live(day))


def test_a_run_that_is_not_over_is_never_said_to_have_left_nothing(day, command):  # noqa: F811
    run = live(day)
    Run.objects.filter(pk=run).update(owner="worker-1:42:0a1b2c3d")
    status, said = command("left", run)
    assert (
        status == 2
        and f"The run {run} is not over (injecting). It is driven by worker-1:42:0a1b2c3d." in said
    )
    assert "is not measured to be gone" in said and "Nothing is on record as left" not in said


def test_that_nobody_drives_it_is_said_and_how_somebody_does(day, command):  # noqa: F811
    run = live(day)
    Run.objects.filter(pk=run).update(
        lease_until=NOW - 60 * SECOND, stop_wanted_at=NOW - 90 * SECOND, stop_kind="person"
    )
    status, said = command("left", run)
    assert status == 2 and "not over (injecting, told to stop at " in said
    assert "and NOBODY DRIVES IT" in said and f"manage.py drive {run}" in said


def test_a_run_that_waits_for_a_worker_has_sent_nothing(day, command):  # noqa: F811
    status, said = command("left", launched(day))
    assert (
        status == 2 and "It waits for a worker to take it up." in said and "No fault was sent so far." in said
    )
