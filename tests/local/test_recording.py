"""The recorded day that practice data is made of: loaded again, it is sound and says what it is."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from chaos.journal import plan_stream
from chaos.journal.queries import entries
from chaos.journal.verify import verify
from chaos.models import Run
from deploy.local import practice_data, recording
from gameday.approvals.models import Approval
from gameday.debriefs.models import ActionItem, Finding
from gameday.people.services import add_person
from gameday.plans.models import Plan
from tests.gameday.cast import a_cluster

PEOPLE = {
    "petra": ["planner"],
    "anders": ["approver"],
    "ravi": [],
    "otto": [],
    "kofi": [],
    "fiona": [],
    "sam": [],
}


@pytest.fixture
def loaded(db):
    for username, roles in PEOPLE.items():
        add_person(username, username.title(), "payments", roles)
    a_cluster("rehearsal")
    practice_data._load_last_quarter("rehearsal")
    return Plan.objects.get()


def test_last_quarters_day_lies_a_quarter_back_and_says_that_it_is_a_recording(loaded):
    runs = Run.objects.order_by("launched_at")
    gone = datetime.now(UTC) - runs[0].launched_at
    assert timedelta(days=90) < gone < timedelta(days=93)
    assert loaded.opens_at < runs[0].launched_at < loaded.closes_at
    first = entries(plan_stream(loaded.slug))[0]
    assert "really conducted on a rehearsal cluster" in first.text


def test_its_journal_is_sound_and_its_digests_are_those_of_the_loaded_plan(loaded):
    assert verify().is_sound
    digest = loaded.compiled().digest
    assert {row.plan_digest for row in Run.objects.all()} == {digest}
    assert {row.digest for row in Approval.objects.all()} == {digest}
    imported = entries(loaded.stream).get(kind="plan.imported")
    assert imported.body["digest"] == digest
    assert loaded.slug in imported.body["plan"]


def test_no_instant_of_the_recording_stays_where_it_was(loaded):
    real = recording.began(recording.read(practice_data.RECORDING)).date().isoformat()
    kept = json.dumps([[row.marks, row.spec, row.findings] for row in Run.objects.all()])
    kept += json.dumps([entry.body for entry in entries(loaded.stream) if entry.kind != "plan.imported"])
    assert real not in kept


def test_its_debrief_left_one_action_item_done_one_overdue_and_one_ahead(loaded):
    today = datetime.now(UTC).date()
    done, overdue, ahead = ActionItem.objects.order_by("due")
    assert done.done_at is not None
    assert overdue.due < today < ahead.due
    assert overdue.done_at is None
    assert Finding.objects.filter(severity="strength").exists()


def test_loading_it_again_changes_nothing(loaded):
    before = Run.objects.count()
    practice_data._load_last_quarter("rehearsal")
    assert Run.objects.count() == before
