from __future__ import annotations

import pytest
from django.core.management import call_command

from chaos.domain.errors import Refused
from chaos.journal.models import JournalEntry
from gameday.people import services
from gameday.people.models import User
from gameday.people.roles import TeamRole

pytestmark = pytest.mark.django_db


def test_somebody_added_is_a_member_with_the_roles_given():
    petra = services.add_person("petra", "Petra Planner", "payments", ["planner"])
    team = services.team("payments")
    assert services.roles_in(petra, team) == {TeamRole.MEMBER, TeamRole.PLANNER}


def test_adding_the_same_person_twice_changes_and_records_nothing():
    services.add_person("petra", "Petra Planner", "payments", ["planner"])
    entries = JournalEntry.objects.count()
    services.add_person("petra", "Petra Planner", "payments", ["planner"])
    assert JournalEntry.objects.count() == entries


def test_a_second_role_is_added_to_the_first():
    services.add_person("anna", "Anna", "payments", ["approver"])
    anna = services.add_person("anna", "Anna", "payments", ["auditor"])
    assert {TeamRole.APPROVER, TeamRole.AUDITOR} <= services.roles_in(anna, services.team("payments"))


def test_a_role_in_one_team_is_none_in_another():
    anna = services.add_person("anna", "Anna", "payments", ["approver"])
    services.add_person("lars", "Lars", "ledger")
    assert services.roles_in(anna, services.team("ledger")) == frozenset()


def test_an_account_made_here_has_no_usable_password():
    assert not services.add_person("petra", "Petra", "payments").has_usable_password()


def test_somebody_inactive_is_refused_and_has_no_roles():
    petra = services.add_person("petra", "Petra", "payments", ["planner"])
    petra.is_active = False
    petra.save()
    with pytest.raises(Refused, match="not active"):
        services.person("petra")
    assert services.roles_in(petra, services.team("payments")) == frozenset()
    with pytest.raises(Refused, match="not active"):
        services.add_person("petra", "Petra", "payments", ["planner"])


def test_somebody_unknown_is_refused_with_what_to_do():
    with pytest.raises(Refused, match="people add"):
        services.person("nobody")


@pytest.mark.parametrize(
    ("username", "team", "role", "field"),
    [("a b", "payments", "planner", "username"), ("petra", "Pay ments", "planner", "team"),
     ("petra", "payments", "king", "role")],
)  # fmt: skip
def test_a_name_that_cannot_be_is_refused_and_leaves_nothing(username: str, team: str, role: str, field: str):
    with pytest.raises(Refused) as refusal:
        services.add_person(username, "Petra", team, [role])
    assert refusal.value.field == field
    with pytest.raises(Refused):
        services.person(username)


def test_the_command_says_what_somebody_is_now(capsys: pytest.CaptureFixture[str]):
    call_command("people", "add", "anna", "--name", "Anna", "--team", "payments", "--role", "approver")
    assert capsys.readouterr().out == "Anna (anna) is in payments: approver, member.\n"


def test_the_command_refuses_with_a_sentence_and_status_1(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ending:
        call_command("people", "add", "a b", "--name", "Anna", "--team", "payments")
    assert ending.value.code == 1
    assert "Enter a valid username" in capsys.readouterr().err


def _entries() -> list[tuple[str, str]]:
    rows = JournalEntry.objects.filter(kind__startswith="people.").order_by("seq")
    return [(row.actor, row.text) for row in rows]


def _administrator() -> User:
    return services.add_person("ada", "Ada", "platform", ["administrator"])


def test_the_first_administrator_is_made_by_nobody_and_the_journal_says_so():
    _administrator()
    assert _entries() == [
        ("", "Ada (ada) of platform was given: administrator, member. "
             "Nobody was administrator yet, so nobody had to be named."),
    ]  # fmt: skip


def test_once_there_is_an_administrator_nobody_is_added_without_one():
    _administrator()
    with pytest.raises(Refused, match="by an administrator; name one with --as USER"):
        services.add_person("mallory", "Mallory", "payments", ["administrator"])
    with pytest.raises(Refused):
        services.person("mallory")


def test_somebody_else_than_an_administrator_adds_nobody_and_gives_nothing():
    petra = services.add_person("petra", "Petra", "payments", ["planner"])
    for _ in range(2):  # before there is an administrator as well as after
        with pytest.raises(Refused, match="Petra may not register people and clusters"):
            services.add_person("petra", "Petra", "payments", ["administrator"], by=petra)
        _administrator()
    assert TeamRole.ADMINISTRATOR not in services.roles_in(petra, services.team("payments"))


def test_an_administrator_adds_people_and_stands_in_the_journal():
    ada = _administrator()
    services.add_person("petra", "Petra", "payments", ["planner"], by=ada)
    assert _entries()[-1] == ("ada", "Ada gave Petra (petra) of payments: member, planner.")


def test_an_administrator_who_left_adds_nobody_any_more():
    ada = _administrator()
    omar = services.add_person("omar", "Omar", "platform", ["administrator"], by=ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    ada.refresh_from_db()
    with pytest.raises(Refused, match="may not register"):
        services.add_person("petra", "Petra", "payments", by=ada)
    services.add_person("petra", "Petra", "payments", by=omar)


def test_what_changes_nothing_needs_nobody():
    _administrator()
    before = _entries()
    _administrator()
    assert _entries() == before


def test_a_new_name_is_given_by_an_administrator_and_recorded():
    ada = _administrator()
    with pytest.raises(Refused, match="--as USER"):
        services.add_person("ada", "Somebody Else", "platform")
    assert services.person("ada").name == "Ada"
    services.add_person("ada", "Ada Lind", "platform", by=ada)
    assert _entries()[-1] == ("ada", "Ada renamed Ada (ada) to Ada Lind.")


def test_the_command_names_who_does_it(capsys: pytest.CaptureFixture[str]):
    _administrator()
    add = ("people", "add", "petra", "--name", "Petra", "--team", "payments")
    with pytest.raises(SystemExit) as ending:
        call_command(*add)
    assert ending.value.code == 1
    assert "name one with --as USER" in capsys.readouterr().err
    call_command(*add, "--as", "ada")
    assert capsys.readouterr().out == "Petra (petra) is in payments: member.\n"
