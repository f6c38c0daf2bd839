"""Several drivers and several writers at the same instant, on real threads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from chaos.domain.record import Change, Event
from chaos.domain.run import Marks, Stop
from chaos.domain.states import StopKind
from chaos.journal.models import JournalEntry
from chaos.services.store import DjangoStore
from tests.support.at_once import at_once
from tests.support.launching import AT, a_run

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
STORE = DjangoStore(lambda: AT)


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL.")


def test_of_drivers_that_claim_at_once_exactly_one_gets_the_run():
    run = a_run()
    for turn in range(10):
        now = AT + turn * timedelta(minutes=1)
        given = at_once([lambda n=n, now=now: STORE.claim(run, f"driver-{n}", now) for n in range(6)])
        assert [fence for fence in given if fence is not None] == [turn + 1]


def test_of_stops_wanted_at_once_one_is_latched_and_every_write_is_whole():
    run = a_run()
    fence = STORE.claim(run, "first", AT)
    deeds = [
        lambda n=n: STORE.record(
            run,
            fence,
            Change(
                AT,
                stop=Stop(AT, StopKind.FAULT, f"reason {n}"),
                marks=Marks(granted_at=AT),
                events=(Event("note", f"{n}", AT), Event("note", f"{n}", AT)),
            ),
        )
        for n in range(6)
    ]
    assert at_once(deeds) == [True] * 6
    said = list(JournalEntry.objects.filter(kind="note").order_by("seq").values_list("text", flat=True))
    assert len(said) == 12
    assert said[::2] == said[1::2], "the two of one change stand together"
    assert STORE.signals(run).stop.reason == f"reason {said[0]}", "the first one that was written"
