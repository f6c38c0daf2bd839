from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chaos.journal import ORGANISATION, plan_stream
from chaos.journal.chain import GENESIS
from chaos.journal.models import JournalEntry, JournalStream
from chaos.journal.record import append, head_of

AT = datetime(2026, 3, 5, 9, 0, 0, 123456, tzinfo=UTC)
PLAN = plan_stream("payments")


@pytest.mark.django_db
def test_entries_of_a_stream_are_numbered_without_gaps_and_chained() -> None:
    first = append(PLAN, "plan.imported", "Imported.", at=AT, actor="ada", actor_name="Ada Byron")
    second = append(PLAN, "plan.approved", "Approved.", at=AT, body={"share": Decimal("0.50"), "of": 6})
    assert (first.seq, second.seq) == (1, 2)
    assert first.prev_hash == GENESIS
    assert second.prev_hash == first.hash
    assert head_of(PLAN).hash == second.hash


@pytest.mark.django_db
def test_the_organisation_records_the_opening_of_every_other_stream() -> None:
    append(PLAN, "note", "One.", at=AT)
    append(PLAN, "note", "Two.", at=AT)
    append(plan_stream("other"), "note", "One.", at=AT)
    opened = JournalEntry.objects.filter(stream__name=ORGANISATION, kind="stream.opened")
    assert [entry.body["stream"] for entry in opened] == [PLAN, plan_stream("other")]


@pytest.mark.django_db
def test_a_body_with_a_float_is_refused_and_leaves_nothing() -> None:
    with pytest.raises(TypeError, match="float"):
        append(PLAN, "note", "Half.", at=AT, body={"share": 0.5})
    assert not JournalStream.objects.exists()


@pytest.mark.django_db
def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        append(PLAN, "note", "When?", at=AT.replace(tzinfo=None))


@pytest.mark.django_db
def test_text_that_a_database_cannot_hold_is_recorded_all_the_same() -> None:
    entry = append(PLAN, "note", "a\x00b\ud800", at=AT, body={"k\x00": ["e\u0301"]})
    stored = JournalEntry.objects.get(pk=entry.pk)
    assert stored.text == "a\ufffdb?"
    assert stored.body == {"k\ufffd": ["é"]}


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"transaction\.atomic"):
        append(PLAN, "note", "Alone.", at=AT)
