"""Many writers at once: no gap, no fork, no deadlock. SQLite has one writer at a time by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from chaos.journal import ORGANISATION
from chaos.journal.checkpoints import checkpoint
from chaos.journal.models import JournalEntry
from chaos.journal.record import append
from chaos.journal.verify import verify
from tests.chaos.journal.conftest import AT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL.")


def test_writers_openers_and_checkpoints_at_once_leave_sound_chains() -> None:
    def write(number: int) -> None:
        try:
            for turn in range(5):
                with transaction.atomic():
                    append(f"plan:{(number + turn) % 3}", "note", f"{number} {turn}", at=AT)
                    append(ORGANISATION, "note", f"{number} {turn}", at=AT)
                checkpoint(AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    report = verify()
    assert report.is_sound, report.broken
    assert JournalEntry.objects.filter(kind="note").count() == 80
    assert JournalEntry.objects.filter(kind="stream.opened").count() == 3
    assert report.checkpoints == 40
