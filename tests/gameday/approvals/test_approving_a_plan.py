from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.db.models import ProtectedError

from chaos.domain.errors import Refused, Transient
from chaos.domain.targets import Targets
from chaos.journal.models import JournalEntry
from gameday.approvals import services
from gameday.approvals.models import Approval
from gameday.people.models import Membership
from gameday.plans.preview import Shown
from gameday.plans.spec import PlanSpec
from tests.gameday.cast import NOW, SixPods, a_cluster, gather, imported, look, who
from tests.gameday.plans.documents import SMALL

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def a_plan() -> None:
    gather()
    imported()


def approve(by: str = "anna", **more: str) -> Approval:
    return services.approve("small-day", who(by), "Looks safe.", NOW, look=look, **more)


def tell() -> None:
    services.acknowledge("small-day", "on-call", who("ravi"), NOW)


def missing() -> str:
    return services.standing("small-day", NOW).reason


def test_an_approved_plan_whose_parties_know_may_be_conducted():
    approve()
    tell()
    standing = services.standing("small-day", NOW)
    assert standing.missing == ()
    assert [item.approver for item in standing.approvals] == ["anna"]


def test_an_approval_binds_to_digest_cluster_and_policy():
    row = approve()
    plan = services.standing("small-day", NOW).spec
    assert (row.digest, row.cluster_uid, row.policy_version) == (plan.digest, "uid-of-practice", "1")
    assert row.expires_at == NOW + 7 * DAY


def test_the_approver_is_shown_the_targets_and_their_number_is_the_ceiling():
    approve()
    assert services.standing("small-day", NOW).ceilings == {"pod-kill": 1}


def test_the_lowest_number_that_an_approver_was_shown_is_the_ceiling():
    def more(plan: PlanSpec) -> Shown:
        ((one,),) = look(plan)["pod-kill"]
        assert one
        return {"pod-kill": ((Targets("payments", one.pods * 2, 6, 6),),)}

    services.approve("small-day", who("arne"), "", NOW, look=more)
    assert services.standing("small-day", NOW).ceilings == {"pod-kill": 2}
    approve()
    assert services.standing("small-day", NOW).ceilings == {"pod-kill": 1}


def test_a_cluster_that_cannot_be_looked_at_is_not_approved():
    def dark(plan: PlanSpec) -> Shown:
        raise Transient("The API server does not answer.")

    with pytest.raises(Transient):
        services.approve("small-day", who("anna"), "", NOW, look=dark)
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("by", "words"),
    [("petra", "Petra has written this plan"), ("fiona", "Fiona facilitates"), ("ravi", "not an approver")],
)
def test_author_facilitator_and_others_may_not_approve(by: str, words: str):
    with pytest.raises(Refused, match=words):
        approve(by)
    assert not Approval.objects.exists()


def test_whoever_edited_it_once_may_not_approve_it_even_after_others_have():
    imported(SMALL.replace("count: 1", "count: 2"), by="paul")
    imported(SMALL.replace("count: 1", "count: 3"), by="petra")
    with pytest.raises(Refused, match="Paul has written"):
        approve("paul")


def test_an_edit_voids_the_approval_and_the_acknowledgement():
    approve()
    tell()
    imported(SMALL.replace("count: 1", "count: 2"))
    assert "0 given" in missing()
    assert "on-call" in missing()
    assert "Anna's approval is of an earlier version" in missing()


def test_an_edit_of_words_leaves_both_standing():
    approve()
    tell()
    imported(SMALL.replace("A small day", "A very small day"))
    assert missing() == ""


def test_an_edit_taken_back_brings_the_approval_back():
    approve()
    tell()
    imported(SMALL.replace("count: 1", "count: 2"))
    imported()
    assert missing() == ""


def test_an_approver_who_loses_the_role_no_longer_counts():
    approve()
    tell()
    Membership.objects.filter(user=who("anna"), role="approver").delete()
    assert "Anna is not an approver" in missing()


def test_a_cluster_rebuilt_under_the_same_name_is_not_the_approved_one():
    approve()
    tell()
    from chaos.models import Cluster

    Cluster.objects.update(uid="uid-of-a-new-one")
    assert "for another cluster" in missing()


def test_production_needs_two_approvers():
    a_cluster("live", "production", max_percent=25)
    text = SMALL.replace("cluster: practice", "cluster: live")
    imported(text.replace("environment: rehearsal", "environment: production"))
    tell()
    assert approve().expires_at == NOW + 3 * DAY
    assert "2 approvals of exactly this plan are needed for production, 1 given" in missing()
    approve("arne")
    assert missing() == ""


def test_what_was_edited_while_the_approver_looked_is_not_approved():
    def edits(plan: PlanSpec) -> Shown:
        imported(SMALL.replace("count: 1", "count: 2"))
        return look(plan)

    with pytest.raises(Refused, match="has changed since you looked"):
        services.approve("small-day", who("anna"), "", NOW, look=edits)


def test_an_approver_can_say_which_digest_was_read():
    with pytest.raises(Refused, match="has changed since you looked"):
        approve(digest="0" * 64)
    approve(digest=services.standing("small-day", NOW).asked.digest)


def test_a_rejection_needs_a_reason_and_stands_in_the_way():
    with pytest.raises(Refused, match="reason"):
        services.reject("small-day", who("arne"), " ", NOW)
    approve()
    tell()
    services.reject("small-day", who("arne"), "Not today.", NOW)
    assert missing() == "Arne rejected exactly this plan: Not today."


def test_somebody_who_rejected_may_change_their_mind_and_the_journal_keeps_both():
    services.reject("small-day", who("anna"), "Not today.", NOW)
    approve()
    assert Approval.objects.count() == 1
    kinds = JournalEntry.objects.filter(actor="anna").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["plan.rejected", "plan.approved"]


def test_the_database_allows_one_decision_a_person_and_digest():
    row = approve()
    row.pk = None
    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_neither_plan_nor_approver_can_be_deleted_from_under_an_approval():
    row = approve()
    with pytest.raises(ProtectedError):
        row.plan.delete()
    with pytest.raises(ProtectedError):
        row.approver.delete()


def test_only_those_named_acknowledge_for_a_party():
    with pytest.raises(Refused, match="that takes one of: ravi"):
        services.acknowledge("small-day", "on-call", who("anna"), NOW)
    with pytest.raises(Refused, match="it names: on-call"):
        services.acknowledge("small-day", "press", who("ravi"), NOW)


def test_acknowledging_twice_is_acknowledging_once():
    tell()
    tell()
    assert JournalEntry.objects.filter(kind="plan.acknowledged").count() == 1


def test_the_commands_say_what_is_missing_and_then_that_nothing_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    from gameday.approvals import cli

    monkeypatch.setattr(cli.timezone, "now", lambda: NOW)
    monkeypatch.setattr("gameday.plans.preview.cluster_port", lambda name: SixPods())
    with pytest.raises(SystemExit):
        call_command("plan", "standing", "small-day")
    assert capsys.readouterr().out.splitlines()[0].startswith("Missing: 1 approval")
    call_command("plan", "approve", "small-day", "--as", "anna", "--comment", "Looks safe.")
    said = capsys.readouterr().out
    assert "At most these pods or nodes: pod-kill 1. Good until 2026-06-08 12:00 UTC." in said
    call_command("plan", "acknowledge", "small-day", "--party", "on-call", "--as", "ravi")
    call_command("plan", "standing", "small-day")
    assert "Nothing is missing" in capsys.readouterr().out
