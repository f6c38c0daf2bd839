"""A probe of a URL: its status or its latency, or unknown with a sentence, always within its time."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chaos.adapters.http_probe import MOST_BYTES, HttpProbe
from chaos.domain.sight import Reading
from chaos.domain.spec import ProbeKind, ProbeSpec
from tests.adapters.stub_server import Answer, Stub, stub_server


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server(lambda asked: Answer()) as server:
        yield server


def read(url: str, kind: ProbeKind = ProbeKind.HTTP_STATUS, timeout: float = 1.0) -> Reading:
    probe = ProbeSpec(
        name="health",
        kind=kind,
        ask=url,
        unit="",
        interval=timedelta(milliseconds=250),
        timeout=timedelta(seconds=timeout),
        blind_budget=4,
    )
    return HttpProbe().read(probe)


@pytest.mark.parametrize("status", [200, 204, 301, 404, 500, 503])
def test_the_status_is_the_value_and_no_redirect_is_followed(stub: Stub, status: int) -> None:
    stub.answers = lambda asked: Answer(status, b"", {"Location": "/elsewhere"})
    assert read(f"{stub.url}/healthz?deep=1").value == status
    assert [asked.path for asked in stub.asked] == ["/healthz?deep=1"]


def test_the_latency_is_that_of_the_whole_answer(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(body=b"12345", trickle=0.02)
    reading = read(stub.url, ProbeKind.HTTP_LATENCY, timeout=5)
    assert reading.value is not None
    assert 80 <= reading.value < 4000


@pytest.mark.parametrize(
    "answer",
    [Answer(hold=True), Answer(body=b"x" * 400, trickle=0.02)],
    ids=["silent", "trickling"],
)
def test_one_deadline_covers_the_whole_answer(stub: Stub, answer: Answer) -> None:
    stub.answers = lambda asked: answer
    began = time.monotonic()
    assert "after 0.15 s" in read(stub.url, timeout=0.15).unknown
    assert time.monotonic() - began < 1.5


def test_a_page_at_the_cap_is_read_and_one_past_it_is_unknown(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(body=b"x" * MOST_BYTES)
    assert read(stub.url).value == 200
    stub.answers = lambda asked: Answer(body=b"x" * (MOST_BYTES + 1))
    assert "1 MiB" in read(stub.url).unknown


@pytest.mark.parametrize("answer", [Answer(is_lost=True), Answer(body=b"abcdef", cut=3)], ids=["lost", "cut"])
def test_a_broken_answer_is_unknown(stub: Stub, answer: Answer) -> None:
    stub.answers = lambda asked: answer
    assert "hung up" in read(stub.url).unknown


def test_a_refused_connection_is_unknown_and_said_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert "refused the connection" in read(f"http://127.0.0.1:{port}").unknown


def test_a_server_without_tls_is_unknown_and_said_so(stub: Stub) -> None:
    assert "TLS" in read(stub.url.replace("http:", "https:")).unknown


@pytest.mark.parametrize("url", ["", "ftp://x/", "health", "http://", "http://[x", "http://x:99999/"])
def test_what_is_no_address_is_unknown(url: str) -> None:
    assert "no http address" in read(url).unknown


def test_a_password_in_an_address_is_not_repeated(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(is_lost=True)
    assert "hush" not in read(stub.url.replace("//", "//me:hush@")).unknown
