"""The live stream: what comes, to whom, in which order; nothing lost and nothing twice."""

from __future__ import annotations

import asyncio
import json

from django.db import transaction

from chaos.journal.record import append
from chaos.models import Run, SampleChunk
from tests.gameday.cast import NOW, who
from tests.gameday.conduct.listening import (
    PATH,
    STREAM,
    cookie_of,
    day,
    elsewhere,
    head,
    listening,
    say,
    soon,
)
from tests.support.launching import a_run
from tests.support.shared_database import shared_database

__all__ = ["day", "shared_database"]


def test_what_happens_comes_to_who_listens(day):
    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            await listener.until_beat()
            seq = await soon(actor="ravi", run="")
            await listener.until_seq(seq)
            (event,) = listener.named("entry")
            assert event.id == f"{seq}.0"
            assert {
                name: event.data[name] for name in ("seq", "at", "kind", "text", "actor", "audience")
            } == {
                "seq": seq,
                "at": "2026-06-01T12:00:00.000Z",
                "kind": "note",
                "text": "Something is slow.",
                "actor": "ravi",
                "audience": "everyone",
            }
            assert "Something is slow." in event.data["html"]

    asyncio.run(play(cookie_of("ravi")))


def test_a_stream_may_not_be_kept_packed_or_held_back_by_what_is_in_between(day):
    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            assert listener.status == 200
            assert listener.headers["content-type"] == "text/event-stream"
            assert listener.headers["cache-control"] == "no-cache, no-transform"
            assert listener.headers["x-accel-buffering"] == "no"
            assert "content-encoding" not in listener.headers

    asyncio.run(play(cookie_of("ravi")))


def test_nothing_is_lost_or_doubled_for_who_comes_while_much_happens(day):
    first, count = head(), 80

    def write():
        for number in range(count):
            say(f"Entry {number}")

    async def watch(cookie, delay):
        await asyncio.sleep(delay)
        async with listening(f"{PATH}?after={first}.0", cookie) as listener:
            return await listener.until_seq(first + count)

    async def play(cookie):
        writing = asyncio.create_task(elsewhere(write))
        seen = await asyncio.gather(*(watch(cookie, number * 0.03) for number in range(8)))
        await writing
        assert seen == [list(range(first + 1, first + count + 1))] * 8

    asyncio.run(play(cookie_of("petra")))


def test_who_comes_back_goes_on_where_they_left(day):
    async def play(cookie):
        start = await elsewhere(head)
        seen, last = [], f"{start}.0"
        for _ in range(3):
            async with listening(f"{PATH}?after={start}.0", cookie, last) as listener:
                await listener.until_beat()
                seq = await soon()
                seen += await listener.until_seq(seq)
                last = listener.id
            await soon("While nobody listened.")
        async with listening(PATH, cookie, last) as listener:
            seen += await listener.until_seq(start + 6)
        assert seen == [start + number for number in range(1, 7)]

    asyncio.run(play(cookie_of("ravi")))


def test_what_is_for_the_organisers_comes_to_the_others_when_the_run_ends(day):
    async def play(organiser, responder):
        start = await elsewhere(head)
        run = str(day.pk)
        path = f"{PATH}?after={start}.0"
        async with listening(path, organiser) as fiona, listening(path, responder) as ravi:
            await asyncio.gather(fiona.until_beat(), ravi.until_beat())
            await soon("Requested on api-1.", "injection.requested", audience="organisers", run=run)
            await soon("Who imported it.", "plan.imported", audience="organisers")
            seq = await soon()
            await asyncio.gather(fiona.until_seq(seq), ravi.until_seq(seq))
            assert ravi.seqs == [start + 3]
            assert "api-1" not in str(ravi.events)
            end = await soon("Completed.", "run.state", run=run, body={"state": "completed"})
            await soon("Deleted late.", "run.word", audience="organisers", run=run)
            await asyncio.gather(fiona.until_seq(end + 1), ravi.until_seq(end + 1))
            assert fiona.seqs == [start + number for number in range(1, 6)]
            assert ravi.seqs == [start + 3, start + 1, start + 4, start + 5]
            assert [event.data.get("late", False) for event in ravi.named("entry")] == [
                False,
                True,
                False,
                False,
            ]
            assert [event.id for event in ravi.named("entry")][1] == ""
        async with listening(path, responder) as again:
            assert await again.until_seq(end + 1) == [start + 3, start + 1, start + 4, start + 5]

    asyncio.run(play(cookie_of("fiona"), cookie_of("ravi")))


def test_samples_come_a_second_at_a_time_until_the_run_has_ended(day):
    run = a_run()
    Run.objects.filter(pk=run).update(stream=STREAM)

    def sample(value, unknown=""):
        readings = [["2026-06-01T12:00:00Z", "2026-06-01T12:00:00.250000Z", value, unknown]]
        chunks = [
            SampleChunk(run_id=run, probe=probe, first_at=NOW, readings=readings)
            for probe in ("p99", "ALERTS")
        ]
        SampleChunk.objects.bulk_create(chunks)

    def finish():
        with transaction.atomic():
            sample(None, "no answer")
            Run.objects.filter(pk=run).update(state="completed")
            append(STREAM, "run.state", "Completed.", at=NOW, run=run, body={"state": "completed"})

    async def play(cookie):
        async with listening(PATH, cookie) as listener:
            assert (await listener.until_beat()).data["sampled_at"] is None
            await elsewhere(sample, "181.5")
            await listener.until(lambda _: listener.named("samples"))
            await elsewhere(finish)
            await listener.until(lambda _: len(listener.named("samples")) == 2 and listener.seqs)
            at = 1780315200250
            told = [event.data for event in listener.named("samples")]
            assert told[0].pop("chunk") < told[1].pop("chunk")
            assert told == [
                {"run": run, "probe": "p99", "readings": [[at, 181.5, ""]]},
                {"run": run, "probe": "p99", "readings": [[at, None, "no answer"]]},
            ]

    asyncio.run(play(cookie_of("ravi")))


def test_who_comes_back_gets_the_samples_that_were_missed(day):
    run = a_run()
    Run.objects.filter(pk=run).update(stream=STREAM)
    reading = ["2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z", "1", ""]
    chunks = [
        SampleChunk.objects.create(run_id=run, probe="p99", first_at=NOW, readings=[reading]).pk
        for _ in range(4)
    ]

    async def play(cookie):
        async with listening(PATH, cookie, f"{head_seq}.{chunks[1]}") as listener:
            beat = await listener.until_beat()
            assert [event.id for event in listener.named("samples")] == [
                f"{head_seq}.{chunks[2]}",
                f"{head_seq}.{chunks[3]}",
            ]
            assert beat.data["sampled_at"] == "2026-06-01T12:00:00.000Z"

    head_seq = head()
    asyncio.run(play(cookie_of("ravi")))


def test_polling_tells_the_same_as_the_stream(day, client):
    start, run = head(), str(day.pk)
    say("Requested on api-1.", "injection.requested", audience="organisers", run=run)
    say()
    say("Completed.", "run.state", run=run, body={"state": "completed"})

    async def play(cookie):
        async with listening(f"{PATH}?after={start}.0", cookie) as listener:
            await listener.until_beat()
            return listener.id, [event.data for event in listener.named("entry")]

    streamed = asyncio.run(play(cookie_of("ravi")))
    client.force_login(who("ravi"), backend="django.contrib.auth.backends.ModelBackend")
    polled = client.get(f"/plans/small-day/day/since?after={start}.0").json()
    entries = [json.loads(event["data"]) for event in polled["events"] if event["event"] == "entry"]
    assert (polled["cursor"], entries) == streamed
    assert [event["event"] for event in polled["events"]][-2:] == ["regions", "beat"]
    assert polled["more"] is False
