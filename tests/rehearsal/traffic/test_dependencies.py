"""Fraud scoring behind a breaker, the ledger behind TLS, and Kafka behind its brokers."""

from dataclasses import replace

from deploy.rehearsal.traffic.breaker import Breaker, State
from deploy.rehearsal.traffic.brokers import Brokers
from deploy.rehearsal.traffic.links import Link
from deploy.rehearsal.traffic.model import Traffic
from deploy.rehearsal.traffic.view import PlatformView
from tests.rehearsal.traffic.bench import BROKERS, HEALTHY, pods, readings


def under(seconds: float, view: PlatformView, traffic: Traffic | None = None) -> Traffic:
    traffic = traffic or Traffic()
    traffic.advance(view, seconds)
    return traffic


def test_half_a_second_of_latency_to_fraud_scoring_slows_payments_and_leaves_the_breaker_closed():
    slow = replace(HEALTHY, fraud=pods("fraud", 3, answers=(Link(latency=0.5),)))
    traffic = Traffic()
    seen = readings(lambda now: slow, 15, traffic)
    assert traffic.payments.fraud.state is State.CLOSED
    assert seen[-1].p99_ms > 500


def test_more_than_a_second_of_latency_opens_the_breaker_and_payments_go_on_without_scores():
    slow = replace(HEALTHY, fraud=pods("fraud", 3, answers=(Link(latency=1.2),)))
    traffic = under(4, slow)
    assert traffic.payments.fraud.state is State.OPEN
    assert traffic.totals.fallbacks > 0
    assert traffic.totals.requests["payments-api", "503"] == 0


def test_the_breaker_closes_again_once_scoring_answers():
    traffic = under(4, replace(HEALTHY, fraud=()))
    assert traffic.payments.fraud.state is State.OPEN
    assert under(8, HEALTHY, traffic).payments.fraud.state is State.CLOSED


def test_a_half_open_breaker_opens_again_when_its_trial_calls_fail():
    breaker = Breaker()
    breaker.record(0.0, 100, 100)
    assert breaker.allowance(6.0, 100) == breaker.trials
    breaker.record(6.0, 10, 10)
    assert breaker.state is State.OPEN


def test_an_expired_certificate_breaks_bookings_as_connections_are_renewed():
    expired = replace(HEALTHY, ledger_certificate_valid=False)
    seen = readings(lambda now: expired if now >= 5 else HEALTHY, 30)
    assert seen[0].errors_percent == 0
    assert seen[1].errors_percent < seen[6].errors_percent
    assert 35 < seen[-1].errors_percent < 45


def test_a_renewed_certificate_brings_bookings_back_within_seconds():
    traffic = under(20, replace(HEALTHY, ledger_certificate_valid=False))
    failed = under(1, HEALTHY, traffic).totals.requests["payments-api", "500"]
    assert failed > 0
    assert under(10, HEALTHY, traffic).totals.requests["payments-api", "500"] == failed


def lag_under(seconds: float, ready: dict[str, bool], brokers: Brokers) -> float:
    for _ in range(round(seconds * 10)):
        brokers.tick(60.0, ready, 0.1)
    return brokers.lag


def test_consumers_keep_up_while_every_broker_is_there():
    assert lag_under(30, BROKERS, Brokers()) < 100


def test_one_lost_broker_makes_the_lag_spike_and_recover_without_a_dead_letter():
    brokers = Brokers()
    lag_under(5, BROKERS, brokers)
    assert lag_under(3, {**BROKERS, "kafka-1": False}, brokers) > 1000
    assert lag_under(7, {**BROKERS, "kafka-1": False}, brokers) > 5000
    assert lag_under(25, {**BROKERS, "kafka-1": False}, brokers) < 100
    assert brokers.dead_letters == 0


def test_two_lost_brokers_dead_letter_what_waits_longer_than_the_delivery_timeout():
    brokers = Brokers()
    lag_under(5, BROKERS, brokers)
    alone = {"kafka-0": True, "kafka-1": False, "kafka-2": False}
    lag_under(4, alone, brokers)
    assert brokers.dead_letters == 0
    lag_under(6, alone, brokers)
    assert brokers.dead_letters > 1000
