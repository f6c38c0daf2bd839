"""What the plan expects of the platform's alerts, ticked off as they fire."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.gameday.cast import NOW
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import DAY as TEXT
from tests.gameday.conduct.conftest import a_day
from tests.gameday.conduct.reading import page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
SECOND = timedelta(seconds=1)


def test_expected_alerts_tick_themselves_off(db, cluster):
    within = {"Early": "15s", "Word": "9s", "Slow": "5s", "Missing": "5s", "Ahead": "25s", "Old": "9s"}
    alerts = "".join(
        f"      - {{name: {name}, severity: page, route: on-call, within: {time}}}\n"
        for name, time in within.items()
    )
    plan = a_day(TEXT.replace("    durations:", f"    expected_alerts:\n{alerts}    durations:"))
    run = a_run.live(plan)
    a_run.alerts_read(run, *range(12, 0, -1))
    for name, seconds in (("Old", 15), ("Word", 11), ("Early", 8), ("Slow", 2), ("Strange", 1)):
        a_run.told(run, "alert.fired", f"Alert {name} fires.", NOW - seconds * SECOND, alert=name)
    words = page("fiona")
    for part in (
        "In time Early page to on-call, within 15 s T+00:02",
        "Late Slow page to on-call, within 5 s T+00:08",
        "Not seen in time Missing",
        "Awaited Ahead page to on-call, within 25 s due in 15 s",
        "Fired before Old",
        "In time Word page to on-call, within 9 s T\u221200:01",
        "Also fired: Strange T+00:09",
    ):
        assert part in words, part


def test_what_nobody_watched_is_not_said_to_have_been_too_late(db, cluster):
    within = {"Slow": "5s", "Missing": "7s", "Seen": "9s"}
    expected = "".join(
        f"      - {{name: {name}, severity: page, route: on-call, within: {time}}}\n"
        for name, time in within.items()
    )
    plan = a_day(TEXT.replace("    durations:", f"    expected_alerts:\n{expected}    durations:"))
    run = a_run.live(plan)
    a_run.alerts_read(run, 12, 11, 10, 9, 2, 1)
    for name in ("Slow", "Seen"):
        a_run.told(run, "alert.fired", f"Alert {name} fires.", NOW - 2 * SECOND, alert=name)
    words = page("fiona")
    for part in (
        "Not watched Slow page to on-call, within 5 s T+00:08",
        "Not watched Missing",
        "In time Seen",
    ):
        assert part in words, part
    assert "Not seen in time" not in words
