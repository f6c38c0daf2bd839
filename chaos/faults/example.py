"""One example of each fault, for its page and its tests: the fault as a plan would have it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chaos.faults.base import Fault

DURATION = timedelta(seconds=60)


def parameters(fault: Fault) -> dict[str, str]:
    """A value for each parameter that has an example, and so for each that must be given."""
    return {item.name: item.example for item in fault.parameters if item.example}


def item(fault: Fault) -> dict[str, Any]:
    """What stands below `faults` in a scenario."""
    found: dict[str, Any] = {"fault": fault.name, "duration": "60s"}
    if fault.needs_targets:
        found["targets"] = {
            "namespace": "payments",
            "kind": fault.target_kinds[-1] if fault.on_nodes else fault.target_kinds[0],
            "labels": {"app": "payments-api"},
            "count": 1,
        }
    if given := parameters(fault):
        found["parameters"] = given
    return found
