"""Durations as plans have them: read with their unit, written exactly."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.domain.durations import canonical_duration, format_duration, say_duration
from chaos.domain.errors import Refused
from chaos.faults.parameters import duration

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


@pytest.mark.parametrize(
    "text", ["0.4ms", "1.4ms", "1000.0000001ms", "0.0001s", "0.000000001h", "1.3333333h"]
)
def test_what_is_finer_than_a_millisecond_is_refused_and_not_rounded(text):
    with pytest.raises(Refused, match=f"{text} is not a whole number of milliseconds"):
        duration(text, "here", timedelta(0), DAY)


@pytest.mark.parametrize("text", ["2500ms", "1.4s", "0.04m"])
def test_where_whole_seconds_are_counted_their_parts_are_refused(text):
    with pytest.raises(Refused, match=f"{text} is not a whole number of seconds"):
        duration(text, "here", timedelta(0), DAY, unit=timedelta(seconds=1))
    assert duration("2000ms", "here", timedelta(0), DAY, unit=timedelta(seconds=1)) == timedelta(seconds=2)


@pytest.mark.parametrize("text", ["0.1s", "0.1m", "1.1h", "4.35s", "0.001s"])
def test_a_decimal_is_read_exactly(text):
    """As a binary fraction 4.35 s would be 4.3499999 s."""
    assert duration(text, "here", timedelta(0), DAY) % timedelta(milliseconds=1) == timedelta(0)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 86_400_000).map(lambda ms: timedelta(milliseconds=ms)))
def test_a_duration_is_written_exactly(value):
    for written in (format_duration(value), canonical_duration(value)):
        assert duration(written, "here", timedelta(0), DAY) == value


@pytest.mark.parametrize(
    "text", ["0s", "1ms", "999ms", "1.001s", "11.5s", "90s", "5m", "90m", "1h", "24h", "1h", "3601s", "61s"]
)
def test_a_duration_is_written_as_plans_have_it(text):
    assert format_duration(duration(text, "here", timedelta(0), DAY)) == text


@pytest.mark.parametrize(
    "text, said",
    [
        ("0s", "0 s"),
        ("300ms", "300 ms"),
        ("11.5s", "11.5 s"),
        ("90s", "90 s"),
        ("5m", "5 min"),
        ("24h", "24 h"),
    ],
)
def test_in_a_sentence_a_figure_stands_apart_from_its_unit(text, said):
    assert say_duration(duration(text, "here", timedelta(0), DAY)) == said


@pytest.mark.parametrize("text", ["0s", "1500ms", "90s", "60m", "1440m"])
def test_a_parameters_form_stays_what_it_was_since_approvals_bind_to_its_digest(text):
    assert canonical_duration(duration(text, "here", timedelta(0), DAY)) == text
