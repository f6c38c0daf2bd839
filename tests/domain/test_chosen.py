"""A fault's parameters as people read them in the timeline and the report."""

from datetime import timedelta

import pytest

from chaos.domain.spec import FaultSpec
from chaos.faults import example
from chaos.faults.catalogue import FAULTS, chosen


def spec(fault: str, parameters: dict[str, str]) -> FaultSpec:
    return FaultSpec(fault, timedelta(seconds=30), None, parameters)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_what_was_chosen_is_all_that_is_not_as_when_left_out(fault):
    parameters = fault.canonical(example.parameters(fault))
    said = chosen(spec(fault.name, parameters))
    for item in fault.parameters:
        if item.name in parameters and item.name != "proven_by":
            is_said = f"{item.name} {parameters[item.name]}" in said
            assert is_said is (parameters[item.name] != item.default)


def test_of_a_fault_that_is_in_no_catalogue_any_more_everything_is_said():
    assert chosen(spec("of-old", {"force": "true", "proven_by": "p99"})) == "force true"
