"""What the timeline says, so that no two lines of it look the same and mean different things."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chaos.domain.run import Word
from chaos.domain.sight import Alert
from chaos.domain.spec import ExpectationKind
from chaos.domain.states import Verdict
from chaos.domain.verdict import Outcome
from chaos.services.words import alert_changed, injected, judged
from tests.support.builders import a_manual_spec, injections_of

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


def test_two_expectations_on_one_probe_are_told_apart_by_what_was_expected():
    outcomes = (
        Outcome("breaker", ExpectationKind.HAPPENS_WITHIN, "== 1", Verdict.HELD, "It happened after 2.2 s."),
        Outcome("breaker", ExpectationKind.RECOVERS_WITHIN, "== 0", Verdict.DEVIATED, "It was still 1."),
    )
    assert judged(Verdict.DEVIATED, outcomes, AT).text == (
        "Verdict deviated. breaker == 1: held. It happened after 2.2 s. "
        "breaker == 0: deviated. It was still 1."
    )


def test_what_a_person_says_is_there_is_not_said_to_be_measured():
    (injection,) = injections_of(a_manual_spec())
    word = Word("injected", AT, "fiona")
    assert injected(injection, AT, AT, (), word).text == (
        "The fault counts as there by a person's word; since when was not measured."
    )
