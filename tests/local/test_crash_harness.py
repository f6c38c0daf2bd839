"""What the crash tests stand on: figures that are reckoned rightly, a wire that does what it is told."""

from __future__ import annotations

import http.client
import time

import pytest

from tests.crash.figures import KEPT_AS, line, loaded, p, table
from tests.crash.sampler import Sampler
from tests.crash.wire import Wire


def test_the_p99_of_a_hundred_figures_leaves_one_of_them_out() -> None:
    figures = [float(number) for number in range(1, 101)]
    assert (p(50, figures), p(99, figures), p(99, figures[:20])) == (50, 99, 20)


def test_a_figure_beyond_its_goal_is_said_to_be_so() -> None:
    assert line("a stop", [0.1, 0.3], 0.25).endswith("NOT MET") and line("a stop", [0.1], 0.25).endswith(
        "  met"
    )
    assert table([("other", 1)]) == []


def test_a_machine_that_had_more_to_do_than_it_can_is_said_with_the_figures() -> None:
    assert loaded(1.9, 2) == []
    (said,) = loaded(5.31, 2)
    assert "its load was 5.3 with 2 cores" in said
    kept = (KEPT_AS, {"what": "a stop", "goal": 0.25, "seconds": [0.1], "load": 1e9})
    assert table([kept])[-1].startswith("The machine was loaded")
    assert table([(KEPT_AS, kept[1] | {"load": 0.0})])[-1].endswith("met")


def ask(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=0.3)
    try:
        connection.request("GET", "/pods")
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_wire_remembers_is_cut_loses_answers_and_is_mended() -> None:
    sampler, began = Sampler(), time.monotonic()
    wire = Wire(int(sampler.url.rstrip("/").rpartition(":")[2]))
    try:
        assert ask(wire.port) == 200
        assert wire.first(began, "GET").path == "/pods"
        wire.cut()
        with pytest.raises(OSError):
            ask(wire.port)
        assert len(wire.all_since(began, "GET")) == 1, "nothing arrived"
        wire.lose_answers()
        sampler.be_well(0)
        with pytest.raises(TimeoutError):
            ask(wire.port)
        assert sampler.failed_at() > began, "it arrived, and was answered"
        wire.mend()
        assert ask(wire.port) == 500
    finally:
        wire.close()
        sampler.close()
