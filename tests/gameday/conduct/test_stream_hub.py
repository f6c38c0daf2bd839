"""The hub behind the live stream: when it looks, what it says when it cannot, and how streams end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from chaos.models import Run
from gameday.conduct import channel, feed, follow, hub
from tests.gameday.conduct.listening import (
    PATH,
    STREAM,
    cookie_of,
    day,
    elsewhere,
    head,
    listen,
    listening,
    say,
    soon,
)
from tests.support.launching import a_run
from tests.support.shared_database import shared_database

__all__ = ["day", "shared_database"]


def test_a_beat_comes_every_so_often_and_names_the_cursor_first(day, monkeypatch):
    monkeypatch.setattr(hub, "BEAT_EVERY", 0.02)

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            beats = [await listener.until_beat() for _ in range(3)]
            assert [beat.id for beat in beats] == [f"{head_seq}.0", "", ""]
            assert [beat.data["blind"] for beat in beats] == ["", "", ""]
            assert beats[2].data["at"] > beats[1].data["at"]

    head_seq = head()
    asyncio.run(play(cookie_of("ravi")))


def test_a_database_that_is_away_is_said_and_what_happened_meanwhile_comes_when_it_is_back(day, monkeypatch):
    monkeypatch.setattr(hub, "BEAT_EVERY", 0.02)
    monkeypatch.setattr(hub, "AWAY_PACE", 0.02)
    monkeypatch.setattr(hub, "BLIND_AFTER", timedelta(milliseconds=100))
    look, away = follow.Follower.look, threading.Event()

    def look_if_there(self, asked):
        if away.is_set():
            raise OperationalError("server closed the connection unexpectedly")
        return look(self, asked)

    monkeypatch.setattr(follow.Follower, "look", look_if_there)

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            seen = (await listener.until_beat()).data["looked_at"]
            away.set()
            seq = await soon()
            await listener.until(lambda _: listener.named("beat")[-1].data["blind"])
            beat = listener.named("beat")[-1].data
            assert "cannot reach its database" in beat["blind"]
            assert seen <= beat["looked_at"] < beat["at"]
            assert not listener.seqs
            away.clear()
            assert await listener.until_seq(seq) == [seq]
            await listener.until(lambda _: not listener.named("beat")[-1].data["blind"])

    asyncio.run(play(cookie_of("ravi")))


@pytest.mark.postgres
def test_a_connection_that_the_database_ends_is_opened_anew(day, monkeypatch):
    monkeypatch.setattr(hub, "AWAY_PACE", 0.02)

    def end_all_but(kept):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
                [kept],
            )
            return len(cursor.fetchall())

    async def play(cookie, kept):
        async with listening(PATH, cookie) as listener:
            await listener.until_beat()
            assert await elsewhere(end_all_but, kept) >= 1  # the hub's
            seq = await soon()
            assert await listener.until_seq(seq) == [seq]

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        kept = cursor.fetchone()[0]
    asyncio.run(play(cookie_of("ravi"), kept))


def test_who_cannot_keep_up_is_cut_off_and_loses_nothing_by_coming_back(day, monkeypatch):
    monkeypatch.setattr(channel, "ROOM", 3)

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            await listener.until_beat()
            start = listener.id
            (seat,) = hub.current().channels.values()
            (viewer,) = seat.viewers
            for _ in range(4):  # between two turns of the loop, so that nothing is taken out
                viewer.put([])
            seq = await soon()
            await listener.until(lambda _: listener.has_ended)
            assert listener.seqs == []
        async with listening(PATH, cookie, start) as again:
            assert await again.until_seq(seq) == [seq]

    asyncio.run(play(cookie_of("ravi")))


def test_a_stream_ends_after_a_while_so_that_rights_are_read_anew(day, monkeypatch):
    monkeypatch.setattr(hub, "BEAT_EVERY", 0.02)
    monkeypatch.setattr(channel, "LIFETIME", 0.1)

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            await listener.until(lambda _: listener.has_ended, within=5)
            assert listener.has_ended

    asyncio.run(play(cookie_of("ravi")))


def test_nobody_looks_at_the_database_while_nobody_watches(day):
    async def play(cookie):
        here = hub.current()
        async with listening(PATH, cookie) as one, listening(PATH, cookie) as two:
            await asyncio.gather(one.until_beat(), two.until_beat())
            threads = [item.name for item in threading.enumerate() if item.name.startswith("live stream")]
            assert len(threads) == 1
            looks = here.looks
        async with asyncio.timeout(5):
            await looks
        assert here.looks is None and not here.channels

    asyncio.run(play(cookie_of("ravi")))
    async_threads = [item for item in threading.enumerate() if item.name.startswith("live stream")]
    for thread in async_threads:
        thread.join(5)
        assert not thread.is_alive()


def test_open_streams_hold_no_database_connection(day):
    async def play(cookie):
        before = await elsewhere(open_connections)
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(12):
                listener = await stack.enter_async_context(listening(PATH, cookie))
                await listener.until_beat()
            # The hub has one; SQLite closes a file only when nobody in the process locks it.
            assert await elsewhere(open_connections) <= before + 4

    asyncio.run(play(cookie_of("ravi")))


def open_connections():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]
    name = connection.settings_dict["NAME"]
    links = (os.readlink(link) for link in Path("/proc/self/fd").iterdir() if os.path.lexists(link))
    return sum(link == name for link in links)


def test_a_plan_that_is_not_there_has_no_stream(day):
    async def play(cookie):
        async with listening("/plans/nowhere/day/stream", cookie) as listener:
            assert listener.status == 404

    asyncio.run(play(cookie_of("ravi")))


def test_asking_for_the_head_alone_opens_no_stream(day):
    async def play(cookie):
        listener = await listen(PATH, cookie, method="HEAD")
        assert listener.headers["content-type"] == "text/event-stream"
        await listener.until(lambda _: False)
        assert listener.has_ended and not hub.current().channels

    asyncio.run(play(cookie_of("ravi")))


def test_a_look_is_one_query_and_one_more_while_a_run_is_live(day, django_assert_num_queries):
    follower = follow.Follower()
    asked = {STREAM: {True, False}, "plan:elsewhere": {False}}
    follower.look(asked)
    with django_assert_num_queries(1):
        follower.look(asked)
    run = a_run()
    Run.objects.filter(pk=run).update(stream=STREAM)
    follower.look(asked)
    say(kind="run.launched", run=run)
    with django_assert_num_queries(6):  # heads, entries, live runs, what of them is kept (2), samples
        assert len(follower.look(asked)[STREAM].items[False]) == 1
    with django_assert_num_queries(3):  # who drives them, which is asked every other second
        follower.look(asked)
    with django_assert_num_queries(2):
        follower.look(asked)


def test_a_look_that_fails_passes_nothing_over(day, monkeypatch):
    follower = follow.Follower()
    follower.look({STREAM: {True}})
    seq = say()
    with monkeypatch.context() as patch:
        patch.setattr(feed.live_queries, "live_runs_on", lambda stream: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            follower.look({STREAM: {True}})
    (item,) = follower.look({STREAM: {True}})[STREAM].items[True]
    assert item.at.seq == seq


def test_a_run_that_nobody_drives_changes_open_pages_though_nothing_was_written(day, monkeypatch):
    monkeypatch.setattr(follow, "DRIVERS_EVERY", 0)
    follower, run = follow.Follower(), a_run()
    rows = Run.objects.filter(pk=run)
    rows.update(stream=STREAM, state_since=timezone.now())
    changes = []
    for held in (timedelta(seconds=5), timedelta(seconds=-20), timedelta(seconds=-21), timedelta(seconds=5)):
        rows.update(lease_until=timezone.now() + held)
        changes.append(follower.look({STREAM: {False}})[STREAM].changes)
    assert changes == [True, True, False, True], "it came, was left alone, still is, and was taken up again"
