"""The parts of a page that the live stream exchanges: rendered once for each audience, beside the news."""

from __future__ import annotations

import asyncio
import threading

from django.db import OperationalError, transaction

from chaos.journal import ORGANISATION
from chaos.journal.record import append
from gameday.conduct import live
from tests.gameday.cast import NOW
from tests.gameday.conduct.listening import (
    PATH,
    cookie_of,
    day,
    elsewhere,
    listening,
    soon,
)
from tests.support.shared_database import shared_database

__all__ = ["day", "shared_database"]


def test_the_regions_of_the_page_come_at_once_and_again_when_they_have_changed(day, monkeypatch):
    shown = {"status": "calm", "sheet": "one"}
    monkeypatch.setattr(live, "regions", lambda slug, organiser: {**shown, "whom": f"{slug} {organiser}"})

    async def play(cookie):
        async with listening(PATH, cookie) as first:
            await first.until(lambda _: first.named("regions"))
            assert first.named("regions")[0].data == {
                "regions": {"status": "calm", "sheet": "one", "whom": "small-day False"}
            }
            shown["status"] = "breach"
            await soon(kind="note")
            await first.until_seq(await soon(kind="run.breach"))
            await first.until(lambda _: len(first.named("regions")) == 2)
            assert first.named("regions")[1].data == {"regions": {"status": "breach"}}
            async with listening(PATH, cookie) as second:
                await second.until(lambda _: second.named("regions"))
                assert second.named("regions")[0].data["regions"]["sheet"] == "one"

    asyncio.run(play(cookie_of("ravi")))


def test_a_page_that_takes_long_to_render_holds_nothing_else_up(day, monkeypatch):
    heard = threading.Event()

    def render(slug, organiser):
        assert heard.wait(10)
        return {"status": "rendered"}

    monkeypatch.setattr(live, "regions", render)

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            await listener.until_beat()
            await listener.until_seq(await soon())
            assert not listener.named("regions")
            heard.set()
            await listener.until(lambda _: listener.named("regions"))

    asyncio.run(play(cookie_of("ravi")))


def test_a_region_that_cannot_be_rendered_is_tried_again(day, monkeypatch):
    tries = iter([ZeroDivisionError(), OperationalError("away"), None])

    def render(slug, organiser):
        trouble = next(tries)
        if trouble:
            raise trouble
        return {"status": "rendered"}

    monkeypatch.setattr(live, "regions", render)

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            await listener.until(lambda _: listener.named("regions"))

    asyncio.run(play(cookie_of("ravi")))


def test_each_audience_of_a_day_gets_its_regions(day, monkeypatch):
    monkeypatch.setattr(live, "regions", lambda slug, organiser: {"whom": str(organiser)})

    async def play(organiser, responder):
        async with listening(PATH, organiser) as fiona:
            await fiona.until(lambda _: fiona.named("regions"))
            async with listening(PATH, responder) as ravi:
                await ravi.until(lambda _: ravi.named("regions"))
                told = [one.named("regions")[0].data["regions"]["whom"] for one in (fiona, ravi)]
                assert told == ["True", "False"]

    asyncio.run(play(cookie_of("fiona"), cookie_of("ravi")))


def test_a_halt_changes_the_page_of_every_day(day, monkeypatch):
    shown = {"status": "armed"}
    monkeypatch.setattr(live, "regions", lambda slug, organiser: dict(shown))

    def halt():
        with transaction.atomic():
            append(ORGANISATION, "halt.pulled", "Halted.", at=NOW)

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            await listener.until(lambda _: listener.named("regions"))
            shown["status"] = "halted"
            await elsewhere(halt)
            await listener.until(lambda _: len(listener.named("regions")) == 2)

    asyncio.run(play(cookie_of("ravi")))
