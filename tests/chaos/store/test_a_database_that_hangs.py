"""A PostgreSQL that takes every question and answers none holds up no driver whose fault is live."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Change
from chaos.domain.states import RunState
from chaos.services import store as module
from chaos.services.store import DjangoStore
from tests.support.launching import AT, a_run

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ASKED: dict[str, Callable[[DjangoStore, str, int], object]] = {
    "record": lambda store, run, fence: store.record(run, fence, Change(at=AT)),
    "signals": lambda store, run, fence: store.signals(run),
    "renew": lambda store, run, fence: store.renew(run, fence, AT),
    "claim": lambda store, run, fence: store.claim(run, "another", AT),
}


@pytest.mark.parametrize("name", ASKED)
def test_it_is_hung_up_on_and_counts_as_away_and_is_asked_anew_after_that(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WITHIN", timedelta(milliseconds=300))
    store, run = DjangoStore(lambda: AT), a_run(RunState.INJECTING)
    fence = store.claim(run, "me", AT)
    assert fence
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE chaos_run IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="hung up on"):
            ASKED[name](store, run, fence)
        assert time.monotonic() - began < 3
    finally:
        other.close()
    ASKED[name](store, run, fence)
