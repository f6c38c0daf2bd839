from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chaos.domain.sight import Alert, AlertsReading, Reading
from chaos.domain.spec import Comparison, ExpectedAlert, Op
from gameday.debriefs import alerts, charts, measures, scales, tables
from gameday.debriefs.secrets import REMOVED, cleaned
from tests.support.builders import a_spec

ZERO = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
EXPECTED = ExpectedAlert("PodsMissing", "warning", "on-call", timedelta(seconds=15))


def at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


def readings(*values: float | None, start: float = -2) -> tuple[Reading, ...]:
    return tuple(
        Reading("p99", at(start + index), at(start + index), value, "" if value is not None else "no data")
        for index, value in enumerate(values)
    )


def sample(seconds: float, *firing: str) -> AlertsReading:
    alerts = tuple(Alert(name, "firing", {"severity": "warning"}) for name in firing)
    return AlertsReading(at(seconds), at(seconds), alerts)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "T+00:00"), (42.9, "T+00:42"), (-5, "T-00:05"), (-0.4, "T+00:00"), (3723, "T+62:03")],
)
def test_the_clock_counts_from_the_injection(seconds: float, text: str) -> None:
    assert measures.clock(at(seconds), ZERO) == text


def test_the_clock_with_tenths_never_says_sixty_seconds() -> None:
    assert measures.clock(at(59.96), ZERO, tenths=True) == "T+01:00.0"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.31, "0.3 s"), (42, "42 s"), (65, "1 min 05 s"), (7380, "2 h 03 min")]
)
def test_a_span_reads_like_one(seconds: float, text: str) -> None:
    assert measures.span(timedelta(seconds=seconds)) == text


def test_recovery_counts_until_the_first_reading_that_is_back_for_good() -> None:
    found = readings(40, 40, 40, 300, 40, 300, 40, 40)
    assert measures.recovery(a_spec(), {"p99": found}, ZERO).took == timedelta(seconds=4)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((40, 40, 40, 40), "never left its tolerance"),
        ((40, 40, 300, None), "not seen: p99 was last out of tolerance"),
        ((40, 40, None), "not known: p99 was not seen after the injection"),
    ],
)
def test_recovery_is_never_made_up(values: tuple[float | None, ...], sentence: str) -> None:
    assert measures.recovery(a_spec(), {"p99": readings(*values)}, ZERO).sentence == sentence


def test_nothing_injected_has_nothing_to_recover_from() -> None:
    assert measures.recovery(a_spec(), {}, None).sentence == "nothing was injected"


@pytest.mark.parametrize(
    ("samples", "outcome"),
    [
        ((sample(-1), sample(12, "PodsMissing")), "on time"),
        ((sample(-1), sample(15, "PodsMissing")), "on time"),
        ((sample(-1), sample(16, "PodsMissing")), "late"),
        ((sample(-1), sample(30)), "missed"),
        ((sample(-1, "PodsMissing"), sample(5, "PodsMissing")), "already firing"),
        ((sample(-9, "PodsMissing"), sample(-1), sample(5, "PodsMissing")), "on time"),
        ((sample(-1),), "not known"),
    ],
)
def test_an_expected_alert_is_judged_from_the_injection(
    samples: tuple[AlertsReading, ...], outcome: str
) -> None:
    assert alerts.alert_outcome(EXPECTED, samples, ZERO).outcome == outcome


def test_alerts_that_could_not_be_read_are_not_missed() -> None:
    unread = AlertsReading(at(3), at(3), None, "timeout")
    assert alerts.alert_outcome(EXPECTED, (sample(-1), unread), ZERO).outcome == "not known"


def test_an_alert_of_another_severity_is_said_to_be_so() -> None:
    expected = replace(EXPECTED, severity="critical")
    found = alerts.alert_outcome(expected, (sample(-1), sample(3, "PodsMissing")), ZERO)
    assert found.outcome == "not as expected"
    assert found.sentence == "It fired after 3.0 s, with severity warning instead of critical."


def test_other_alerts_are_those_that_began_after_the_injection() -> None:
    samples = (sample(-1, "Old"), sample(2, "Old", "New"), sample(3, "Old", "New"))
    assert alerts.other_alerts(a_spec(), samples, ZERO) == (("New", at(2)),)


def test_phases_part_at_injection_and_end() -> None:
    found = readings(40, None, 300, 40, 50)
    bounds = (Comparison(Op.BELOW, Decimal(200)),)
    before, during, after = measures.phase_figures(found, bounds, ZERO, at(1))
    assert (before.known, before.unknown, before.median) == (1, 1, 40)
    assert (during.known, during.highest, during.outside) == (2, 300, 1)
    assert (after.known, after.lowest) == (1, 50)


def bound(kind: str, value: str) -> charts.Bound:
    return charts.Bound(kind, Comparison(Op.BELOW, Decimal(value)))


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


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|x", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_is_disarmed_in_csv(text: str) -> None:
    assert tables.cell(text) == "'" + text


@pytest.mark.parametrize("text", ["-3.5", "+2", "plain", "a=b", ""])
def test_numbers_and_plain_text_are_left_alone_in_csv(text: str) -> None:
    assert tables.cell(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl",
        "-----BEGIN EC PRIVATE KEY-----",
        "https://user:hunter2@prometheus.example/",
        "before known-secret-value after",
    ],
)
def test_machine_text_is_cleaned_of_secrets(text: str) -> None:
    assert REMOVED in cleaned({"a": [text]}, ["known-secret-value"])["a"][0]


def test_environment_variables_and_keys_with_secret_names_are_cleaned() -> None:
    manifest = {"env": [{"name": "DB_PASSWORD", "value": "x"}, {"name": "TARGET_PODS", "value": "a,b"}]}
    assert cleaned(manifest, ()) == {
        "env": [{"name": "DB_PASSWORD", "value": REMOVED}, {"name": "TARGET_PODS", "value": "a,b"}]
    }
    assert cleaned({"api_key": "x", "tokens": 3}, ()) == {"api_key": REMOVED, "tokens": 3}
