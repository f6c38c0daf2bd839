"""Durations as plans have them: read with their unit, written exactly."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.domain.errors import Refused
from chaos.faults.parameters import duration, format_duration

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s",
        "30",
        "30 s",
        "30S",
        "-5s",
        "+5s",
        "1e3s",
        "30s\n",
        "٣s",
        "5d",
        "0x5s",
        "9" * 400 + "h",
        None,
        30,
    ],
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(Refused, match="is not a duration"):
        duration(text, "here", timedelta(0), DAY)


def test_a_number_too_large_to_be_a_time_is_refused_too():
    with pytest.raises(Refused, match="is outside"):
        duration("999999999h", "here", timedelta(0), DAY)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 86_400_000).map(lambda ms: timedelta(milliseconds=ms)))
def test_a_duration_is_written_exactly(value):
    assert duration(format_duration(value), "here", timedelta(0), DAY) == value
