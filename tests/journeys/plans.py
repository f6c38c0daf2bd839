"""Short plans out of the sample day: the same probes, objectives and faults in a quarter of the time."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from deploy.local.paths import ROOT

SAMPLE = yaml.safe_load((ROOT / "deploy" / "rehearsal" / "sample" / "plan.yaml").read_text())
UNNOTICED, HALF = "pod-kill", "pod-failure"
"""The sample's scenarios: one pod of six goes unnoticed; three of six are more than the platform stands."""

Plan = dict[str, Any]
Scenario = dict[str, Any]


def scenario(key: str = UNNOTICED, fault: str = "6s", **durations: str) -> Scenario:
    """A scenario of the sample, short. `fault` and `durations` are durations as a plan writes them."""
    taken: Scenario = copy.deepcopy(next(one for one in SAMPLE["scenarios"] if one["key"] == key))
    taken["faults"][0]["duration"] = fault
    taken["durations"] = {"baseline": "3s", "observe": "4s", "revert_within": "60s"} | durations
    # A recovery or an alert cannot be expected later than the short run looks.
    taken["expectations"] = [one for one in taken["expectations"] if "holds" in one]
    del taken["expected_alerts"]
    return taken


def with_recovery(key: str, fault: str, **durations: str) -> Scenario:
    """The same with all that is expected, and time for it: what proves that latency is gone is among it."""
    taken = scenario(key, fault, **({"observe": "60s"} | durations))
    whole = next(one for one in SAMPLE["scenarios"] if one["key"] == key)
    taken["expectations"] = copy.deepcopy(whole["expectations"])
    return taken


def plan(slug: str, *scenarios: Scenario, **changes: Any) -> Plan:
    """A plan of the sample's people and window; `changes` replace its top-level keys."""
    taken: Plan = copy.deepcopy(SAMPLE)
    return taken | {"plan": slug, "scenarios": list(scenarios) or [scenario()]} | changes


def abort_at(taken: Scenario, probe: str, when: str) -> Scenario:
    """The scenario with another bound in the abort condition of `probe`."""
    for condition in taken["abort_conditions"]:
        if condition["probe"] == probe:
            condition["when"] = when
    return taken


def write(taken: Plan, folder: Path) -> Path:
    """The plan as a file, `<slug>.yaml`."""
    path = folder / f"{taken['plan']}.yaml"
    path.write_text(yaml.safe_dump(taken, sort_keys=False, allow_unicode=True))
    return path


def preparations(path: Path, slug: str) -> Sequence[Sequence[str]]:
    """Import, acknowledge, approve: what lies between a file and a launch, each by its person."""
    return (
        ("plan", "import", str(path), "--as", "petra"),
        ("plan", "acknowledge", slug, "--party", "payments-on-call", "--as", "ravi"),
        ("plan", "acknowledge", slug, "--party", "fraud-team", "--as", "otto"),
        ("plan", "acknowledge", slug, "--party", "streaming-on-call", "--as", "kofi"),
        ("plan", "approve", slug, "--comment", "Read and agreed.", "--as", "anders"),
    )
