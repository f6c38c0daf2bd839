"""Roles given and taken, accounts closed and opened, passwords: by an administrator, and on record."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from chaos.domain.errors import Refused
from chaos.journal.models import JournalEntry
from gameday.people import accounts, services
from gameday.people.models import Membership
from gameday.people.roles import TeamRole

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def ada():
    return services.add_person("ada", "Ada", "platform", ["administrator"])


@pytest.fixture
def petra(ada):
    return services.add_person("petra", "Petra", "payments", ["planner"], ada)


def has(username: str, team: str = "payments") -> set[str]:
    return {role.value for role in services.roles_in(services.person(username), services.team(team))}


def last() -> JournalEntry:
    return JournalEntry.objects.filter(kind__startswith="people.").latest("seq")


def test_roles_are_set_to_exactly_these_and_both_ways_are_on_record(ada, petra):
    accounts.set_roles("petra", "payments", ["approver", "auditor"], ada)
    assert has("petra") == {"member", "approver", "auditor"}
    taken, given = JournalEntry.objects.filter(kind__startswith="people.").order_by("-seq")[:2]
    assert given.text == "Ada gave Petra (petra) of payments: approver, auditor."
    assert taken.text == "Ada took from Petra (petra) of payments: planner."
    assert (taken.actor, taken.body["roles"]) == ("ada", ["planner"])


def test_who_has_no_role_any_more_has_left_the_team(ada, petra):
    accounts.set_roles("petra", "payments", [], ada)
    assert not Membership.objects.filter(user=petra).exists()


def test_a_role_in_a_new_team_makes_the_team_and_membership(ada, petra):
    accounts.set_roles("petra", "ledger", [], ada)
    assert has("petra", "ledger") == {"member"}


@pytest.mark.parametrize("how", ["roles", "active"])
def test_the_last_administrator_stays(ada, how):
    with pytest.raises(Refused, match="the last administrator"):
        if how == "roles":
            accounts.set_roles("ada", "platform", ["member"], ada)
        else:
            accounts.set_active("ada", False, ada)
    ada.refresh_from_db()
    assert ada.is_active and TeamRole.ADMINISTRATOR in services.roles_in(ada, services.team("platform"))
    assert not JournalEntry.objects.filter(kind__in=["people.roles_taken", "people.deactivated"]).exists()


@pytest.mark.parametrize("do", [
    lambda by: accounts.set_roles("ada", "platform", [], by),
    lambda by: accounts.set_active("ada", False, by),
    lambda by: accounts.rename("ada", "Eve", by),
    lambda by: accounts.password_link("ada", by),
    lambda by: accounts.set_password("ada", PASSWORD, by),
])  # fmt: skip
def test_nobody_but_an_administrator_does_any_of_it(ada, petra, do):
    before = JournalEntry.objects.count()
    with pytest.raises(Refused, match="administrator"):
        do(petra)
    assert JournalEntry.objects.count() == before


def test_somebody_deactivated_may_nothing_and_comes_back_with_their_roles(ada, petra):
    accounts.set_active("petra", False, ada)
    assert last().text == "Ada deactivated Petra (petra)."
    with pytest.raises(Refused, match="not active"):
        services.person("petra")
    accounts.set_active("petra", True, ada)
    assert last().text == "Ada let Petra (petra) in again."
    assert has("petra") == {"member", "planner"}


def test_a_new_name_is_on_record_with_the_old_one(ada, petra):
    accounts.rename("petra", " Petra P. ", ada)
    assert last().text == "Ada renamed Petra (petra) to Petra P.."
    with pytest.raises(Refused, match="Give the full name"):
        accounts.rename("petra", " ", ada)


def test_a_link_is_on_record_but_not_what_it_is(ada, petra):
    path = accounts.password_link("petra", ada)
    assert last().text == "Ada made a link with which Petra (petra) can set a password, once."
    assert path.split("/")[-1] not in str(last().body) + last().text


def test_there_is_no_link_for_somebody_who_is_not_active(ada, petra):
    accounts.set_active("petra", False, ada)
    with pytest.raises(Refused, match="let them in again first"):
        accounts.password_link("petra", ada)


def test_the_first_administrator_sets_their_password_with_nobody_named(ada):
    accounts.set_password("ada", PASSWORD, None)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_with_another_administrator_there_somebody_must_be_named(ada, petra):
    with pytest.raises(Refused, match="name one with --as USER"):
        accounts.set_password("petra", PASSWORD, None)
    accounts.set_password("petra", PASSWORD, petra)
    assert last().text == "Petra set a password on the command line."
    accounts.set_password("petra", PASSWORD, ada)
    assert last().text == "Ada set a password for Petra (petra) on the command line."
    assert PASSWORD not in str(JournalEntry.objects.values_list("body", "text"))


def test_a_password_that_is_too_easy_is_refused(ada):
    with pytest.raises(Refused, match="too short"):
        accounts.set_password("ada", "short", None)


def test_new_is_no_username(ada):
    with pytest.raises(Refused, match="new is no username"):
        services.add_person("new", "New", "payments", [], ada)


def test_the_commands_do_the_same(ada, petra, capsys, monkeypatch):
    call_command("people", "take", "petra", "--team", "payments", "--role", "planner", "--as", "ada")
    call_command("people", "take", "petra", "--team", "payments", "--as", "ada")
    call_command("people", "deactivate", "petra", "--as", "ada")
    call_command("people", "activate", "petra", "--as", "ada")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("people", "password", "petra", "--as", "ada")
    call_command("people", "link", "petra", "--as", "ada", "--site", "https://gameday.example/")
    *said, link = capsys.readouterr().out.splitlines()
    assert said == [
        "petra is in payments: member.",
        "petra is in payments: nothing any more.",
        "petra is not active any more.",
        "petra is let in again.",
        "Petra (petra) signs in with this password from now on.",
    ]
    assert link.startswith("Good once, within 24 hours: https://gameday.example/password/")
    petra.refresh_from_db()
    assert petra.check_password(PASSWORD)


def test_somebody_can_be_added_with_their_link(ada, capsys):
    call_command(
        "people", "add", "anna", "--name", "Anna", "--team", "payments", "--as", "ada", "--password-link"
    )
    assert "Good once, within 24 hours: /password/" in capsys.readouterr().out


@pytest.mark.parametrize("verb", [["take", "petra", "--team", "payments"], ["deactivate", "petra"]])
def test_what_an_administrator_does_needs_one_to_be_named(ada, petra, verb, capsys):
    with pytest.raises(SystemExit):
        call_command("people", *verb)
    assert "name one with --as USER" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_each_of_these_is_a_change_of_its_own_with_its_entry_in_the_journal():
    """Outside of any transaction, as commands and requests are."""
    ada = services.add_person("ada", "Ada", "platform", ["administrator"])
    services.add_person("petra", "Petra", "payments", ["planner"], ada)
    before = JournalEntry.objects.count()
    accounts.set_roles("petra", "payments", ["auditor"], ada)
    accounts.rename("petra", "Petra P.", ada)
    accounts.password_link("petra", ada)
    accounts.set_password("petra", PASSWORD, ada)
    accounts.set_active("petra", False, ada)
    assert JournalEntry.objects.count() == before + 6
