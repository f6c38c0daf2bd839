"""A lever pulled in a cluster, by kubectl or by who died before writing it down, is told and released."""

from __future__ import annotations

import pytest
from django.test import Client

from chaos.models import Cluster, Halt
from chaos.services import contact, levers
from gameday.conduct import services
from tests.gameday.cast import NOW, gather, who
from tests.support.cluster_port import QuietCluster

BACKEND = "django.contrib.auth.backends.ModelBackend"
BY = "pulled in the cluster, on no record here"

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> QuietCluster:
    gather()
    name, port = Cluster.objects.get().name, QuietCluster(lever="Gameday is gone (by otto)")
    contact.note(name, [(contact.CLUSTER, contact.Preflight("cluster", True, "It answers."))], NOW)
    monkeypatch.setattr(services.wiring, "cluster_ports", lambda: {name: port})
    levers.look({name: port}, NOW)
    return port


def page(path: str, username: str = "ada") -> str:
    client = Client()
    client.force_login(who(username), backend=BACKEND)
    return client.get(path).content.decode()


def test_the_halt_page_says_where_why_and_that_it_is_on_no_record(cluster: QuietCluster):
    said = page("/halt")
    assert f"<td>practice</td><td>{BY}</td><td>Gameday is gone (by otto)</td>" in said
    assert "Nothing is halted" not in said and "Nothing starts there until it is released." in said


@pytest.mark.parametrize("path", ["/", "/plans/", "/halt"])
def test_every_page_says_so_to_everybody(cluster: QuietCluster, path: str):
    said = page(path, "ravi")
    assert "Halted on practice." in said and f"Gameday is gone (by otto) ({BY}, " in said


def test_the_first_page_no_longer_says_that_nothing_is_halted(cluster: QuietCluster):
    said = page("/")
    assert "Nothing is halted" not in said and "Nothing starts on practice." in said


def test_it_is_counted_for_whoever_is_to_be_woken(cluster: QuietCluster):
    assert "gameday_halts 1\n" in Client().get("/metrics").content.decode()


def test_the_release_that_is_offered_first_takes_it_off_and_every_page_knows(cluster: QuietCluster):
    client = Client()
    client.force_login(who("ada"), backend=BACKEND)
    first = client.get("/halt").context["releasable"][0]
    answer = client.post("/release", {"reason": "Over.", "cluster": first}, follow=True)
    assert cluster.lever == "" and not Halt.objects.exists()
    assert "Nothing is halted." in answer.content.decode()
    assert "gameday_halts 0\n" in Client().get("/metrics").content.decode()
