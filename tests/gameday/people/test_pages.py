"""People in settings, the link that sets a password once, and one's own password."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from gameday.people import accounts, services
from gameday.people.models import Membership, User
from tests.gameday.people.test_accounts import PASSWORD, has, last

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return services.add_person("ada", "Ada", "platform", ["administrator"])


@pytest.fixture
def petra(ada):
    return services.add_person("petra", "Petra", "payments", ["planner"], ada)


@pytest.fixture
def page(ada):
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_says_who_is_what_and_takes_few_queries(page, ada, petra, django_assert_max_num_queries):
    for number in range(30):
        services.add_person(f"u{number}", f"User {number}", "payments", ["approver"], ada)
    with django_assert_max_num_queries(11):
        html = page.get(reverse("people:people")).content.decode()
    assert "32 accounts" in html
    assert 'payments <span class="quiet">· planner</span>' in html


def test_a_hundred_people_are_one_page(page, ada):
    User.objects.bulk_create(User(username=f"u{number}", name=f"User {number:03}") for number in range(150))
    assert "Page 1 of 2" in page.get(reverse("people:people")).content.decode()
    assert "User 149" in page.get(reverse("people:people") + "?page=2").content.decode()


def test_somebody_is_added_and_a_link_offered_next(page):
    sent = {"username": "anna", "name": "Anna", "team": "payments", "roles": ["approver"]}
    answer = page.post(reverse("people:new"), sent)
    assert answer.headers["Location"] == reverse("people:person", kwargs={"username": "anna"})
    assert has("anna") == {"approver", "member"}
    assert "has no password yet" in page.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "petra"}, "There is a petra already"),
        ({"username": "a b"}, "Enter a valid username"),
        ({"username": "new"}, "new is no username"),
        ({"team": "Pay ments"}, "Enter a valid"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_in_place_and_nothing_typed_is_lost(page, petra, change, words):
    sent = {"username": "anna", "name": "Anna A.", "team": "payments", "roles": ["approver"], **change}
    answer = page.post(reverse("people:new"), sent)
    html = answer.content.decode()
    assert answer.status_code == 422 and words in html
    assert all(value in html for value in change.values())
    assert 'value="approver"' in html and "checked" in html


def test_roles_are_set_on_the_persons_page(page, petra):
    there = reverse("people:roles", kwargs={"username": "petra"})
    page.post(there, {"team": "payments", "roles": ["approver"]})
    page.post(there, {"team": "ledger", "roles": []})
    assert (has("petra"), has("petra", "ledger")) == ({"approver", "member"}, {"member"})


def test_the_last_administrator_is_kept_with_a_sentence(page, ada):
    answer = page.post(reverse("people:roles", kwargs={"username": "ada"}), {"team": "platform", "roles": []})
    assert answer.status_code == 422 and "the last administrator" in answer.content.decode()
    answer = page.post(reverse("people:activity", kwargs={"username": "ada"}), {"active": "no"})
    assert answer.status_code == 422 and "the last administrator" in answer.content.decode()


def test_a_session_ends_with_the_account(page, petra):
    hers = Client()
    hers.force_login(petra, backend="django.contrib.auth.backends.ModelBackend")
    assert hers.get("/").status_code == 200
    page.post(reverse("people:activity", kwargs={"username": "petra"}), {"active": "no"})
    assert hers.get("/").status_code == 302
    assert "Not active" in page.get(reverse("people:person", kwargs={"username": "petra"})).content.decode()
    page.post(reverse("people:activity", kwargs={"username": "petra"}), {"active": "yes"})
    assert User.objects.get(username="petra").is_active


def test_a_name_is_changed(page, petra):
    page.post(reverse("people:name", kwargs={"username": "petra"}), {"name": "Petra P."})
    assert services.person("petra").name == "Petra P."
    assert page.post(reverse("people:name", kwargs={"username": "petra"}), {"name": ""}).status_code == 422


def test_nobody_unknown_has_a_page(page):
    assert page.get(reverse("people:person", kwargs={"username": "ghost"})).status_code == 404


def link_of(page: Client, username: str) -> str:
    answer = page.post(reverse("people:link", kwargs={"username": username}))
    assert "no-store" in answer.headers["Cache-Control"]
    found = re.search(r'value="http://testserver(/password/[^"]+)"', answer.content.decode())
    assert found, "the link is on the page"
    return found[1]


def test_a_link_sets_a_password_once_and_the_journal_knows(page, petra):
    link, hers = link_of(page, "petra"), Client()
    form = hers.get(link, follow=True)
    assert "Set your password" in form.content.decode()
    there = form.redirect_chain[-1][0]
    assert link not in there, "the token stays out of the address while the form is open"
    answer = hers.post(there, {"new_password1": PASSWORD, "new_password2": PASSWORD}, follow=True)
    assert "Your password is set" in answer.content.decode()
    assert last().text == "Petra set a password by a link that was good once."
    assert hers.post("/sign-in", {"username": "petra", "password": PASSWORD}).status_code == 303
    again = Client().get(link)
    assert again.status_code == 200 and "no longer good" in again.content.decode()


def test_a_new_password_is_asked_for_twice_in_few_words(page):
    text = page.get("/password").content.decode()
    assert "New password again" in text
    assert text.count("At least 12 characters, and none that many people use.") == 1
    assert "Your password must" not in text


def test_a_link_is_good_for_a_day(page, petra, settings):
    link = link_of(page, "petra")
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "no longer good" in Client().get(link).content.decode()


def test_a_link_for_an_account_that_was_closed_since_is_no_longer_good(page, petra, ada):
    link = link_of(page, "petra")
    accounts.set_active("petra", False, ada)
    assert "no longer good" in Client().get(link).content.decode()
    answer = page.post(reverse("people:link", kwargs={"username": "petra"}))
    assert answer.status_code == 422 and "not active any more" in answer.content.decode()


def test_ones_own_password_is_changed_with_the_old_one_and_ends_other_sessions(petra):
    petra.set_password(PASSWORD)
    petra.save()
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post("/sign-in", {"username": "petra", "password": PASSWORD})
    new = "another long password"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post(reverse("people:password"), {**sent, "old_password": "wrong"}).status_code == 200
    answer = here.post(reverse("people:password"), sent, follow=True)
    assert "Your password is changed" in answer.content.decode()
    assert elsewhere.get("/").status_code == 302
    assert last().text == "Petra set a password of their own."


def test_settings_are_shown_to_administrators_only(page, petra):
    assert "Settings" in page.get("/").content.decode()
    hers = Client()
    hers.force_login(petra, backend="django.contrib.auth.backends.ModelBackend")
    assert "Settings" not in hers.get("/").content.decode()


def test_a_role_that_was_taken_is_gone_with_the_next_request(page, petra, ada):
    second = services.add_person("otto", "Otto", "platform", ["administrator"], ada)
    his = Client()
    his.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    assert his.get(reverse("people:people")).status_code == 200
    accounts.set_roles("otto", "platform", ["member"], ada)
    assert his.get(reverse("people:people")).status_code == 403
    assert Membership.objects.filter(user=second).count() == 1
