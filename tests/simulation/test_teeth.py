"""A simulation that finds nothing proves nothing: without any one of the rules it must find something."""

from __future__ import annotations

import pytest

from tests.simulation.rules import RULES, without
from tests.simulation.schedule import simulate

WITHIN = 500
"""Seeds after which a rule that nobody misses counts as dead or untested."""


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_switched_off_is_missed(rule: str) -> None:
    shows = RULES[rule].shows
    with without(rule):
        found = (failure for seed in range(WITHIN) for failure in simulate(seed).verdict.failures)
        assert any(failure.startswith(shows) for failure in found), RULES[rule].says
