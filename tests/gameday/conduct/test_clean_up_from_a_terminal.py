"""The clean-up of a run from a terminal: what is left, breaking the glass, its review, the certificate."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from chaos.models import Strip
from gameday.people.services import add_person
from tests.gameday.cast import who
from tests.gameday.conduct.a_run import over
from tests.gameday.conduct.test_clean_up import glass, held, proven, stranded  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def command(capsys):
    """`command("left", run)`: the exit status and all that was said."""

    def run(*words: str) -> tuple[int, str]:
        status = 0
        try:
            call_command("run", *words)
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def test_what_is_left_is_said_with_its_commands(day, command):
    assert command("left", proven(day)) == (0, "Nothing is on record as left.\n")
    status, said = command("left", stranded(day))
    assert status == 2
    assert "node node-1 is not as it was (cordoned) (seen" in said
    assert "    kubectl uncordon node-1\n" in said


def test_the_glass_is_broken_and_reviewed_by_two_people(day, command, glass):  # noqa: F811
    run = stranded(day)
    engine = held(run).name
    words = ("strip", run, "--engine", engine, "--reason", "The operator is gone.", "--as")
    status, said = command(*words, "fiona")
    assert status == 1 and "may not take a finalizer off" in said
    status, said = command(*words, "ada")
    assert status == 0 and glass == [engine]
    number = str(Strip.objects.get().pk)
    assert f"manage.py run review {number}" in said
    assert command("review", number, "--note", "Fine.", "--as", "ada")[0] == 1
    add_person("iris", "Iris Auditor", "payments", ["auditor"], by=who("ada"))
    assert command("review", number, "--note", "It was so.", "--as", "iris")[0] == 0
    assert "reviewed by Iris Auditor" in command("certificate", run)[1]


def test_a_certificate_is_said_and_its_exit_status_tells_whether_there_is_proof(day, command):
    run = proven(day)
    status, said = command("certificate", run)
    assert status == 0 and ": clean. Every part of every postcondition was measured to hold." in said
    status, said = command("certificate", run, "--json")
    assert status == 0 and json.loads(said)["verdict"] == "clean"
    status, said = command("certificate", over(day))
    assert status == 2 and "NOT MEASURED" in said


@pytest.mark.parametrize("run", ["nonsense", "0a1b", "00000000-0000-4000-8000-000000000009"])
def test_a_run_that_is_not_there_is_said_to_be_so(db, command, run):
    assert command("certificate", run) == (1, f"There is no run {run}.\n")
