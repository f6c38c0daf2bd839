"""Lengths of time as the pages write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gameday.web.templatetags.web import span


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (None, "—"),
        (timedelta(0), "0 s"),
        (timedelta(seconds=80), "1 min 20 s"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=2, hours=4, minutes=5), "2 d 4 h"),
        (timedelta(days=91, hours=4), "91 d"),
        (timedelta(days=729), "729 d"),
        (timedelta(days=3325), "9 years"),
    ],
)
def test_a_length_has_two_units_at_most_and_a_long_one_only_its_first(
    length: timedelta | None, words: str
) -> None:
    assert span(length) == words
