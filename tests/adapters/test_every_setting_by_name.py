"""The names under which settings are sent, and what they say, against a table that is not the catalogue's."""

from __future__ import annotations

import pytest

from chaos.adapters.litmus_manifests import engine
from chaos.faults.base import Fault
from chaos.faults.catalogue import FAULTS
from tests.adapters.litmus_settings import SENT, Row
from tests.adapters.test_every_fault_as_sent import REF, SETTINGS, planned
from tests.adapters.test_every_fault_as_sent import SENT as EVERY


def asked(row: Row) -> dict[str, str]:
    """The row's parameters, with those that faults of its kind have beside them."""
    has = {item.name for item in FAULTS[row.fault].parameters}
    beside = {"container": "app", "proven_by": "p99"}
    return {name: text for name, text in beside.items() if name in has} | row.parameters


@pytest.mark.parametrize("row", SENT, ids=lambda row: f"{row.fault}-{next(iter(row.parameters), 'plain')}")
def test_exactly_this_is_sent(row: Row) -> None:
    injection = planned(FAULTS[row.fault], asked(row))
    assert dict(injection.env) == row.env
    assert engine(REF, injection, "grant-uid", SETTINGS)


@EVERY
def test_each_setting_that_may_be_sent_is_in_the_table(fault: Fault) -> None:
    assert set(fault.env_rules()) == {name for row in SENT if row.fault == fault.name for name in row.env}


@EVERY
def test_each_parameter_stands_in_the_table_with_a_value_that_is_not_its_default(fault: Fault) -> None:
    given = [asked(row) for row in SENT if row.fault == fault.name]
    for item in (one for one in fault.parameters if one.env):
        said = {parameters[item.name] for parameters in given if item.name in parameters}
        assert said - {item.default}, item.name
