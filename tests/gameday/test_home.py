"""The first page: it says what to do next, to each person what is theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from chaos.models import Halt, Workers
from chaos.services import workers
from gameday.home import views
from gameday.plans.services import import_plan
from tests.gameday.cast import NOW, a_cluster, gather, imported, look, who
from tests.gameday.plans.documents import SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(views.timezone, "now", lambda: datetime(2026, 6, 1, 12, 0, tzinfo=UTC))


def home(username: str) -> str:
    client = Client()
    client.force_login(who(username), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def approved() -> None:
    from gameday.approvals import services

    services.approve("small-day", who("anna"), "Read.", NOW, look=look)
    services.acknowledge("small-day", "on-call", who("ravi"), NOW)


def test_on_a_fresh_installation_it_says_how_to_begin_to_each_role():
    gather()
    assert "Plan the first one" in home("petra")
    assert "register a cluster" in home("ada")
    assert "A planner of your team begins" in home("ravi")


def test_each_finds_what_waits_for_them_and_nobody_what_is_not_theirs():
    gather()
    imported()
    assert "waits for a decision" in home("anna")
    assert "on-call must know of A small day" in home("ravi")
    assert "waits for a decision" not in home("petra")
    assert "waits for others: 1 approval and 1 party to be told" in home("petra")
    assert "waits for a decision" not in home("fiona")  # an approver, but she facilitates


def test_a_decision_made_and_a_word_given_wait_no_longer_and_the_facilitator_is_next():
    gather()
    imported()
    approved()
    assert "waits for a decision" not in home("anna")
    assert "must know of" not in home("ravi")
    assert "is ready: 1 scenario to conduct" in home("fiona")
    assert "is ready" not in home("ravi")


def test_a_rejected_plan_waits_for_its_planner():
    from gameday.approvals import services

    gather()
    imported()
    services.reject("small-day", who("anna"), "Too many pods.", NOW)
    assert "was rejected" in home("petra")


def test_it_takes_the_same_queries_for_twelve_plans_as_for_one(django_assert_max_num_queries):
    gather()
    for number in range(12):
        text = SMALL.replace("small-day", f"day-{number}").replace("cluster: practice", "cluster: practice")
        import_plan(text.encode(), "plan.yaml", who("petra"), NOW)
    client = Client()
    client.force_login(who("anna"), backend="django.contrib.auth.backends.ModelBackend")
    client.get("/")
    with django_assert_max_num_queries(23):
        client.get("/")


def test_a_cluster_that_nobody_has_asked_yet_is_not_called_reachable():
    gather()
    a_cluster("other")
    text = home("ravi")
    assert "not asked yet" in text
    assert "Reachable" not in text


def test_who_takes_runs_up_is_said_with_its_age():
    gather()
    now = views.timezone.now()
    assert "not asked yet" in home("ravi")
    workers.note(2, now - timedelta(seconds=4))
    assert "2 workers" in home("ravi") and "4 s ago" in home("ravi")
    workers.note(0, now)
    Workers.objects.update(answered_at=now - timedelta(minutes=3))
    text = home("ravi")
    assert "Unreachable" in text and "No worker has answered since 11:57:00 UTC" in text


def test_a_halt_is_told_with_the_name_of_whoever_halted():
    gather()
    Halt.objects.create(at=views.timezone.now(), by="fiona", reason="A real incident.")
    Halt.objects.create(at=views.timezone.now(), by="root", reason="From a terminal.")
    assert "A real incident. (Fiona, " in home("ravi")
    client = Client()
    client.force_login(who("ravi"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/halt").content.decode()
    assert "<td>Fiona</td><td>A real incident.</td>" in page and "<td>root</td>" in page
