"""Bad networks and what they cost."""

import random
from dataclasses import replace

import pytest

from deploy.rehearsal.traffic.links import Link, through
from deploy.rehearsal.traffic.model import Traffic
from tests.rehearsal.traffic.bench import HEALTHY, pods, readings

HALF = pods("payments", 6)[3:]


def half_with(**facts):
    """Three of the six payments pods have this."""
    return replace(HEALTHY, payments=(*(replace(pod, **facts) for pod in pods("payments", 3)), *HALF))


def under(view, seconds=10):
    return readings(lambda now: view, seconds, Traffic())[-1]


def mean_delay(link: Link, count: int = 4000) -> float:
    rng = random.Random(1)
    return sum(link.delay(rng) for _ in range(count)) / count


@pytest.mark.parametrize(
    ("link", "low", "high"),
    [
        (Link(latency=0.3), 0.299, 0.301),
        (Link(latency=0.3, share=0.5), 0.14, 0.16),
        (Link(latency=0.3, jitter=0.1), 0.29, 0.31),
        (Link(loss=0.1), 0.02, 0.03),
        (Link(loss=1.0), 12.5, 12.7),
    ],
)
def test_what_a_link_adds_on_average(link, low, high):
    assert low <= mean_delay(link) <= high


def test_links_are_passed_one_after_the_other_and_the_last_to_spoil_gives_the_code():
    passage = through((Link(latency=0.1), Link(latency=0.2, spoiled=1.0, code=500)), random.Random(1))
    assert passage.delay == pytest.approx(0.3)
    assert passage.code == 500


@pytest.mark.parametrize(
    ("link", "silent"),
    [
        (Link(latency=0.9), False),
        (Link(latency=1.0), True),
        (Link(latency=3.0, share=0.5), False),
        (Link(loss=0.5), False),
        (Link(loss=1.0), True),
        (Link(spoiled=1.0, code=200), False),
        (Link(spoiled=1.0, code=503), True),
    ],
)
def test_a_readiness_probe_fails_where_next_to_nothing_gets_through_in_time(link, silent):
    assert link.silences is silent


def test_latency_on_half_of_the_pods_is_the_p99_of_all():
    assert 330 < under(half_with(answers=(Link(latency=0.3),))).p99_ms < 500


def test_lost_packets_cost_time_and_no_errors():
    seen = under(half_with(answers=(Link(loss=0.05),)))
    assert seen.p99_ms > 200
    assert seen.errors_percent < 1


def test_answers_that_never_arrive_are_errors():
    assert 45 < under(half_with(answers=(Link(loss=1.0),))).errors_percent < 55


def test_spoiled_answers_are_errors_with_their_code():
    traffic = Traffic()
    readings(lambda now: half_with(answers=(Link(spoiled=1.0, code=503),)), 10, traffic)
    assert 2500 < traffic.totals.requests["payments-api", "503"] < 3500


def test_a_name_that_is_not_found_means_payments_without_scores():
    traffic = Traffic()
    readings(lambda now: half_with(fraud=(Link(spoiled=1.0, code=503),)), 6, traffic)
    assert traffic.totals.fallbacks > 1000
    assert traffic.totals.requests["payments-api", "503"] == 0


def test_bookings_that_do_not_get_out_fail():
    seen = under(half_with(ledger=(Link(spoiled=1.0, code=503),)))
    assert 15 < seen.errors_percent < 25


def test_a_score_that_cannot_be_read_is_none():
    traffic = Traffic()
    spoiled = pods("fraud", 3, answers=(Link(spoiled=1.0, code=200),))
    readings(lambda now: replace(HEALTHY, fraud=spoiled), 6, traffic)
    assert traffic.payments.fraud.state.name == "OPEN"
    assert traffic.totals.requests["fraud-detector", "200"] > 50


def test_each_pod_has_a_breaker_of_its_own_so_those_with_a_bad_network_go_without_scores_and_stay_fast():
    traffic = Traffic()
    seen = readings(lambda now: half_with(fraud=(Link(latency=1.1),)), 30, traffic)
    assert traffic.payments.fraud.state.name == "OPEN"
    assert max(one.p99_ms for one in seen[:5]) > 1000
    assert max(one.p99_ms for one in seen[10:]) < 200
    assert 5000 < traffic.totals.fallbacks < 10000


def test_the_breaker_of_a_pod_that_is_gone_counts_no_more():
    traffic = Traffic()
    traffic.advance(half_with(fraud=(Link(latency=1.1),)), 4)
    assert traffic.payments.fraud.state.name == "OPEN"
    traffic.advance(replace(HEALTHY, payments=HALF), 1)
    assert traffic.payments.fraud.state.name == "CLOSED"
