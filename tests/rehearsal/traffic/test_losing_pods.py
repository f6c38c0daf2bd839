"""What the practice platform does when payments-api loses pods: nothing here is scripted, it follows."""

from dataclasses import replace

import pytest

from deploy.rehearsal.traffic.view import PlatformView, PodFact
from tests.rehearsal.traffic.bench import HEALTHY, Reading, pods, readings

KILLED_AT = 10
REPLACED_AFTER = 9.5


def losing(count: int, graceful: bool) -> list[Reading]:
    def script(now: float) -> PlatformView:
        if now < KILLED_AT:
            return HEALTHY
        alive = HEALTHY.payments[count:]
        if graceful and now < KILLED_AT + 1.5:
            alive += tuple(PodFact(pod.uid, serving=False) for pod in HEALTHY.payments[:count])
        if now >= KILLED_AT + REPLACED_AFTER:
            alive += pods("fresh", count)
        return replace(HEALTHY, payments=alive)

    return readings(script, 35)


def worst_p99(of: list[Reading]) -> float:
    return max(reading.p99_ms for reading in of)


def test_a_healthy_platform_keeps_its_objectives_with_room_to_spare():
    calm = readings(lambda now: HEALTHY, 60)
    assert all(100 <= reading.p99_ms <= 160 for reading in calm)
    assert all(reading.errors_percent == 0 for reading in calm)
    assert all(reading.throughput > 540 for reading in calm)


@pytest.mark.parametrize("graceful", [True, False])
def test_one_lost_pod_of_six_stays_inside_the_latency_and_throughput_objectives(graceful):
    seen = losing(1, graceful)
    assert worst_p99(seen) < 200
    assert max(reading.errors_percent for reading in seen) < 1
    assert min(reading.throughput for reading in seen) > 500


def test_one_politely_stopped_pod_stays_inside_the_error_objective_too():
    assert max(reading.errors_percent for reading in losing(1, graceful=True)) < 0.1


def test_one_pod_killed_without_grace_breaks_its_open_requests_and_touches_the_error_objective():
    assert 0.1 < max(reading.errors_percent for reading in losing(1, graceful=False)) < 1


def test_two_lost_pods_miss_the_objective_without_reaching_the_abort_condition():
    assert 200 < worst_p99(losing(2, graceful=True)) < 500


@pytest.mark.parametrize("graceful", [True, False])
def test_three_pods_lost_at_once_pass_half_a_second_within_six_seconds(graceful):
    over = [reading.at for reading in losing(3, graceful) if reading.p99_ms > 500]
    assert KILLED_AT + 1 < over[0] <= KILLED_AT + 6


def test_three_pods_lost_at_once_cost_throughput_and_errors_until_they_are_replaced():
    seen = losing(3, graceful=True)
    during = [reading for reading in seen if reading.at == KILLED_AT + 9]
    assert during[0].throughput < 500
    assert during[0].errors_percent > 10
    assert seen[-1].p99_ms < 200
    assert seen[-1].errors_percent == 0


def test_the_same_history_gives_the_same_counters():
    assert losing(1, graceful=False) == losing(1, graceful=False)


def test_with_no_pod_serving_every_request_is_refused():
    dark = readings(lambda now: replace(HEALTHY, payments=()), 10)
    assert {reading.errors_percent for reading in dark} == {100}


def test_ten_times_the_load_is_mostly_refused():
    flood = readings(lambda now: replace(HEALTHY, load=10), 15)
    assert flood[-1].errors_percent > 80
    assert flood[-1].p99_ms > 500


def test_pods_at_half_speed_are_overloaded():
    slow = readings(lambda now: replace(HEALTHY, payments=pods("payments", 6, speed=0.5)), 15)
    assert slow[-1].p99_ms > 500
