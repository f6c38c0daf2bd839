"""The bank's own metrics: requests, latencies, breaker, ledger, Kafka."""

from collections.abc import Iterator

from deploy.rehearsal.traffic.fraud import SERVICE as FRAUD
from deploy.rehearsal.traffic.model import Traffic
from deploy.rehearsal.traffic.payments import SERVICE as PAYMENTS
from deploy.rehearsal.traffic.text import Sample, family


def render(traffic: Traffic) -> str:
    totals, payments, brokers = traffic.totals, traffic.payments, traffic.brokers
    requests = [
        ("http_requests_total", {"service": service, "code": code}, float(count))
        for (service, code), count in sorted(totals.requests.items())
    ]
    group = {"group": "payments-processor", "topic": "payments"}
    breaker = {"service": PAYMENTS, "dependency": FRAUD}
    return "".join(
        [
            family("http_requests_total", "counter", "Requests answered, by service and code.", requests),
            family("http_request_duration_seconds", "histogram", "Time to answer.", _durations(traffic)),
            family(
                "circuit_breaker_state",
                "gauge",
                "0 closed, 1 open in a pod, 2 half open.",
                [("circuit_breaker_state", breaker, payments.fraud.state)],
            ),
            family(
                "fraud_fallbacks_total",
                "counter",
                "Payments let through on fixed rules, without a score.",
                [("fraud_fallbacks_total", {"service": PAYMENTS}, totals.fallbacks)],
            ),
            family(
                "ledger_tls_handshake_errors_total",
                "counter",
                "Bookings that failed because the ledger's certificate was refused.",
                [
                    (
                        "ledger_tls_handshake_errors_total",
                        {"service": PAYMENTS},
                        payments.ledger.handshake_errors,
                    )
                ],
            ),
            family(
                "kafka_consumergroup_lag",
                "gauge",
                "Messages written and not yet read.",
                [("kafka_consumergroup_lag", group, round(brokers.lag))],
            ),
            family(
                "payments_dlq_messages_total",
                "counter",
                "Payment events given up on.",
                [("payments_dlq_messages_total", {}, round(brokers.dead_letters))],
            ),
        ]
    )


def _durations(traffic: Traffic) -> Iterator[Sample]:
    for service, histogram in sorted(traffic.totals.durations.items()):
        labels = {"service": service}
        for bound, count in histogram.cumulative():
            yield "http_request_duration_seconds_bucket", {**labels, "le": bound}, count
        yield "http_request_duration_seconds_sum", labels, histogram.sum
        yield "http_request_duration_seconds_count", labels, histogram.count
