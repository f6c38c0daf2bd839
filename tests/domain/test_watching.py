"""Stretches in which nobody looked."""

from datetime import timedelta

import pytest

from chaos.domain.watching import alert_unwatched, unwatched
from tests.domain.views import NOW, ago

PATIENCE = timedelta(seconds=5)


@pytest.mark.parametrize(
    "looks, gap",
    [
        ((20, 15, 10, 5), None),
        ((20, 15, 9, 5), (15, 9)),
        ((14,), (20, 14)),
        ((30, 15, 10, 6, 1), None),
        ((15, 10, 6), (6, 0)),
        ((), (20, 0)),
    ],
    ids=["watched", "in the middle", "at first", "looks from before", "at the end", "never"],
)
def test_the_first_stretch_without_a_look_that_is_too_long_is_named(looks, gap):
    found = unwatched(map(ago, looks), ago(20), NOW, PATIENCE)
    assert found == (gap and (ago(gap[0]), ago(gap[1])))


def test_a_gap_that_began_in_time_counts_until_the_alert_was_seen_and_one_after_it_does_not():
    looks = [ago(second) for second in (20, 17, 14, 3)]
    assert alert_unwatched(looks, ago(20), ago(13), ago(3)) == (ago(14), ago(3))
    assert alert_unwatched(looks, ago(20), ago(14), ago(3)) is None
    assert alert_unwatched(looks, ago(20), ago(13), None) is None, "a second is no gap"
