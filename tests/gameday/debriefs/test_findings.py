"""What was learned, and who does something about it."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from chaos.domain.errors import Refused
from chaos.journal.queries import entries
from chaos.journal.record import append
from gameday.debriefs import services
from gameday.debriefs.models import ActionItem, Finding
from gameday.debriefs.services import Learned
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, gather, imported, who

pytestmark = pytest.mark.django_db
LATE = Learned("The lag alert came late", "major", "19 s after the injection.", "pod-kill")


@pytest.fixture
def plan() -> Plan:
    gather()
    return imported()


def kinds(plan: Plan) -> list[str]:
    return [entry.kind for entry in entries(plan.stream)][1:]


def a_note(plan: Plan, text: str) -> int:
    with transaction.atomic():
        entry = append(
            plan.stream, "note", text, at=NOW, actor="ravi", actor_name="Ravi", scenario="pod-kill"
        )
    return entry.seq


def test_a_finding_is_written_by_who_was_there_and_stands_in_the_journal(plan):
    finding = services.add_finding(plan, LATE, who("ravi"), NOW)
    assert (finding.severity, finding.scenario) == ("major", "pod-kill")
    assert kinds(plan) == ["finding.added"]


def test_who_was_not_there_writes_no_finding(plan):
    with pytest.raises(Refused, match="may not write findings"):
        services.add_finding(plan, LATE, who("anna"), NOW)
    assert not Finding.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Learned(" ", "major"), "title"),
        (Learned("x" * 201, "major"), "title"),
        (Learned("x", "awful"), "severity"),
        (Learned("x", "major", scenario="nowhere"), "scenario"),
    ],
)
def test_what_is_wrong_with_a_finding_is_said_at_its_field(plan, wrong, field):
    with pytest.raises(Refused) as refusal:
        services.add_finding(plan, wrong, who("ravi"), NOW)
    assert refusal.value.field == field


def test_a_note_becomes_a_finding_once_however_often_it_is_clicked(plan):
    seq = a_note(plan, "The runbook names a deprecated CLI.\nSee chapter 2.")
    first = services.finding_from_note(plan, seq, "minor", who("fiona"), NOW)
    again = services.finding_from_note(plan, seq, "major", who("fiona"), NOW)
    assert first == again
    assert first.title == "The runbook names a deprecated CLI."
    assert "See chapter 2." in first.text
    assert "Noted by Ravi" in first.text
    assert first.scenario == "pod-kill"


def test_a_long_note_keeps_all_its_words(plan):
    long = "word " * 80
    finding = services.finding_from_note(plan, a_note(plan, long), "minor", who("fiona"), NOW)
    assert len(finding.title) <= 200
    assert long.strip() in finding.text


def test_the_title_of_a_finding_has_no_marks_of_markdown_and_its_text_has_them_all(plan):
    said = "**The breaker** opens at `1 s`, see [the board](https://grafana.bank/d/1).\n\n- 500 ms was agreed"
    finding = services.finding_from_note(plan, a_note(plan, said), "minor", who("fiona"), NOW)
    assert finding.title == "The breaker opens at 1 s, see the board."
    assert finding.text.startswith(said)
    headed = services.finding_from_note(plan, a_note(plan, "---\n# Late"), "minor", who("fiona"), NOW)
    assert headed.title == "Late"


def test_only_a_note_becomes_a_finding(plan):
    with pytest.raises(Refused, match="no note number 1"):
        services.finding_from_note(plan, 1, "minor", who("fiona"), NOW)


def test_what_a_finding_said_before_stays_in_the_journal(plan):
    finding = services.add_finding(plan, LATE, who("ravi"), NOW)
    services.change_finding(finding, Learned("The lag alert came 4 s late", "minor"), who("fiona"), NOW)
    last = entries(plan.stream).last()
    assert last.body["before"]["title"] == LATE.title


def test_an_action_item_has_an_owner_and_a_day_that_has_not_passed(plan):
    finding = services.add_finding(plan, LATE, who("ravi"), NOW)
    with pytest.raises(Refused, match="has passed"):
        services.add_action(finding, "Mend the alert", "ravi", NOW.date() - timedelta(1), who("fiona"), NOW)
    with pytest.raises(Refused, match="nobody with the username"):
        services.add_action(finding, "Mend the alert", "nobody", date(2026, 7, 1), who("fiona"), NOW)
    action = services.add_action(finding, "Mend the alert", "anna", date(2026, 7, 1), who("fiona"), NOW)
    assert action.owner == who("anna")


def test_an_action_item_is_closed_once_by_its_owner_and_can_be_opened_again(plan):
    finding = services.add_finding(plan, LATE, who("ravi"), NOW)
    action = services.add_action(finding, "Mend it", "anna", date(2026, 7, 1), who("fiona"), NOW)
    with pytest.raises(Refused):
        services.close_action(action, "", who("arne"), NOW)
    services.close_action(action, "In release 12.", who("anna"), NOW)
    services.close_action(action, "Again", who("anna"), NOW + timedelta(1))
    assert ActionItem.objects.get().done_note == "In release 12."
    services.reopen_action(action, who("fiona"), NOW)
    assert ActionItem.objects.get().done_at is None
    assert kinds(plan) == ["finding.added", "action.added", "action.closed", "action.reopened"]
