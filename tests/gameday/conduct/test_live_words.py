"""How the live page says times, figures and margins."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from chaos.domain.spec import Comparison, Op
from gameday.conduct.live_charts import Limit
from gameday.conduct.live_words import figure, short_unit, t_plus, took, with_unit
from tests.gameday.cast import NOW


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "T+00:00"), (42.9, "T+00:42"), (3725, "T+1:02:05"), (-5, "T\u221200:05"), (-0.4, "T+00:00")],
)
def test_a_time_from_the_injection(seconds, said):
    assert t_plus(NOW + timedelta(seconds=seconds), NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.31, "+0.3 s"), (59.9, "+59.9 s"), (245, "+4 min 05 s"), (-1, "+0.0 s")]
)
def test_how_long_after_the_first_step(seconds, said):
    assert took(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (2_592_000, "2,592,000"), (126.7, "127"), (62.31, "62.3"), (8, "8"), (1.005, "1"),
     (0.0412, "0.0412"), (0.00003, "3e-05"), (-12.5, "-12.5")],
)  # fmt: skip
def test_a_figure_has_the_digits_that_count(value, said):
    assert figure(value) == said


def test_a_unit_that_explains_the_figures_is_not_repeated_behind_each():
    assert short_unit("0 closed, 1 open, 2 half open") == ""
    assert with_unit(1, "0 closed, 1 open, 2 half open") == "1"
    assert with_unit(630, "requests/s") == "630 requests/s"


def margin(kind, op, bound, value):
    limit = Limit(kind, Comparison(op, Decimal(bound)), "", "")
    return limit.margin(value, "ms"), limit.is_good(value)


@pytest.mark.parametrize(
    ("kind", "op", "bound", "value", "said", "is_good"),
    [
        ("expected", Op.BELOW, "200", 20.0, "180 ms below the limit", True),
        ("expected", Op.BELOW, "200", 212.0, "12 ms above the limit", False),
        ("expected", Op.BELOW, "200", 200.0, "at the limit", False),
        ("expected", Op.AT_LEAST, "6", 6.0, "at the limit", True),
        ("expected", Op.AT_LEAST, "6", 4.0, "2 ms below the limit", False),
        ("stop", Op.ABOVE, "500", 120.0, "380 ms below the stop", True),
        ("stop", Op.ABOVE, "500", 612.0, "112 ms above the stop", False),
        ("stop", Op.ABOVE, "0", 0.0, "not at the stop", True),
        ("stop", Op.AT_LEAST, "3", 3.0, "at the stop", False),
        ("expected", Op.EQUAL, "1", 1.0, "as expected", True),
        ("expected", Op.EQUAL, "1", 0.0, "0 is not 1", False),
        ("stop", Op.NOT_EQUAL, "200", 200.0, "not at the stop", True),
        ("stop", Op.NOT_EQUAL, "200", 503.0, "503 is not 200", False),
        ("stop", Op.EQUAL, "2", 2.0, "2 is 2", False),
    ],
)
def test_how_far_a_reading_is_from_a_limit(kind, op, bound, value, said, is_good):
    assert margin(kind, op, bound, value) == (said, is_good)
