"""What a debrief is made of: one game day, gathered once, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chaos.domain.sight import AlertsReading, Reading
from chaos.domain.spec import RunSpec
from chaos.services.evidence_queries import RunEvidence


@dataclass(frozen=True, slots=True)
class Person:
    """`roles` are the person's on this day, in words."""

    username: str
    name: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """One approver's word on exactly one digest."""

    by: str
    name: str
    at: datetime
    comment: str
    digest: str
    is_valid: bool
    """Whether it still counts for the plan as it stands."""
    record: Mapping[str, Any]
    """The whole row, for the evidence."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A party that was told. `at` is None while it has not acknowledged."""

    party: str
    why: str
    by: str = ""
    name: str = ""
    at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioSource:
    """A scenario of the plan as it stands: its spec, and the words that a spec does not hold."""

    spec: RunSpec
    rollback: str = ""
    runbook: str = ""


@dataclass(frozen=True, slots=True)
class PlanSource:
    """A plan as it stands. `digest` is the SHA-256 of `digest_document`."""

    slug: str
    title: str
    purpose: str
    team: str
    environment: str
    cluster: str
    opens: datetime
    closes: datetime
    scope_in: tuple[str, ...]
    scope_out: tuple[str, ...]
    yaml: str
    plain: Mapping[str, Any]
    digest: str
    digest_document: bytes
    scenarios: tuple[ScenarioSource, ...]
    people: tuple[Person, ...]
    approvals: tuple[Approval, ...]
    acknowledgements: tuple[Acknowledgement, ...]


@dataclass(frozen=True, slots=True)
class RunSource:
    """A run with what its probes and the platform's alerts said, in the order of their instants."""

    run: RunEvidence
    readings: Mapping[str, tuple[Reading, ...]]
    alerts: tuple[AlertsReading, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckpointSource:
    """The signed checkpoint that covers all events: the exact payload, raw signature, public key (PEM)."""

    payload: str
    signature: bytes
    key_id: str
    public_key: bytes
    at: datetime
    number: int


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
