"""What a conductor is told, and how a day ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.domain import codec
from chaos.domain.injection import Progress
from chaos.domain.states import RunState
from chaos.models import RunInjection
from gameday.conduct import services
from gameday.conduct.day import REFUSED, Day
from tests.gameday.cast import NOW, gather, imported, who
from tests.support.launching import a_run

SECOND = timedelta(seconds=1)


def _held(monkeypatch: pytest.MonkeyPatch, progress: Progress) -> tuple[int, str]:
    """A day whose only run ended before its fault was measured; its status and refusal."""
    gather()
    plan = imported()

    def launch(*_: object) -> str:
        run = a_run(RunState.ABORTED)
        RunInjection.objects.filter(run=run).update(progress=codec.to_plain(progress))
        return run

    monkeypatch.setattr(services, "launch", launch)
    held = Day(plan, who("fiona"), lambda line: None, lambda: False)
    return held.hold(), held.refusal


@pytest.mark.django_db
def test_a_fault_that_was_never_measured_is_not_said_to_have_been_absent(monkeypatch: pytest.MonkeyPatch):
    status, refusal = _held(monkeypatch, Progress(0))
    assert status == REFUSED
    assert refusal == "pod-kill was not conducted: its fault was never measured to be there."


@pytest.mark.django_db
def test_a_fault_that_was_requested_and_never_measured_may_have_been_there(monkeypatch: pytest.MonkeyPatch):
    status, refusal = _held(monkeypatch, Progress(0, intended_at=NOW, requested_at=NOW))
    assert status == REFUSED
    assert refusal == (
        "pod-kill was not conducted: its fault was never measured to be there. "
        "It was requested, so it may have been there."
    )
