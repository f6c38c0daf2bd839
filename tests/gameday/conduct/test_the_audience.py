"""Who may read what of a day while it is on, and afterwards."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from chaos.domain.states import RunState
from chaos.journal.models import JournalEntry
from chaos.journal.record import append
from chaos.models import Run
from gameday.conduct.audience import is_organiser, readable
from tests.gameday.cast import NOW, gather, imported, who
from tests.support.launching import STREAM, a_run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("username", "organises"),
    [("petra", True), ("anna", True), ("ada", True), ("fiona", True), ("ravi", False)],
)
def test_planners_approvers_administrators_and_facilitators_organise_and_responders_do_not(
    username, organises
):
    gather()
    assert is_organiser(who(username), imported()) is organises


def test_who_is_not_signed_in_organises_nothing():
    gather()
    assert not is_organiser(AnonymousUser(), imported())


def _kinds(organiser):
    found = JournalEntry.objects.filter(stream__name=STREAM).order_by("seq")
    return [entry.kind for entry in readable(found, STREAM, organiser)]


def test_what_is_for_the_organisers_is_theirs_until_the_run_has_ended():
    run = a_run()  # its launch, with the targets by name, is for the organisers
    with transaction.atomic():
        append(STREAM, "plan.imported", "Imported.", at=NOW, audience="organisers")
        append(STREAM, "note", "Something is slow.", at=NOW, run=run)
    assert _kinds(organiser=True) == ["run.launched", "plan.imported", "note"]
    assert _kinds(organiser=False) == ["note"]
    Run.objects.filter(pk=run).update(state=RunState.COMPLETED.value)
    assert _kinds(organiser=False) == ["run.launched", "note"]
