"""What is new of live runs, as those ask who follow a day."""

from __future__ import annotations

import pytest

from chaos.models import Run, SampleChunk
from chaos.services.live_queries import live_runs_on, newest_chunk, samples_of_runs, samples_of_stream
from tests.support.launching import AT, STREAM, a_run

pytestmark = pytest.mark.django_db

INSTANT = "2026-07-01T10:00:00Z"


def sampled(run: str, probe: str = "p99", value: str | None = "1", unknown: str = "") -> int:
    reading = [INSTANT, INSTANT, value, unknown]
    return SampleChunk.objects.create(run_id=run, probe=probe, first_at=AT, readings=[reading]).pk


def test_samples_come_in_the_order_in_which_they_were_written_and_without_the_alerts():
    run = a_run()
    first, _, third = sampled(run), sampled(run, "ALERTS", None), sampled(run, "errors", None, "no answer")
    found = samples_of_runs({run}, 0)
    assert [(item.chunk, item.probe, item.stream) for item in found] == [
        (first, "p99", STREAM),
        (third, "errors", STREAM),
    ]
    assert [item.points[0][1:] for item in found] == [(1.0, ""), (None, "no answer")]
    assert samples_of_runs({run}, first) == samples_of_stream(STREAM, first, 10) == found[1:]


def test_the_newest_chunk_of_a_stream_takes_two_queries_however_many_runs(django_assert_num_queries):
    assert newest_chunk(STREAM) == 0
    runs = [a_run()]
    newest = max(sampled(runs[0]), sampled(runs[0]))
    for _ in range(3):  # which were never sampled
        Run.objects.filter(pk=runs[-1]).update(state="completed")
        runs.append(a_run())
    with django_assert_num_queries(2):
        assert newest_chunk(STREAM) == newest
    assert live_runs_on(STREAM) == {runs[-1]}
