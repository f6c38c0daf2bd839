from __future__ import annotations

import pytest

from chaos.domain.errors import Refused
from gameday.people import services
from gameday.people.roles import PERMISSIONS, Act, DayRole, TeamRole, may, who_may


def test_every_act_has_a_row():
    assert set(PERMISSIONS) == set(Act)


@pytest.mark.parametrize("role", [*TeamRole, *DayRole])
def test_everybody_may_stop(role: TeamRole | DayRole):
    assert may(Act.STOP, {role})


def test_no_role_gives_nothing():
    assert not any(may(act, ()) for act in Act)


def test_planning_and_approving_are_different_roles():
    assert PERMISSIONS[Act.PLAN].isdisjoint(PERMISSIONS[Act.APPROVE])


def test_an_administrator_may_neither_approve_nor_conduct():
    assert not may(Act.APPROVE, {TeamRole.ADMINISTRATOR})
    assert not may(Act.CONDUCT, {TeamRole.ADMINISTRATOR})


def test_no_role_of_a_day_releases_a_halt_since_it_holds_every_day():
    assert PERMISSIONS[Act.RELEASE] == {TeamRole.ADMINISTRATOR}


def test_only_an_administrator_takes_a_finalizer_off_and_an_auditor_may_review_it():
    assert PERMISSIONS[Act.STRIP] == {TeamRole.ADMINISTRATOR}
    assert PERMISSIONS[Act.REVIEW] == {TeamRole.ADMINISTRATOR, TeamRole.AUDITOR}


def test_who_may_is_said_in_words():
    assert who_may(Act.APPROVE) == "an approver"
    assert who_may(Act.ATTEST) == "a facilitator or responder"


@pytest.mark.django_db
def test_a_refusal_names_the_person_the_act_and_who_may():
    petra = services.add_person("petra", "Petra Planner", "payments", ["planner"])
    services.require(petra, Act.PLAN, services.team("payments"))
    with pytest.raises(Refused, match="Petra Planner may not approve plans for payments; that takes"):
        services.require(petra, Act.APPROVE, services.team("payments"))


@pytest.mark.django_db
def test_a_role_of_the_day_counts_beside_those_of_the_team():
    fiona = services.add_person("fiona", "Fiona", "payments")
    team = services.team("payments")
    services.require(fiona, Act.CONDUCT, team, [DayRole.FACILITATOR])
    with pytest.raises(Refused):
        services.require(fiona, Act.CONDUCT, team)


@pytest.mark.django_db
def test_an_administrator_of_any_team_may_register_clusters():
    ada = services.add_person("ada", "Ada", "platform", ["administrator"])
    services.require_anywhere(ada, Act.ADMINISTER)
    petra = services.add_person("petra", "Petra", "payments", ["planner"], by=ada)
    with pytest.raises(Refused, match="administrator"):
        services.require_anywhere(petra, Act.ADMINISTER)
