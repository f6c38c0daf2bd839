"""Approvals that meet at the same instant, on real threads."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from chaos.domain.errors import Refused
from chaos.journal.models import JournalEntry
from chaos.journal.verify import verify
from gameday.approvals import services
from gameday.approvals.models import Approval
from tests.gameday.cast import NOW, gather, imported, look, who
from tests.support.at_once import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TIMES = 5


@pytest.fixture(autouse=True)
def a_plan() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL.")
    gather()
    imported()


def test_approvals_by_several_at_once_all_count_each_once() -> None:
    for _ in range(TIMES):
        people = [who(name) for name in ("anna", "arne", "anna")]
        given = at_once(
            [partial(services.approve, "small-day", by, "Looks safe.", NOW, look=look) for by in people]
        )
        assert all(isinstance(item, Approval) for item in given), given
        standing = services.standing("small-day", NOW)
        assert sorted(item.approver for item in standing.approvals) == ["anna", "arne"]
        Approval.objects.all().delete()
    assert JournalEntry.objects.filter(kind="plan.approved").count() == 3 * TIMES
    assert verify().is_sound


def test_of_an_approval_and_a_rejection_by_one_person_at_once_the_later_entry_is_what_stands() -> None:
    for _ in range(TIMES):
        anna = who("anna")
        yes = partial(services.approve, "small-day", anna, "Looks safe.", NOW, look=look)
        no = partial(services.reject, "small-day", anna, "On second thoughts, no.", NOW)
        given = at_once([yes, no])
        assert not any(isinstance(item, Refused) for item in given), given
        last = JournalEntry.objects.filter(kind__in=("plan.approved", "plan.rejected")).order_by("pk").last()
        assert last is not None
        assert last.kind == f"plan.{Approval.objects.get().decision}"
        Approval.objects.all().delete()
