"""What a debrief is made of: one game day, gathered once, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chaos.domain.sight import AlertsReading, Reading
from chaos.services.certificates import Certificate, certificate
from chaos.services.evidence_queries import RunEvidence
from chaos.services.glass import Broken
from gameday.plans.spec import PlanSpec


@dataclass(frozen=True, slots=True)
class Person:
    """`roles` are the person's on this day, in words."""

    username: str
    name: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """One approver's decision (`approved` or `rejected`) on exactly one digest; `record` is the whole row."""

    by: str
    name: str
    at: datetime
    decision: str
    comment: str
    digest: str
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A party that must be told, and who said for it that it knows; `at` is None while nobody has."""

    party: str
    why: str
    by: str = ""
    name: str = ""
    at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class PlanSource:
    """A plan as it stands. Its digest is the SHA-256 of `digest_document`; `document` is `yaml`, read."""

    spec: PlanSpec
    yaml: str
    document: Mapping[str, Any]
    digest_document: bytes
    people: tuple[Person, ...]
    approvals: tuple[Approval, ...]
    acknowledgements: tuple[Acknowledgement, ...]

    @property
    def digest(self) -> str:
        return self.spec.digest


@dataclass(frozen=True, slots=True)
class RunSource:
    """A run with what its probes and the platform's alerts said, in the order of their instants."""

    run: RunEvidence
    readings: Mapping[str, tuple[Reading, ...]]
    alerts: tuple[AlertsReading, ...] = ()
    broken: tuple[Broken, ...] = ()
    """Each finalizer that somebody took off for it."""

    @property
    def certificate(self) -> Certificate:
        return certificate(self.run, self.broken)


@dataclass(frozen=True, slots=True)
class CheckpointSource:
    """The signed checkpoint that covers all events: the exact payload, raw signature, public key (PEM)."""

    payload: str
    signature: bytes
    key_id: str
    public_key: bytes
    at: datetime
    number: int

    def head(self, stream: str) -> int:
        """The last sequence number of the stream that it covers; 0 for a stream it does not know."""
        heads = json.loads(self.payload)["heads"]
        return next((int(item["seq"]) for item in heads if item["stream"] == stream), 0)


@dataclass(frozen=True, slots=True)
class DaySource:
    """One game day. `events` are plain journal rows of the plan's stream, `organisation` those of the
    organisation's stream that name the plan; `names` maps usernames to names."""

    plan: PlanSource
    runs: tuple[RunSource, ...]
    events: tuple[Mapping[str, Any], ...]
    organisation: tuple[Mapping[str, Any], ...]
    checkpoint: CheckpointSource
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, username: str) -> str:
        """The person's name, or the username when nobody knows it."""
        return self.names.get(username) or username
