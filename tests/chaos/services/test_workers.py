"""Whether anybody is there to take runs up: asked through the queue, kept with its age."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest

from chaos import tasks, wiring
from chaos.models import Workers
from chaos.services import workers
from tests.support.launching import AT

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
DRIVES = [{"name": "drive"}, {"name": "control"}]


@pytest.fixture
def app(monkeypatch):
    """The broker's app; what `answers` holds is what workers say to each question."""
    found = mock.Mock(answers=None)
    found.control.inspect.return_value.active_queues.side_effect = lambda: found.answers
    monkeypatch.setattr(wiring, "current_app", found)
    monkeypatch.setattr(wiring.SystemClock, "now", lambda self: AT)
    return found


def test_those_count_that_take_runs_up(app):
    app.answers = {"one@here": DRIVES, "two@here": DRIVES, "three@here": [{"name": "control"}]}
    assert tasks.ask_workers() == 2
    assert workers.known() == workers.Known(AT, AT, 2)
    app.control.inspect.assert_called_once_with(timeout=1.0)


def test_nobody_who_answers_is_kept_as_well_beside_the_last_answer(app):
    workers.note(1, AT - 60 * SECOND)
    assert tasks.ask_workers() == 0
    assert workers.known() == workers.Known(AT, AT - 60 * SECOND, 0)
    assert Workers.objects.count() == 1


def test_a_broker_that_goes_away_meanwhile_is_nobody_who_answers(app):
    app.control.inspect.side_effect = OSError("connection refused")
    assert tasks.ask_workers() == 0


@pytest.mark.parametrize(
    ("asked", "answered", "state"),
    [(None, None, "unknown"), (5, 5, "reachable"), (5, 44, "reachable"), (5, 46, "unreachable"),
     (300, 300, "unreachable"), (5, None, "unreachable")],
)  # fmt: skip
def test_how_it_stands_follows_from_the_last_answer(asked, answered, state):
    ago = [None if seconds is None else AT - seconds * SECOND for seconds in (asked, answered)]
    known = workers.Known(*ago)
    assert known.state(AT) == state
    assert bool(known.sentence(AT)) is (state == "unreachable")


def test_since_when_nobody_has_answered_is_said():
    for ago, since in ((90, "since 09:58:30 UTC"), (86_400, "since 2026-06-30 10:00 UTC")):
        known = workers.Known(AT, AT - ago * SECOND)
        assert f"No worker has answered {since}:" in known.sentence(AT)
    assert "No worker has answered yet:" in workers.Known(AT).sentence(AT)


def test_whoever_launches_is_told_what_keeps_the_run_from_beginning():
    assert workers.after_launch(True, AT) == ""
    unrung = workers.after_launch(False, AT)
    assert unrung.startswith("Launched, but not begun. The queue could not be reached")
    assert "within 60 s; later than that, nothing is injected any more" in unrung
    workers.note(1, AT - 90 * SECOND)
    assert "No worker has answered since" in workers.after_launch(True, AT)
    workers.note(1, AT - SECOND)
    assert workers.after_launch(True, AT) == ""
