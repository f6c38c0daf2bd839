from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from chaos.domain.errors import Refused
from chaos.models import Halt
from gameday.conduct import services
from gameday.people.services import add_person
from tests.gameday.cast import NOW, gather, who
from tests.support.cluster_port import QuietCluster
from tests.support.launching import a_cluster

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def halted(monkeypatch: pytest.MonkeyPatch) -> None:
    gather()
    monkeypatch.setattr(services.wiring, "cluster_ports", dict)
    Halt.objects.create(at=NOW, by="fiona", reason="A real incident.")


def _is_held() -> bool:
    return Halt.objects.filter(released_at=None).exists()


def test_an_administrator_releases_a_halt_with_a_reason():
    services.release(who("ada"), "The incident is over.", NOW)
    assert not _is_held()


@pytest.mark.parametrize("username", ["fiona", "anna", "petra", "ravi"])
def test_nobody_else_does_and_is_told_who_may(username: str):
    with pytest.raises(Refused, match=r"may not release a halt; that takes an administrator of a team\."):
        services.release(who(username), "We want to go on.", NOW)
    assert _is_held()


def test_where_two_have_to_release_the_first_only_asks(settings: Any, client: Client):
    settings.RELEASE_TAKES_TWO = True
    add_person("omar", "Omar", "payments", ["administrator"], by=who("ada"))
    client.force_login(who("ada"), backend=BACKEND)
    for _ in range(2):
        answer = client.post("/release", {"reason": "It is over."}, follow=True)
        assert "A second administrator has to release it too, within an hour." in answer.content.decode()
        assert _is_held()
    client.force_login(who("omar"), backend=BACKEND)
    page = client.get("/halt").content.decode()
    assert "Two administrators have to" in page
    assert page.count("Ada has asked to release everything") == 1, "asked twice, it is one word"
    assert "It is over. Another administrator than Ada has to release it too" in page
    answer = client.post("/release", {"reason": "I looked too."}, follow=True)
    assert "Released." in answer.content.decode() and not _is_held()
    assert "has asked to release" not in client.get("/halt").content.decode()


def test_one_cluster_is_halted_and_released_by_its_name_and_the_page_says_which(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    Halt.objects.update(released_at=NOW)
    a_cluster("second", "uid-of-second")
    ports = {"practice": QuietCluster(), "second": QuietCluster()}
    for name in ("cluster_ports", "ports_for_a_halt"):
        monkeypatch.setattr(services.wiring, name, lambda: ports)
    client.force_login(who("ada"), backend=BACKEND)
    answer = client.post("/halt", {"reason": "Its disks.", "cluster": "second"}, follow=True)
    words = answer.content.decode()
    assert "Halted on second, and written down: nothing starts there" in words
    assert "Halted on second." in words and '<option value="second">second</option>' in words
    assert ports["second"].lever and not ports["practice"].lever
    answer = client.post("/halt", {"reason": "A slip.", "cluster": "third"}, follow=True)
    assert "no cluster" in answer.content.decode() and "nothing was halted" in answer.content.decode()
    answer = client.post("/release", {"reason": "New disks.", "cluster": "second"}, follow=True)
    assert "may be launched again on second" in answer.content.decode() and not _is_held()


def test_with_everything_halted_a_page_says_so_whatever_was_halted_before(client: Client):
    one = a_cluster("second", "uid-of-second")
    Halt.objects.create(at=NOW - timedelta(hours=1), by="fiona", reason="Its disks.", cluster=one)
    client.force_login(who("ravi"), backend=BACKEND)
    words = client.get("/").content.decode()
    assert "<strong>Halted.</strong> A real incident." in words and "Halted on second." not in words


def test_the_command_halts_and_releases_one_cluster(monkeypatch: pytest.MonkeyPatch, capsys: Any):
    Halt.objects.update(released_at=NOW)
    a_cluster("second", "uid-of-second")
    ports = {"practice": QuietCluster(), "second": QuietCluster()}
    for name in ("cluster_ports", "ports_for_a_halt"):
        monkeypatch.setattr(services.wiring, name, lambda: ports)
    call_command("halt", "--as", "ada", "--reason", "Its disks", "--cluster", "second")
    assert "nothing starts on second until" in capsys.readouterr().out
    assert ports["second"].lever and not ports["practice"].lever
    call_command("halt", "--release", "--as", "ada", "--reason", "New disks", "--cluster", "second")
    assert not _is_held() and ports["second"].lever == ""
    with pytest.raises(SystemExit):
        call_command("halt", "--as", "ada", "--cluster", "second", "--cluster", "practice")
    assert "One cluster at a time" in capsys.readouterr().err
