"""The admin shows every table to administrators, changes nothing for anybody, and shows no secret."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from chaos.models import Cluster, Run
from chaos.services.queries import Held, LiveRun
from chaos.services.sealing import seal
from gameday import admin
from gameday.people.models import User
from tests.gameday.cast import NOW, gather, imported, who

pytestmark = pytest.mark.django_db
TABLES = list(admin.tables())


@pytest.fixture
def page():
    gather()
    user = who("ada")
    user.is_superuser = user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(model, what, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


def test_stop_and_a_halt_are_there_as_on_every_page(page, monkeypatch):
    assert 'action="/stop"' not in page.get("/admin/").content.decode(), "nothing is live"
    live = LiveRun("1", "plan:small-day", "pod-kill", "A pod goes", "injecting", "rehearsal")
    held = Held(NOW, "fiona", "A real incident.", None)
    monkeypatch.setattr("chaos.services.queries.open_runs", lambda: [live])
    monkeypatch.setattr("chaos.services.queries.halts", lambda: [held])
    for address in ("/admin/", "/admin/chaos/run/"):
        html = page.get(address).content.decode()
        assert '<form method="post" action="/stop"' in html and "1 run" in html
        assert "data-stopping" in html and "js/stop.js" in html
        assert "A real incident." in html


def test_everything_that_we_keep_is_there_to_be_read():
    ours = {model for model in apps.get_models() if model.__module__.split(".")[0] in ("chaos", "gameday")}
    assert ours <= set(admin.site._registry) == set(TABLES)
    assert len(ours) >= 15


def test_no_table_can_be_changed_by_anybody_a_superuser_included(page, rf):
    imported()
    request = rf.get("/")
    request.user, request.acts = who("ada"), frozenset({"administer"})
    for model, room in admin.site._registry.items():
        assert not room.has_add_permission(request), model
        assert not room.has_change_permission(request) and not room.has_delete_permission(request), model
        assert room.get_actions(request) == {}, model
        assert page.get(address(model, "changelist")).status_code == 200, model
        assert page.get(address(model, "add")).status_code == 403, model
        row = model.objects.first()
        key = row.pk if row else 1
        assert page.get(address(model, "delete", key)).status_code in (302, 403), model
        for method in (page.post, page.put, page.patch, page.delete):
            for what in ("change", "delete"):
                assert method(address(model, what, key)).status_code == 405, model
            assert method(address(model, "add")).status_code == 405, model
        assert model.objects.filter(pk=key).exists() is bool(row), model


def test_a_row_is_shown_without_anything_to_type_into(page):
    plan = imported()
    html = page.get(address(type(plan), "change", plan.pk)).content.decode()
    assert plan.title in html
    assert "<textarea" not in html and 'type="submit"' not in html


def test_secrets_are_not_among_what_is_shown(page):
    token, secret = seal("token"), seal("secret")
    Cluster.objects.update(sealed_token=token, sealed_prometheus_secret=secret)
    row, user = Cluster.objects.get(), who("ada")
    user.set_password("a long enough password")
    user.save()
    page.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    html = page.get(address(Cluster, "change", row.pk)).content.decode()
    html += page.get(address(User, "change", user.pk)).content.decode()
    assert row.uid in html and user.name in html
    for hidden in (token, secret, user.password):
        assert hidden not in html


def test_a_superuser_who_administers_no_team_stays_outside(page):
    user = who("petra")
    user.is_superuser = user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for there in (reverse("admin:index"), address(Run, "changelist"), "/admin/nowhere"):
        assert client.get(there).status_code == 403
    assert Client().get(reverse("admin:index")).headers["Location"].startswith("/sign-in")


def test_a_long_table_takes_as_few_queries_as_a_short_one(page, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        page.get(address(Run, "changelist"))


def test_what_is_refused_there_is_a_page_and_one_line_in_the_log(page, caplog):
    answer = page.get(address(Run, "add"))
    assert answer.status_code == 403
    assert "what is kept is to be read" in answer.content.decode()
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]
