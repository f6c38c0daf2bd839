"""A release where a cluster's lever cannot be taken off: what is released is said, and what still holds."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from chaos.domain.errors import Transient
from chaos.models import Halt
from chaos.services.releasing import release
from gameday.conduct import services
from tests.gameday.cast import NOW, gather
from tests.support.cluster_port import QuietCluster

pytestmark = pytest.mark.django_db
HELD = "taken off: first. Release it again. first: The API server answered 503 to: delete."


@pytest.fixture
def ports() -> dict[str, QuietCluster]:
    Halt.objects.create(at=NOW, by="fiona", reason="A real incident.")
    trouble = Transient("The API server answered 503 to: delete.")
    return {
        "first": QuietCluster(lever="held", fail={"release_lever": trouble}),
        "second": QuietCluster(lever="held"),
    }


def test_one_lever_that_stays_keeps_no_other_and_each_is_named(ports):
    with pytest.raises(Transient) as said:
        release("ada", "Over.", ports, NOW)
    assert not ports["second"].lever and ports["first"].lever
    assert str(said.value).startswith("Released on record and on second. STILL HELD")
    assert str(said.value).endswith(HELD)


def test_released_again_once_the_cluster_answers_it_is_off(ports):
    with pytest.raises(Transient):
        release("ada", "Over.", ports, NOW)
    ports["first"].fail.clear()
    release("ada", "Over.", ports, NOW)
    assert not ports["first"].lever


def test_a_terminal_says_so_in_a_sentence(ports, monkeypatch, capsys):
    gather()
    monkeypatch.setattr(services.wiring, "cluster_ports", lambda: ports)
    with pytest.raises(SystemExit) as ended:
        call_command("halt", "--release", "--as", "ada", "--reason", "Over.")
    printed = capsys.readouterr()
    assert ended.value.code == 1 and printed.out == "" and HELD in printed.err
