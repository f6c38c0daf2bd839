"""A small approved day on a quiet cluster, for tests of the live page; no broker is rung."""

from __future__ import annotations

from unittest import mock

import pytest
from django.test import Client

from gameday.approvals import services as approvals
from gameday.conduct import arming, services
from gameday.people.services import add_person
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, gather, imported, look, who
from tests.gameday.plans.documents import SMALL
from tests.support.cluster_port import QuietCluster

PEOPLE = "people:\n  fiona: [facilitator]\n  ravi: [responder]\n"
WITH_A_SCRIBE = PEOPLE + "  sam: [scribe]\n  otto: [observer]\n"
DAY = SMALL.replace(PEOPLE, WITH_A_SCRIBE)
BLIND = DAY.replace("    durations:", "    audience: organisers\n    durations:")


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    """What would ring a worker."""
    rung = mock.Mock()
    monkeypatch.setattr("chaos.wiring.current_app", rung)
    return rung


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands still at NOW."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> QuietCluster:
    """Every cluster of the wiring."""
    port = QuietCluster(uid="uid-of-practice")
    for module in (services.wiring, arming):
        monkeypatch.setattr(module, "cluster_port", lambda name: port)
    monkeypatch.setattr(services.wiring, "cluster_ports", lambda: {"practice": port})
    monkeypatch.setattr(services.wiring, "ports_for_a_halt", lambda: {"practice": port})
    return port


def a_day(text: str = DAY, is_approved: bool = True) -> Plan:
    gather()
    for username in ("sam", "otto"):
        add_person(username, username.title(), "payments", by=who("ada"))
    plan = imported(text)
    if is_approved:
        approvals.approve("small-day", who("anna"), "Looks safe.", NOW, look=look)
        approvals.acknowledge("small-day", "on-call", who("ravi"), NOW)
    return plan


@pytest.fixture
def day(db: None, cluster: QuietCluster) -> Plan:
    return a_day()


def signed_in(username: str, **options: bool) -> Client:
    client = Client(**options)  # type: ignore[arg-type]
    client.force_login(who(username), backend="django.contrib.auth.backends.ModelBackend")
    return client
