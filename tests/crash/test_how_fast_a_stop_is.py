"""From what wants a stop to its first call, at the wire and in real time.

On a run that is put back into mid-fault each time. "The first call" is a DELETE: what is read before it
counts against it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.local.postgres import Server
from tests.crash.bench import Bench, bench
from tests.crash.clicks import Person
from tests.crash.figures import Latencies
from tests.crash.house import Wrecked
from tests.journeys.house import until

pytestmark = [pytest.mark.crash, pytest.mark.alone]

MANY = int(os.environ.get("GAMEDAY_CRASH_REPEATS", "100"))
FEW = max(5, MANY // 4)


@pytest.fixture(scope="module")
def prepared(desk: Wrecked) -> Iterator[Bench]:
    if desk.database is None:
        pytest.skip("a run is put back into mid-fault in PostgreSQL, which is not here")
    desk.put_in_order()
    desk.start("web")
    with bench(desk) as made:
        yield made
    desk.put_in_order()


@pytest.fixture(scope="module")
def otto(prepared: Bench) -> Person:
    return Person(prepared.house, "otto")


def test_a_failing_sample_is_followed_by_a_stop(prepared: Bench, latencies: Latencies) -> None:
    prepared.house.start("redis", "worker")
    seconds = []
    for _ in range(MANY):
        prepared.put_back(is_driven=True)
        prepared.sampler.be_well()
        prepared.ring()
        prepared.is_watched()
        prepared.sampler.be_well(0)
        failed_at = prepared.sampler.failed_at()
        seconds.append(prepared.gone(failed_at))
    prepared.sampler.be_well()
    prepared.put_back()
    latencies.note("failing sample received to its engine deleted", seconds, 0.1)


def clicks(
    prepared: Bench, otto: Person, engines: int = 1, times: int = MANY
) -> tuple[list[float], list[float]]:
    """Seconds from each click to its first delete, and to its answer, which comes when all are taken."""
    first, whole = [], []
    for _ in range(times):
        prepared.put_back(engines)
        clicked_at = otto.now()
        said = otto.stop(prepared.run)
        whole.append(otto.now() - clicked_at)
        assert said["is_whole"], said
        first.append(prepared.first_delete(clicked_at))
        assert prepared.engines() == 0
    return first, whole


def test_a_click_on_stop_with_everything_well(prepared: Bench, otto: Person, latencies: Latencies) -> None:
    prepared.house.start("redis", "worker", "beat")
    first, _ = clicks(prepared, otto)
    latencies.note("click on Stop to first delete, all well", first, 0.25)


def test_twenty_engines_are_stopped_beside_each_other(
    prepared: Bench, otto: Person, latencies: Latencies
) -> None:
    _, one = clicks(prepared, otto, 1, FEW)
    _, twenty = clicks(prepared, otto, 20, FEW)
    latencies.note("click on Stop to its answer, one engine", one, 1.0)
    latencies.note("the same with twenty engines (goal: twice the p99 of one)", twenty, 2 * sorted(one)[-1])


def test_a_click_on_stop_with_redis_and_celery_dead(
    prepared: Bench, otto: Person, latencies: Latencies
) -> None:
    for name in ("worker", "beat", "redis"):
        if prepared.house.runs(name):
            prepared.house.kill(name)
    first, _ = clicks(prepared, otto)
    latencies.note("click on Stop to first delete, Redis and Celery dead", first, 1.0)


@pytest.mark.parametrize("how", ["stopped", "hangs"])
def test_a_token_over_the_web_with_the_database_dead(
    prepared: Bench, otto: Person, latencies: Latencies, how: str
) -> None:
    house, seconds = prepared.house, []
    assert house.database is not None
    prepared.put_back()
    with house.database.frozen() if how == "hangs" else stopped(house.database):
        for _ in range(FEW if how == "stopped" else 5):  # one that hangs holds each answer up for seconds
            prepared.lay()
            clicked_at = otto.now()
            said = otto.press("/break-glass/", token=house.token, reason="The database is down.")
            seconds.append(prepared.first_delete(clicked_at))
            assert said["is_whole"], said
    release = ("halt", "--release", "--as", "ada", "--reason", "Measured.")
    until(lambda: house.manage(*release).status == 0, "the halts are written down, and released", 60.0)
    latencies.note(f"break glass to first delete, database {how}", seconds, 3.0)


@contextmanager
def stopped(database: Server) -> Iterator[None]:
    database.stop()
    try:
        yield
    finally:
        database.start()
