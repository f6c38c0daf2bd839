"""Every address, method and role against the one table of permissions."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from chaos.domain import codec
from chaos.models import Run
from gameday.access import TABLE, Who, roles_at
from gameday.people.models import Membership, Team, User
from gameday.people.roles import Act, DayRole, TeamRole, may
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, gather, imported
from tests.support.cluster_port import QuietCluster

VALUES = {"plan": "small-day", "run": uuid.UUID(int=7), "scenario": "pod-kill", "cluster": "practice"}
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
def a_day(db):
    """The plan `small-day` and a run of it that is over."""
    gather()
    plan = imported()
    Run.objects.create(
        pk=VALUES["run"], cluster=plan.cluster, lock_key="x", stream=plan.stream, plan_digest="d" * 64,
        scenario="pod-kill", spec=codec.to_plain(plan.compiled().scenarios[0].run), spec_digest="d" * 64,
        launched_at=NOW, launched_by="fiona", not_after=NOW, state="aborted", state_since=NOW,
    )  # fmt: skip


@pytest.fixture
def cluster(monkeypatch):
    port = QuietCluster(uid="uid-of-practice")
    monkeypatch.setattr("chaos.wiring.cluster_port", lambda name: port)
    monkeypatch.setattr("gameday.conduct.arming.cluster_port", lambda name: port)
    for several in ("cluster_ports", "ports_for_a_halt"):
        monkeypatch.setattr(f"chaos.wiring.{several}", lambda: {"practice": port})


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
            assert answer.status_code == (303 if method == "POST" else 302), (name, method)
            assert "/sign-in" in answer["Location"], (name, method)


@pytest.mark.parametrize("role", list(TeamRole))
@pytest.mark.parametrize(("name", "names"), ALL)
def test_what_a_role_may_not_do_is_refused_before_the_view(a_day, somebody, name, names, role):
    client = Client()
    client.force_login(somebody(role), backend="django.contrib.auth.backends.ModelBackend")
    for method, rule in TABLE[name].items():
        if isinstance(rule, Act) and not may(rule, {role}):
            answer = client.generic(method, path_of(name, names))
            assert answer.status_code == 403, (name, method, role)
            assert rule.value in answer.content.decode()


@pytest.mark.parametrize("role", list(DayRole))
@pytest.mark.parametrize(("name", "names"), [row for row in ALL if {"plan", "run"} & set(row[1])])
def test_a_role_of_the_day_opens_what_the_table_gives_it_and_nothing_else(a_day, somebody, name, names, role):
    """The table alone is asked here: which doors open, not what happens behind them."""
    user = somebody()
    plan = Plan.objects.get()
    Plan.objects.update(document={**plan.document, "people": {user.username: [role.value]}})
    kwargs = {key: VALUES.get(key, 1) for key in names}
    for rule in TABLE[name].values():
        if isinstance(rule, Act):
            assert may(rule, roles_at(user, kwargs)) is may(rule, {role})


@pytest.mark.parametrize(("name", "names"), [row for row in ALL if {"plan", "run"} & set(row[1])])
def test_a_plan_or_run_that_is_not_there_is_said_to_be_so(somebody, name, names):
    client = Client()
    client.force_login(somebody(*TeamRole), backend="django.contrib.auth.backends.ModelBackend")
    for method in TABLE[name]:
        assert client.generic(method, path_of(name, names)).status_code == 404


@pytest.mark.parametrize("name", ["conduct:inject", "conduct:stop"])
def test_who_looks_where_only_forms_go_is_told_so_and_led_back(a_day, somebody, name):
    client = Client()
    client.force_login(somebody(*TeamRole), backend="django.contrib.auth.backends.ModelBackend")
    names = {"plan"} if name == "conduct:inject" else set()
    answer = client.get(path_of(name, names))
    assert answer.status_code == 405
    assert answer["Allow"] == ", ".join(TABLE[name])
    words = answer.content.decode()
    assert "only takes what a form sends" in words
    assert f'class="button" href="{"/plans/small-day/" if names else "/"}"' in words


def test_an_address_outside_the_table_is_refused_to_everybody(somebody, monkeypatch):
    monkeypatch.delitem(TABLE, "home")
    client = Client()
    client.force_login(somebody(*TeamRole), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 403


@pytest.mark.parametrize(("name", "names"), [row for row in ALL if "POST" in TABLE[row[0]]])
def test_after_a_form_whatever_becomes_of_it_no_browser_sends_it_on(a_day, somebody, cluster, name, names):
    """An empty form, which each address answers in its way: in place, or by a redirect with 303."""
    client = Client()
    client.force_login(somebody(*TeamRole), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(path_of(name, names)).status_code in (200, 303, 403, 404, 422), name


def test_a_form_from_another_site_is_refused(somebody):
    client = Client(enforce_csrf_checks=True)
    client.force_login(somebody(), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("people:sign-out"))
    assert answer.status_code == 403
    assert "Nothing was done" in answer.content.decode()
