"""What a chart shows, and what it never hides."""

from __future__ import annotations

import pytest

from gameday.debriefs import charts, scales
from tests.gameday.debriefs.around_zero import ZERO, bound, readings


def test_a_line_breaks_where_nothing_is_known() -> None:
    drawn = charts.draw("p99", "ms", readings(40, 41, None, 42, None, 43, 44), (), charts.Span(ZERO))
    assert drawn is not None
    assert (len(drawn.segments), len(drawn.dots), len(drawn.unknown)) == (2, 1, 2)


def test_a_far_off_stop_is_said_in_words_instead_of_flattening_the_line() -> None:
    bounds = (bound("tolerance", "200"), bound("stop", "5000"))
    drawn = charts.draw("p99", "ms", readings(40, 41), bounds, charts.Span(ZERO))
    assert drawn is not None
    assert [line.text for line in drawn.bounds] == ["expected < 200 ms"]
    assert drawn.far == ("stops when < 5000 ms",)


def test_bound_labels_never_cover_each_other() -> None:
    bounds = (bound("tolerance", "200"), bound("stop", "201"))
    drawn = charts.draw("p99", "ms", readings(40, 41), bounds, charts.Span(ZERO))
    assert drawn is not None
    first, second = (line.label_at for line in drawn.bounds)
    assert second - first >= 13


def test_everything_is_drawn_inside_the_frame() -> None:
    drawn = charts.draw("x", "", readings(-5, 0.001, 1e9, 3), (bound("tolerance", "2"),), charts.Span(ZERO))
    assert drawn is not None
    for point in " ".join(drawn.segments).split():
        across, down = map(float, point.split(","))
        assert charts.LEFT <= across <= charts.RIGHT
        assert charts.TOP <= down <= charts.BOTTOM


def test_a_long_run_is_thinned_without_losing_its_peak() -> None:
    values = [40.0] * 20_000
    values[7777] = 900.0
    drawn = charts.draw("p99", "ms", readings(*values), (), charts.Span(ZERO))
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for point in drawn.segments[0].split()]
    assert len(points) < 4 * 720
    assert min(down for _, down in points) < charts.TOP + 20


def test_no_readings_make_no_chart() -> None:
    assert charts.draw("p99", "ms", (), (), charts.Span()) is None


def test_ticks_are_round_and_enclose_the_values() -> None:
    assert scales.value_ticks(0, 187) == (0, 50, 100, 150, 200)
    assert scales.value_ticks(5, 5)[0] <= 5 < scales.value_ticks(5, 5)[-1]
    assert 0 in scales.time_ticks(-6.2, 41)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.05, "0.05"), (2000, "2\u202f000"), (25_000, "25\u202fk"), (-2.5e6, "-2.5\u202fM")],
)
def test_labels_at_an_axis_are_short(value: float, text: str) -> None:
    assert scales.tick_label(value) == text


def test_a_little_below_zero_does_not_halve_the_chart() -> None:
    drawn = charts.draw("left", "s", readings(2_591_999, -15.7, 2_591_999), (), charts.Span(ZERO))
    assert drawn is not None
    assert drawn.y_ticks[0].text == "0"
