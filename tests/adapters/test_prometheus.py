"""The truth table of readings: what counts as a value, and the sentence for everything that does not."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chaos.adapters.prometheus import AlertsReader, PrometheusReader, check
from chaos.adapters.prometheus_client import PrometheusClient, PrometheusSettings
from chaos.domain.errors import Refused
from chaos.domain.sight import Alert, Reading
from chaos.domain.spec import Freshness, MinimumCount, ProbeKind, ProbeSpec
from tests.adapters.stub_server import Answer, Asked, Stub, stub_server

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
AT = 1_772_000_000.5
SERIES = 'http_requests_total{job="payments-api"}'


def vector(*values: Any, **extra: Any) -> dict[str, Any]:
    result = [{"metric": {"pod": str(n)}, "value": [AT, value]} for n, value in enumerate(values)]
    return {"status": "success", "data": {"resultType": "vector", "result": result}, **extra}


def scalar(value: str) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "scalar", "result": [AT, value]}}


MATRIX = {
    "status": "success",
    "data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[AT, "1"]]}]},
}
HISTOGRAM = {
    "status": "success",
    "data": {"resultType": "vector", "result": [{"metric": {}, "histogram": [AT, {"count": "3"}]}]},
}
STRING = {"status": "success", "data": {"resultType": "string", "result": [AT, "hello"]}}
BAD_QUERY = {"status": "error", "errorType": "bad_data", "error": "1:5: parse error: unexpected end"}


def query_of(asked: Asked) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(asked.path).query).items()}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server(lambda asked: Answer(body=vector("1"))) as server:
        yield server


def a_probe(timeout: float = 2.0, **changes: Any) -> ProbeSpec:
    return ProbeSpec(
        name="p99",
        kind=ProbeKind.PROMETHEUS,
        ask="p99_ms",
        unit="ms",
        interval=timedelta(seconds=1),
        timeout=timedelta(seconds=timeout),
        blind_budget=2,
        **changes,
    )


def read(stub: Stub, timeout: float = 2.0, **changes: Any) -> Reading:
    client = PrometheusClient(PrometheusSettings(stub.url))
    return PrometheusReader(client, lambda: NOW).read(a_probe(timeout, **changes))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (vector("123.4"), 123.4),
        (vector("0"), 0.0),
        (vector("-1"), -1.0),
        (vector("1e-3"), 0.001),
        (scalar("7"), 7.0),
        (vector("5", infos=["metric might not be a counter"]), 5.0),
    ],
)
def test_one_finite_number_is_a_value(stub: Stub, body: Any, value: float) -> None:
    stub.answers = lambda asked: Answer(body=body)
    assert read(stub) == Reading("p99", NOW, NOW, value)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(body=vector()), "no data"),
        (Answer(body=vector("NaN")), "nan"),
        (Answer(body=vector("+Inf")), "inf"),
        (Answer(body=vector("-Inf")), "-inf"),
        (Answer(body=scalar("NaN")), "nan"),
        (Answer(body=vector("1", "2")), "2 series"),
        (Answer(body=vector("1", warnings=["store unreachable"])), "store unreachable"),
        (Answer(body=vector(1)), "shape"),
        (Answer(body=vector("x")), "shape"),
        (Answer(body=vector(None)), "shape"),
        (Answer(body=MATRIX), "matrix"),
        (Answer(body=STRING), "string"),
        (Answer(body=HISTOGRAM), "histogram"),
        (Answer(body={"status": "success"}), "JSON"),
        (Answer(body={"status": "success", "data": {"result": []}}), "shape"),
        (Answer(body={"status": "error", "data": {"result": []}}), "JSON"),
        (Answer(body=b"<html>Sign in</html>"), "JSON"),
        (Answer(body=b""), "JSON"),
        (Answer(body=[]), "JSON"),
        (Answer(body=b'{"status": "succ'), "JSON"),
        (Answer(302, {}, {"Location": "/login"}), "redirects"),
        (Answer(400, BAD_QUERY), "parse error"),
        (Answer(401, b"no"), "token"),
        (Answer(403, b"no"), "token"),
        (Answer(404, b"no"), "404"),
        (Answer(429, {}), "429"),
        (Answer(500, b"\xff"), "500"),
        (Answer(503, {"error": "query timed out"}), "timed out"),
        (Answer(204, b""), "204"),
        (Answer(is_lost=True), "hung up"),
        (Answer(body=vector("1"), cut=20), "hung up"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_everything_else_is_unknown_with_the_reason_and_asked_once(
    stub: Stub, answer: Answer, why: str
) -> None:
    stub.answers = lambda asked: answer
    reading = read(stub)
    assert reading.value is None
    assert why in reading.unknown
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    "answer", [Answer(hold=True), Answer(body=vector("1"), trickle=0.02)], ids=["silent", "trickling"]
)
def test_a_slow_prometheus_is_unknown_in_time(stub: Stub, answer: Answer) -> None:
    stub.answers = lambda asked: answer
    began = time.monotonic()
    assert "after 0.15 s" in read(stub, timeout=0.15).unknown
    assert time.monotonic() - began < 1.5
    assert len(stub.asked) == 1


def test_a_dead_prometheus_is_unknown_at_once() -> None:
    with stub_server(lambda asked: Answer()) as gone:
        pass
    began = time.monotonic()
    assert "could not be reached" in read(gone).unknown
    assert time.monotonic() - began < 2


def test_compressed_answers_are_read(stub: Stub) -> None:
    body = gzip.compress(json.dumps(vector("42")).encode())
    stub.answers = lambda asked: Answer(body=body, headers={"Content-Encoding": "gzip"})
    assert read(stub).value == 42


def aged(stub: Stub, *ages: float | str) -> Reading:
    """The value, with raw series whose newest samples are so many seconds old."""
    values = [str(AT - age) if isinstance(age, float) else age for age in ages]

    def answers(asked: Asked) -> Answer:
        is_age = query_of(asked)["query"] == f"timestamp({SERIES})"
        return Answer(body=vector(*values) if is_age else vector("9"))

    stub.answers = answers
    return read(stub, freshness=Freshness(SERIES, timedelta(seconds=3)))


@pytest.mark.parametrize("ages", [(0.0,), (3.0,), (2.5, 200.0), (-0.2,), (1.0, "NaN")])
def test_a_fresh_enough_newest_sample_lets_the_value_through(
    stub: Stub, ages: tuple[float | str, ...]
) -> None:
    assert aged(stub, *ages).value == 9


@pytest.mark.parametrize(
    ("ages", "why"), [((3.5,), "3.5 s old"), ((90.0, 4.0), "4.0 s old"), ((), "no fresh"), (("NaN",), "no")]
)
def test_a_stale_series_makes_the_value_unknown(stub: Stub, ages: tuple[float | str, ...], why: str) -> None:
    reading = aged(stub, *ages)
    assert reading.value is None
    assert why in reading.unknown


def test_freshness_and_minimum_are_asked_at_the_instant_of_the_value(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(body=vector(str(AT)))
    minimum = MinimumCount("sum(rate(x[10s]))", Decimal(5))
    read(stub, freshness=Freshness(SERIES, timedelta(seconds=3)), minimum=minimum)
    times = [query_of(asked).get("time") for asked in stub.asked]
    assert times == [None, f"{AT:.3f}", f"{AT:.3f}"]


@pytest.mark.parametrize(
    ("count", "is_known"),
    [(("500",), True), (("501.5",), True), (("499.9",), False), (("NaN",), False), ((), False)],
)
def test_a_ratio_of_too_few_is_unknown(stub: Stub, count: tuple[str, ...], is_known: bool) -> None:
    stub.answers = lambda asked: Answer(
        body=vector(*count) if "rate" in query_of(asked)["query"] else vector("0.001")
    )
    reading = read(stub, minimum=MinimumCount("sum(rate(x[10s]))", Decimal(500)))
    assert (reading.value is not None) is is_known


def test_the_token_is_sent_and_never_shown(stub: Stub, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hush-hush")
    settings = PrometheusSettings(stub.url, token_file=str(tmp_path / "token"))
    assert PrometheusClient(settings).ask("up", 1)[0].value == 1
    assert stub.asked[0].headers["Authorization"] == "Bearer hush-hush"
    assert "hush" not in repr(settings)


def test_a_token_that_cannot_be_read_makes_a_reading_unknown(stub: Stub, tmp_path: Path) -> None:
    client = PrometheusClient(PrometheusSettings(stub.url, token_file=str(tmp_path / "gone")))
    reading = PrometheusReader(client, lambda: NOW).read(a_probe())
    assert reading.value is None
    assert "token file" in reading.unknown


def test_the_environments_proxy_is_not_used(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert read(stub).value == 1


def test_alerts_are_read_with_their_state_and_labels(stub: Stub) -> None:
    body = vector("1", "1")
    body["data"]["result"][0]["metric"] = {
        "__name__": "ALERTS",
        "alertname": "PaymentsSlow",
        "alertstate": "firing",
        "severity": "page",
    }
    body["data"]["result"][1]["metric"] = {"alertname": "KafkaLag", "alertstate": "pending"}
    stub.answers = lambda asked: Answer(body=body)
    reading = AlertsReader(PrometheusClient(PrometheusSettings(stub.url)), now=lambda: NOW).read()
    assert reading.alerts == (
        Alert("PaymentsSlow", "firing", {"severity": "page"}),
        Alert("KafkaLag", "pending", {}),
    )
    assert query_of(stub.asked[0])["query"] == 'ALERTS{alertstate=~"pending|firing"}'


def test_no_alert_is_an_answer_and_no_answer_is_none(stub: Stub) -> None:
    reader = AlertsReader(PrometheusClient(PrometheusSettings(stub.url)))
    stub.answers = lambda asked: Answer(body=vector())
    assert reader.read().alerts == ()
    stub.answers = lambda asked: Answer(503, {})
    reading = reader.read()
    assert reading.alerts is None
    assert "503" in reading.unknown


@pytest.mark.parametrize(
    ("answer", "is_met", "says"),
    [
        (Answer(body=vector("1", "1", "0")), True, "2 of its 3 targets are up (3 samples"),
        (Answer(body=vector()), False, "scrapes nothing"),
        (Answer(body=b"<html>"), False, "JSON"),
    ],
    ids=["up", "empty", "login page"],
)
def test_a_connection_test_says_what_is_so(stub: Stub, answer: Answer, is_met: bool, says: str) -> None:
    stub.answers = lambda asked: answer
    result = check(PrometheusClient(PrometheusSettings(stub.url)))
    assert result.is_met is is_met
    assert says in result.sentence


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(Refused):
        PrometheusSettings("prometheus:9090")
