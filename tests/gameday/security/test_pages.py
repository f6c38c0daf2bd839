"""Nothing inline on any page: the content policy forbids it, and a page that needs it would be broken."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from gameday import admin
from gameday.access import TABLE
from gameday.people.roles import TeamRole
from gameday.people.services import add_person
from tests.gameday.cast import gather, imported, who
from tests.gameday.test_access import ALL

pytestmark = pytest.mark.django_db


class Inline(HTMLParser):
    """What a page holds that the policy forbids, and forms that could be sent from elsewhere."""

    def __init__(self, html: str, policy: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._policy, self._form, self._is_style = policy, "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_data = given.get("type") == "application/json"
        self._is_style = tag == "style"
        if tag == "script" and "src" not in given and not is_data:
            self.found.append("script")
        self.found += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.found += [
            f"{tag} {name}={value}"
            for name, value in given.items()
            if (value or "").startswith("javascript:")
        ]
        if tag == "form" and (given.get("method") or "get").lower() == "post":
            self._form = "a form without a token"
        if tag == "input" and given.get("name") == "csrfmiddlewaretoken":
            self._form = ""

    def handle_data(self, data: str) -> None:
        """A style counts as named by the policy when its digest stands there."""
        digest = b64encode(sha256(data.encode()).digest()).decode()
        if self._is_style and f"'sha256-{digest}'" not in self._policy:
            self.found.append(f"style {data[:40]}")

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False
        if tag == "form" and self._form:
            self.found.append(self._form)
            self._form = ""


VALUES = {
    "plan": "small-day",
    "username": "petra",
    "cluster": "practice",
    "fault": "pod-delete",
    "version": 1,
}
# The live stream is no page, and has tests of its own: here it would wait for news on this test's connection.
PAGES = sorted(name for name, rules in TABLE.items() if "GET" in rules and name != "conduct:stream")


@pytest.fixture
def page():
    """Somebody who may see everything, and a plan to look at."""
    gather()
    imported()
    add_person("ada", "Ada", "payments", [role.value for role in TeamRole], who("ada"))
    client = Client()
    client.force_login(who("ada"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def checked(answer) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
        assert Inline(answer.content.decode(), policy).found == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_holds_what_the_policy_forbids(page, name):
    (names,) = {parameters for known, parameters in ALL if known == name}
    path = reverse(name, kwargs={key: VALUES.get(key, "1") for key in names if key != "run"}
                   | ({"run": "00000000-0000-0000-0000-000000000007"} if "run" in names else {}))  # fmt: skip
    checked(page.get(path))
    checked(page.get(path, headers={"HX-Request": "true"}))
    checked(Client().get(path))


def test_nor_does_the_admin(page):
    for model in admin.tables():
        table = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        checked(page.get(reverse(f"{table}_changelist")))
        row = model.objects.first()
        if row:
            checked(page.get(reverse(f"{table}_change", args=[row.pk])))
            checked(page.get(reverse(f"{table}_history", args=[row.pk])))


def test_nor_do_errors(page):
    page.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True)
    for answer in (page.get("/nowhere"), page.post("/"), page.get("/admin/"), strict.post("/sign-in")):
        checked(answer)


def test_every_error_page_is_a_sentence_and_no_trace(page, monkeypatch):
    page.raise_request_exception = False
    monkeypatch.setattr("gameday.home.views.render", lambda *given, **more: 1 / 0)
    answer = page.get("/")
    assert answer.status_code == 500
    assert not re.search("Traceback|ZeroDivision", answer.content.decode())
    checked(answer)
