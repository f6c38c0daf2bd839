"""What was looked at to say that a fault is gone, and what was found: kept with each injection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Part(StrEnum):
    """One thing that a postcondition asks for."""

    READY = "pods ready"
    LEFT = "targets have left"
    FREED = "targets freed"
    SCHEDULABLE = "nodes schedulable as before"
    TAINTS = "taints as before"
    NODES = "nodes ready"
    PRESSURE = "no new pressure"
    REPLICAS = "replicas as before"
    POLICIES = "no policy left"
    WORD = "a person's word"
    PROBE = "probe in its tolerance"
    OWN = "none of our objects left"


MEANS = {
    Part.READY: "the pods of the selector, listed from the API server",
    Part.LEFT: "the targeted pods by their UIDs, listed from the API server",
    Part.FREED: "the targeted pods by their UIDs, and what the ChaosResult says of each",
    Part.SCHEDULABLE: "spec.unschedulable of each node, beside what it was before",
    Part.TAINTS: "spec.taints of each node, beside what they were before",
    Part.NODES: "the condition Ready of each node",
    Part.PRESSURE: "the pressure conditions of each node, beside what they were before",
    Part.REPLICAS: "spec.replicas of each workload, beside what it was before",
    Part.POLICIES: "the network policies of the namespace, listed from the API server",
    Part.WORD: "what a named person attested",
    Part.PROBE: "readings of the probe that were asked for after the fault's end",
    Part.OWN: "engines, jobs, pods and policies of the run, listed by label and by chaosUID",
}
"""By what each is looked at."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One part of a postcondition that was seen to hold.

    `at` is the look (or the reading) that showed it. `gone` are targets that are no more there and took the
    fault along. `doubt` says why holding proves nothing; empty when it does.
    """

    part: Part
    found: str
    at: datetime
    gone: tuple[str, ...] = ()
    doubt: str = ""
