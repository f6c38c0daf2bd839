"""Wrong passwords: eight from one address lock that account from there for five minutes, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse

from gameday.people.addresses import client_ip
from gameday.people.models import User
from tests.gameday.cast import gather

pytestmark = pytest.mark.django_db
GOOD, WRONG = "a long enough password", "another long password"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def people(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, for tests alone
    gather()
    for user in User.objects.all():
        user.set_password(GOOD)
        user.save()


def sign_in(username: str, password: str, address: str = HERE):
    client = Client(REMOTE_ADDR=address)
    return client.post(reverse("people:sign-in"), {"username": username, "password": password})


def locked(username: str = "petra") -> None:
    for _ in range(7):
        assert sign_in(username, WRONG).status_code == 200
    assert sign_in(username, WRONG).status_code == 429


def test_eight_wrong_passwords_lock_that_account_from_that_address_alone(people):
    locked()
    answer = sign_in("petra", GOOD)
    assert answer.status_code == 429 and "for five minutes" in answer.content.decode()
    assert sign_in("petra", GOOD, ELSEWHERE).status_code == 303
    assert sign_in("anna", GOOD).status_code == 303


def test_five_minutes_later_it_is_open_again_however_often_it_was_tried_meanwhile(people):
    locked()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=4, seconds=50))
    assert sign_in("petra", GOOD).status_code == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(seconds=11))
    assert sign_in("petra", GOOD).status_code == 303


def test_a_right_password_in_between_begins_the_count_anew(people):
    for _ in range(2):
        for _ in range(7):
            sign_in("petra", WRONG)
        assert sign_in("petra", GOOD).status_code == 303


def test_somebody_who_does_not_exist_is_told_the_same(people):
    one, other = sign_in("nobody", WRONG), sign_in("petra", WRONG)
    tell = "No account has this username and password"
    assert tell in one.content.decode() and tell in other.content.decode()


def test_who_is_signed_in_stops_whatever_was_tried_at_the_door(people):
    inside = Client(REMOTE_ADDR=HERE)
    inside.post(reverse("people:sign-in"), {"username": "petra", "password": GOOD})
    locked()
    answers = [inside.post(reverse("conduct:stop"), {"reason": "Harm"}) for _ in range(30)]
    assert {answer.status_code for answer in answers} <= {200, 303, 404, 422}
    assert not any(answer.headers.get("Location", "").startswith("/sign-in") for answer in answers)


def test_no_password_is_kept_of_an_attempt(people):
    sign_in("petra", WRONG)
    attempt = AccessAttempt.objects.get()
    assert WRONG not in f"{attempt.post_data} {attempt.get_data}"


def test_behind_a_proxy_it_is_the_last_hop_that_counts_and_nowhere_else(settings):
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": f"203.0.113.9, {ELSEWHERE}"}, REMOTE_ADDR="10.0.0.1"
    )
    settings.BEHIND_PROXY = False
    assert client_ip(request) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert client_ip(request) == ELSEWHERE
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
