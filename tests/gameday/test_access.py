"""Every address, method and role against the one table of permissions."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from gameday.access import TABLE, Who
from gameday.people.models import Membership, Team, User
from gameday.people.roles import Act, TeamRole, may

VALUES = {"plan": "nowhere", "run": uuid.UUID(int=7), "scenario": "none", "cluster": "none"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OUTSIDE = ("admin:",)  # Django's own pages, kept by their own staff check; read-only, see gameday.admin


def addresses(resolver=None, space="", route=()):
    """(name, names of its parameters) of every address that the project serves."""
    for item in (resolver or get_resolver()).url_patterns:
        names = (*route, *item.pattern.converters)
        if isinstance(item, URLResolver):
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from addresses(item, inner, names)
        elif isinstance(item, URLPattern):
            yield f"{space}{item.name}", names


ALL = [(name, names) for name, names in addresses() if not name.startswith(OUTSIDE)]


def path_of(name, names):
    return reverse(name, kwargs={key: VALUES.get(key, 1) for key in names})


def test_every_address_is_in_the_table_and_the_table_names_no_other():
    assert {name for name, _ in ALL} == set(TABLE)


@pytest.fixture
def somebody(db):
    def make(*roles):
        user = User.objects.create(username=f"u{User.objects.count()}", name="Somebody")
        team, _ = Team.objects.get_or_create(name="payments")
        for role in roles:
            Membership.objects.create(user=user, team=team, role=role.value)
        return user

    return make


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "names"), ALL)
def test_nobody_gets_in_without_signing_in_but_where_the_table_says_anyone(client, name, names):
    for method in METHODS:
        rule = TABLE[name].get(method)
        answer = client.generic(method, path_of(name, names))
        if rule is None:
            assert answer.status_code == 405, (name, method)
        elif rule is Who.ANYONE:
            assert answer.status_code < 400, (name, method)
        else:
            assert answer.status_code == 302 and "/sign-in" in answer["Location"], (name, method)


@pytest.mark.parametrize("role", list(TeamRole))
@pytest.mark.parametrize(("name", "names"), ALL)
def test_what_a_role_may_not_do_is_refused_before_the_view(somebody, name, names, role):
    """On a plan that is not there nobody has a role; elsewhere a role in any team counts."""
    client = Client()
    client.force_login(somebody(role), backend="django.contrib.auth.backends.ModelBackend")
    roles = set() if {"plan", "run"} & set(names) else {role}
    for method, rule in TABLE[name].items():
        if isinstance(rule, Act) and not may(rule, roles):
            answer = client.generic(method, path_of(name, names))
            assert answer.status_code == 403, (name, method, role)
            assert rule.value in answer.content.decode()


def test_an_address_outside_the_table_is_refused_to_everybody(somebody, monkeypatch):
    monkeypatch.delitem(TABLE, "home")
    client = Client()
    client.force_login(somebody(*TeamRole), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 403


def test_a_form_from_another_site_is_refused(somebody):
    client = Client(enforce_csrf_checks=True)
    client.force_login(somebody(), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("people:sign-out"))
    assert answer.status_code == 403
    assert "Nothing was done" in answer.content.decode()
