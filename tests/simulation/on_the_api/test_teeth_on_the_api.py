"""Of the adapter's own rules each is missed, too: without it the simulator must find something."""

from __future__ import annotations

import pytest

from tests.simulation.on_the_api.litmus import simulate_litmus
from tests.simulation.on_the_api.rules import ALL_RULES, RULES, hazards_of, without
from tests.simulation.test_teeth import WITHIN

OF_BOTH = ("ownership", "nodes")
"""Rules that stand in tests.simulation.rules, and are kept by the adapter."""


@pytest.mark.parametrize("rule", [*RULES, *OF_BOTH])
def test_a_rule_of_the_adapter_that_is_switched_off_is_missed(rule: str) -> None:
    """And it is by the rule that nothing is found in the very schedule in which something was without it."""
    with without(rule):
        missed_at = next((seed for seed in range(WITHIN) if _shows(seed, ALL_RULES[rule].shows)), None)
    assert missed_at is not None, ALL_RULES[rule].says
    with hazards_of(rule):
        assert simulate_litmus(missed_at).verdict.failures == []


def _shows(seed: int, finding: str) -> bool:
    return any(failure.startswith(finding) for failure in simulate_litmus(seed).verdict.failures)
