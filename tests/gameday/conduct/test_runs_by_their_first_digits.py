"""Engines, labels and `manage.py residue` have 8 digits of a run's id: they name it to `manage.py` too."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from chaos import wiring
from chaos.models import Run
from chaos.services import queries
from chaos.services.drive import End
from tests.gameday.conduct.a_run import live
from tests.gameday.conduct.test_clean_up import proven
from tests.gameday.conduct.test_clean_up_from_a_terminal import command  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.mark.parametrize("as_typed", [lambda run: run[:8], lambda run: run[:13], lambda run: run.upper()])
def test_the_first_digits_of_its_id_name_a_run(day, command, as_typed):  # noqa: F811
    run = proven(day)
    assert command("left", as_typed(run)) == (0, "Nothing is on record as left.\n")
    assert f"run {run} on" in command("certificate", as_typed(run))[1]


def test_digits_that_fit_several_runs_name_none_and_it_says_which(day, command):  # noqa: F811
    run = proven(day)
    other = f"{run[:8]}-0000-4000-8000-000000000000"
    row = Run.objects.get(pk=run)
    row.pk = other
    row.save(force_insert=True)
    status, said = command("left", run[:8])
    assert status == 1 and "the beginning of several runs" in said and run in said and other in said
    assert command("left", run)[0] == 0


def test_the_first_digits_of_a_live_run_stop_it(day, cluster):
    run = live(day)
    call_command("run", "stop", run[:8], "--as", "ada")
    assert queries.summary(run).was_stopped_by_person and f"revert {run}" in cluster.said


def test_they_name_the_run_that_is_driven_from_a_terminal(day, monkeypatch, capsys):
    run, driven = live(day), []
    monkeypatch.setattr(wiring, "host", lambda run: driven.append(run) or End.OVER)
    call_command("drive", run[:8])
    assert driven == [run]
    with pytest.raises(SystemExit) as ended:
        call_command("drive", "0a1b2c3d")
    assert ended.value.code == 1 and "There is no run 0a1b2c3d." in capsys.readouterr().err
