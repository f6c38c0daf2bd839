from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chaos.domain.rungs import Rung
from chaos.domain.spec import Comparison, Op, Stage
from gameday.debriefs import measures
from tests.gameday.debriefs.around_zero import ZERO, at, readings
from tests.support.builders import a_spec

THERE = Rung(1, ZERO, ZERO, ZERO)


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
    assert measures.recovery(a_spec(), {"p99": found}, (THERE,)).took == timedelta(seconds=4)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((40, 40, 40, 40), "never left its tolerance"),
        ((40, 40, 300, None), "not seen: p99 was last out of tolerance"),
        ((40, 40, None), "not known: p99 was not seen after the injection"),
    ],
)
def test_recovery_is_never_made_up(values: tuple[float | None, ...], sentence: str) -> None:
    assert measures.recovery(a_spec(), {"p99": readings(*values)}, (THERE,)).sentence == sentence


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((40, 40, 300, 300, 40, 40, 300, 300, 300, 40), "at the slowest 3.0 s, on rung 2"),
        ((40, 40, 300, 300, 300, 40, 40, 300, 40, 40), "at the slowest 3.0 s, on rung 1"),
        ((40, 40, 40, 40, 40, 40, 40, 40, 40, 40), "never left its tolerance"),
        ((40, 40, 300, 40, 40, 40, 40, 300, 300, 300), "on rung 2 not seen: p99 was last out of tolerance"),
    ],
)
def test_on_a_ladder_recovery_counts_on_each_rung_from_its_own_injection(
    values: tuple[float, ...], sentence: str
) -> None:
    fault = replace(a_spec().fault, stages=(Stage(count=1), Stage(count=2)))
    rungs = (THERE, Rung(2, at(3.5), at(3.5), at(4)))
    found = measures.recovery(a_spec(faults=(fault,)), {"p99": readings(*values)}, rungs)
    assert found.sentence == sentence


def test_nothing_injected_has_nothing_to_recover_from() -> None:
    assert measures.recovery(a_spec(), {}, ()).sentence == "nothing was injected"


def test_phases_part_at_injection_and_end() -> None:
    found = readings(40, None, 300, 40, 50)
    bounds = (Comparison(Op.BELOW, Decimal(200)),)
    before, during, after = measures.phase_figures(found, bounds, ZERO, at(1))
    assert (before.known, before.unknown, before.median) == (1, 1, 40)
    assert (during.known, during.highest, during.outside) == (2, 300, 1)
    assert (after.known, after.lowest) == (1, 50)
