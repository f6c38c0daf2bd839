"""What the timeline says of alerts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chaos.domain.sight import Alert
from chaos.services.words import alert_changed

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SCRAPED = {"job": "cluster", "instance": "10.0.0.1:8080"}
TICKET = {"severity": "ticket", "team": "platform", "route": "platform-queue"}


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            {**TICKET, **SCRAPED, "namespace": "payments", "deployment": "fraud-detector"},
            " (ticket, platform-queue; deployment fraud-detector, namespace payments).",
        ),
        ({**TICKET, **SCRAPED}, " (ticket, platform-queue; instance 10.0.0.1:8080, job cluster)."),
        ({"severity": "page", "team": "payments"}, " (page, payments)."),
        ({"deployment": "payments-api"}, " (deployment payments-api)."),
        ({}, "."),
    ],
)
def test_an_alert_is_told_from_others_of_its_name(labels, said):
    assert alert_changed(Alert("Missing", "firing", labels), True, AT).text == "Alert Missing fires" + said


def test_an_alert_that_ends_is_named_as_it_began():
    alert = Alert("Missing", "firing", {"deployment": "payments-api"})
    assert alert_changed(alert, False, AT).text == "Alert Missing is resolved (deployment payments-api)."
