"""`manage.py run stop`: one sentence for each run on whether its fault is proven gone."""

from __future__ import annotations

from argparse import Namespace
from unittest import mock

import pytest
from django.core.management import call_command

from chaos.domain import codec
from chaos.domain.states import RunState
from chaos.models import Run, RunInjection
from chaos.services import queries
from gameday.conduct import cli, services
from gameday.conduct.cli import outcome
from gameday.conduct.day import Day
from tests.gameday.cast import NOW
from tests.gameday.conduct import a_run

pytestmark = pytest.mark.django_db


def said_of(run: str) -> str:
    return outcome(queries.summary(run))


def test_a_run_that_ended_before_its_fault_was_sent_injected_nothing(day):
    run = a_run.launched(day)
    a_run.driven(run, RunState.ABORTED)
    assert said_of(run) == "Nothing was injected."


def test_a_run_that_ended_after_it_is_proven_gone_by_its_title(day):
    run = a_run.launched(day)
    title = queries.summary(run).title
    a_run.driven(run, RunState.ABORTED, requested_at=NOW, injected_at=NOW)
    assert said_of(run) == f"The fault of {title} is proven gone."


@pytest.mark.parametrize("how", ["late", "left alone"])
def test_a_run_to_which_something_came_after_its_end_is_not_proven_gone_any_more(day, how):
    run = a_run.launched(day)
    a_run.driven(run, RunState.ABORTED, requested_at=NOW, injected_at=NOW)
    if how == "late":
        Run.objects.filter(pk=run).update(late_since=NOW)
    else:
        row = RunInjection.objects.get(run=run)
        row.progress |= {"left_alone_at": codec.to_plain(NOW)}
        row.save()
    assert not queries.summary(run).is_proven_gone
    said = said_of(run)
    assert said.startswith("NOT proven gone") and f"manage.py run certificate {run}" in said
    assert "manage.py drive" not in said, "nobody drives a run that is over"


def test_a_run_that_has_not_ended_is_not_proven_gone_and_says_what_to_do(day, cluster, capsys):
    run = a_run.live(day)
    with pytest.raises(SystemExit) as ended:
        call_command("run", "stop", "--all", "--as", "ada", "--wait", "0.01")
    assert ended.value.code == 2
    words = capsys.readouterr().out
    assert f"NOT proven gone: the fault of {queries.summary(run).title}" in words
    assert f"manage.py drive {run}" in words


def test_a_run_that_waits_for_its_steady_state_says_that_nothing_was_injected_so_far(day):
    run = a_run.launched(day)
    a_run.driven(run, RunState.BASELINING)
    assert "has not ended (baselining); nothing was injected so far." in said_of(run)


def test_a_conductor_whose_reader_is_gone_still_stops_what_is_live(day, cluster, monkeypatch):
    """As with `plan conduct … | tee`: Ctrl-C ends the reader first, and the next line finds nobody."""
    run = a_run.live(day)
    cluster.said.clear()
    monkeypatch.setattr(services, "launch", lambda *_: run)
    monkeypatch.setattr("gameday.conduct.cli.signal.signal", lambda number, handler: handler(number, None))
    monkeypatch.setattr(Day, "_is_given_up", lambda *_: True)
    nobody = mock.Mock(side_effect=BrokenPipeError)
    cli._conduct(Namespace(plan=day.slug, user="fiona", scenario="pod-kill", events_to=None), nobody)
    assert f"revert {run}" in cluster.said
    assert queries.summary(run).was_stopped_by_person
    assert nobody.called


@pytest.mark.parametrize("words", [["0a1b2c3d"], []], ids=["no such run", "none was named"])
def test_where_no_run_is_meant_nothing_is_stopped(day, cluster, capsys, words):
    run = a_run.live(day)
    with pytest.raises(SystemExit) as ended:
        call_command("run", "stop", *words, "--as", "ada")
    assert ended.value.code == 1 and not queries.summary(run).was_stopped_by_person
    said = capsys.readouterr().err
    assert "There is no live run 0a1b2c3d." in said if words else "Nothing was stopped: name a run" in said
