"""`manage.py halt`, as somebody types it who has been woken up."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from chaos.domain.errors import Transient
from chaos.journal.models import JournalEntry
from chaos.models import Halt
from gameday.conduct import services
from tests.gameday.cast import gather
from tests.support.cluster_port import QuietCluster, left

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cluster(monkeypatch: pytest.MonkeyPatch) -> QuietCluster:
    gather()
    port = QuietCluster()
    monkeypatch.setattr(services.wiring, "ports_for_a_halt", lambda: {"practice": port})
    return port


def test_a_name_that_nobody_has_halts_as_well_and_is_on_record_as_given(cluster: QuietCluster, capsys: Any):
    call_command("halt", "--as", "night-shift", "--reason", "Errors at the till")
    said = capsys.readouterr()
    assert cluster.lever == "Errors at the till (by night-shift)"
    assert "'night-shift' is nobody who is active here: it goes on record as it was given." in said.err
    assert "Halted: nothing starts until somebody releases it" in said.out
    assert Halt.objects.get(released_at=None).by == "night-shift"
    assert JournalEntry.objects.get(kind="halt.pulled").actor == "night-shift"


def test_a_name_that_is_known_is_not_remarked_on(capsys: Any):
    call_command("halt", "--as", "ada")
    assert capsys.readouterr().err == ""


def test_what_is_only_told_to_go_is_not_called_gone_and_who_sets_back_is_named(
    cluster: QuietCluster, capsys: Any
):
    cluster.residues, cluster.is_over = (left("gd-1-0"),), False
    call_command("halt", "--as", "ada")
    said = capsys.readouterr().out
    assert "practice: ChaosEngine chaos/gd-1-0" in said
    assert "On its way out, and not gone yet: practice. `manage.py residue` says what is left" in said
    assert "`manage.py halt --no-db` waits for it" in said


def test_releasing_still_takes_somebody_who_may(capsys: Any):
    call_command("halt", "--as", "ada")
    with pytest.raises(SystemExit):
        call_command("halt", "--release", "--as", "night-shift", "--reason", "Quiet again.")
    assert "There is nobody with the username 'night-shift'" in capsys.readouterr().err
    assert Halt.objects.filter(released_at=None).exists()


def test_where_no_cluster_is_known_it_says_that_nothing_was_stopped_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    monkeypatch.setattr(services.wiring, "ports_for_a_halt", dict)
    with pytest.raises(SystemExit) as ended:
        call_command("halt", "--as", "ada", "--reason", "Errors at the till")
    said = capsys.readouterr()
    assert ended.value.code == 2 and "NOTHING WAS STOPPED IN ANY CLUSTER" in said.err
    assert "deploy/halt.sh" in said.err and "Halted:" not in said.out


@pytest.mark.parametrize("verb", ["pull_lever", "revert_all"])
def test_that_nothing_was_there_is_not_said_where_something_did_not_go_through(
    verb: str, cluster: QuietCluster, capsys: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chaos.services.halting.TRIES", 1)
    cluster.fail[verb] = Transient("The API server answered 503.")
    with pytest.raises(SystemExit) as ended:
        call_command("halt", "--as", "ada")
    said = capsys.readouterr()
    assert ended.value.code == 2 and "practice: did not go through: The API server answered 503." in said.err
    assert "nothing of ours was there" not in said.out


def test_that_nothing_was_there_is_said_where_all_was_seen(capsys: Any):
    call_command("halt", "--as", "ada")
    assert "practice: nothing of ours was there\n" in capsys.readouterr().out
