"""An open stream is for who is signed in: it ends soon after that person is not, and for nobody else."""

from __future__ import annotations

import asyncio
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from gameday.conduct import hub
from gameday.conduct.seats import Seat, vacant
from gameday.people.models import User
from tests.gameday.cast import gather, who
from tests.gameday.conduct.listening import PATH, cookie_of, day, elsewhere, listening
from tests.support.shared_database import shared_database

__all__ = ["day", "shared_database"]


def sign_out(cookie):
    client = Client()
    name, _, value = cookie.partition("=")
    client.cookies[name] = value
    assert client.post("/sign-out").status_code == 303


def close_account(cookie):
    User.objects.filter(username="ravi").update(is_active=False)


def change_password(cookie):
    user = who("ravi")
    user.set_password("another long enough word")
    user.save()


def expire(cookie):
    key = re.sub(".*=", "", cookie)
    assert Session.objects.filter(session_key=key).update(expire_date=timezone.now()) == 1


@pytest.mark.parametrize("deed", [sign_out, close_account, change_password, expire])
def test_a_stream_ends_for_who_is_not_signed_in_any_more_and_goes_on_for_others(day, monkeypatch, deed):
    monkeypatch.setattr(hub, "SEATS_EVERY", 0.05)
    monkeypatch.setattr(hub, "BEAT_EVERY", 0.05)

    async def play(his, hers):
        async with listening(PATH, his) as ravi, listening(PATH, hers) as anna:
            for listener in (ravi, anna):
                for _ in range(4):
                    await listener.until_beat()
            assert not ravi.has_ended
            await elsewhere(deed, his)
            await ravi.until(lambda _: False, within=5)
            assert ravi.has_ended
            for _ in range(4):
                await anna.until_beat()
            assert not anna.has_ended

    asyncio.run(play(cookie_of("ravi"), cookie_of("anna")))


@pytest.mark.django_db
def test_everybody_is_asked_for_with_two_queries(django_assert_num_queries):
    gather()
    taken = {
        Seat(re.sub(".*=", "", cookie_of(name)), who(name).pk) for name in ("ravi", "anna", "fiona", "petra")
    }
    made_up = Seat("no-such-session", who("ravi").pk)
    of_somebody_else = Seat(
        next(seat.session for seat in taken if seat.user == who("anna").pk), who("ada").pk
    )
    with django_assert_num_queries(2):
        assert vacant({*taken, made_up, of_somebody_else}) == {made_up, of_somebody_else}
