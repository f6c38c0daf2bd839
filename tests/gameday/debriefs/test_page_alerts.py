"""The expected alerts on the debrief page: in time, late, or not known where nobody could know."""

from __future__ import annotations

import pytest
from django.db import transaction

from chaos.domain import codec
from chaos.journal import plan_stream
from chaos.journal.queries import entries
from chaos.journal.record import append
from chaos.models import SampleChunk
from chaos.services import evidence_queries
from chaos.services.rows import ALERTS
from gameday.debriefs.page_alerts import Line, lines_of
from tests.gameday.debriefs.a_day import SLUG, START, seconds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("conducted")]
STREAM = plan_stream(SLUG)
ZERO = START + seconds(10)
PODS, LATENCY = "PaymentsPodsMissing", "PaymentsLatencyHigh"  # expected within 15 s and 30 s


def said(*told: tuple[str, str, float]) -> dict[str, Line]:
    """What the page says of the first run's alerts, once the journal has these (kind, name, seconds)."""
    first = evidence_queries.runs_of(STREAM)[0]
    with transaction.atomic():
        for kind, name, after in told:
            append(STREAM, kind, name, at=ZERO + seconds(after), run=first.run, body={"alert": name})
    found = list(entries(STREAM).filter(kind__startswith="alert."))
    return {line[0]: line for line in lines_of([first], {first.run: found})[first.run]}


def nobody_watches(since: float, until: float) -> None:
    chunks = SampleChunk.objects.filter(probe=ALERTS, run__scenario="pod-failure")
    for chunk in chunks:
        began, ended = (codec.to_plain(ZERO + seconds(after)) for after in (since, until))
        kept = [row for row in chunk.readings if not began <= row[1] < ended]
        SampleChunk.objects.filter(pk=chunk.pk).update(readings=kept)


def test_an_alert_is_in_time_late_or_did_not_fire_where_somebody_watched():
    lines = said(("alert.fired", PODS, 17))
    assert lines[PODS] == (PODS, "fired after 17 s, 2.0 s late", False)
    assert lines[LATENCY] == (LATENCY, "did not fire", False)
    assert said(("alert.fired", LATENCY, 3))[LATENCY] == (LATENCY, "fired after 3.0 s", True)


def test_where_nobody_watched_it_is_not_known_and_the_page_says_from_when_to_when():
    nobody_watches(4, 18)
    lines = said(("alert.fired", PODS, 18))
    assert lines[PODS][1] == (
        "not known, firing after 18 s at the latest: nobody watched the alerts from T+00:03 to T+00:18"
    )
    assert lines[LATENCY][1] == "not known: nobody watched the alerts from T+00:03 to T+00:18"


def test_an_alert_that_fired_before_the_fault_was_measured_did_not_fail_to_fire():
    lines = said(("alert.fired", PODS, -4), ("alert.fired", LATENCY, -5), ("alert.resolved", LATENCY, -4))
    assert lines[PODS][1] == "not known: it was firing before the fault was asked for"
    assert lines[LATENCY][1] == "did not fire"


def test_an_alert_that_fired_once_the_fault_was_asked_for_is_in_time():
    lines = said(("alert.fired", PODS, -2))
    assert lines[PODS] == (PODS, "fired 2.0 s before the fault was known to be there", True)


def test_of_a_whole_day_it_takes_one_query(django_assert_num_queries):
    runs = evidence_queries.runs_of(STREAM)
    with django_assert_num_queries(1):
        lines_of(runs, {})
