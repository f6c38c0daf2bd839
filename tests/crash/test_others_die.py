"""SIGKILL of beat, of the web in mid-Stop, of Redis; PostgreSQL stopped in mid-fault."""

from __future__ import annotations

import threading

import pytest

from tests.crash.clicks import Person
from tests.crash.house import Wrecked
from tests.journeys import plans
from tests.journeys.conducting import Conducting
from tests.journeys.house import until

pytestmark = pytest.mark.crash

HUNG = {"effect": "delay", "seconds": 3, "verbs": ["delete", "deletecollection"]}


def in_mid_fault(house: Wrecked, slug: str, fault: str = "60s") -> Conducting:
    house.approved(plans.plan(slug, plans.scenario(fault=fault, revert_within="90s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected", within=90.0)
    return conducting


def test_a_run_whose_worker_is_killed_with_beat_waits_for_both_and_is_then_stopped(house: Wrecked) -> None:
    with house.watch() as watch:
        conducting = in_mid_fault(house, "no-beat-day")
        house.kill("beat")
        house.kill("worker")
        house.start("worker")
        house.start("beat")  # it alone rings for who was left behind
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted"


def test_the_web_process_is_killed_in_mid_stop_and_the_stop_goes_on(house: Wrecked) -> None:
    house.start("web")
    otto = Person(house, "otto")
    with house.watch() as watch:
        conducting = in_mid_fault(house, "killed-web-day")
        house.turn(api=[HUNG])
        since = otto.now()
        press = threading.Thread(target=otto.stop, daemon=True)
        press.start()
        house.wire.first(since, "DELETE")  # sent, and not answered
        conducting.until("run.stop_wanted")  # beside it; killed before that, nobody has been told "stopped"
        house.kill("web")
        press.join(10)
        house.turn(api=[])
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted"


def test_redis_is_killed_in_mid_fault_and_does_not_come_back(house: Wrecked) -> None:
    with house.watch() as watch:
        conducting = in_mid_fault(house, "no-redis-day", "8s")
        house.kill("redis")
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "completed"


def test_redis_is_killed_with_the_worker_and_comes_back_empty(house: Wrecked) -> None:
    with house.watch() as watch:
        conducting = in_mid_fault(house, "new-redis-day")
        house.kill("redis")
        house.kill("worker")
        house.start("redis")
        house.start("worker")
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted"


def test_postgresql_is_stopped_in_mid_fault_and_the_fault_is_gone_before_it_is_back(house: Wrecked) -> None:
    if house.database is None:
        pytest.skip("SQLite is a file: nobody can stop it")
    with house.watch() as watch:
        conducting = in_mid_fault(house, "no-database-day", "120s")
        house.database.stop()
        until(lambda: house.chaos_left() == [], "what cannot be written down is ended", 60.0)
        house.database.start()
        conducting.kill()
        house.ends_by_itself("no-database-day", watch)
    assert house.state_of("no-database-day") == "aborted"
