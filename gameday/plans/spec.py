"""A plan, frozen and typed: what a document compiles to, and its digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from chaos.domain import codec
from chaos.domain.errors import Refused
from chaos.domain.spec import RunSpec
from gameday.people.roles import DayRole

DIGEST_VERSION = "1"

NOT_VOIDING: dict[str, str] = {
    "title": "A name for people.",
    "purpose": "Words; what is done and what is claimed stands in the scenarios.",
    "people.*[*]": "A responder may fall ill on the morning of the day. Facilitators are in the digest.",
    "must_be_told[*].why": "Words; who must be told is in the digest.",
    "scenarios[*].audience": "Who sees it beforehand changes nothing that is done to the platform.",
    "scenarios[*].runbook": "A link that moved changes nothing that is done to the platform.",
}
"""The few fields whose edit does not void an approval, and why not. Every other field is in the digest."""


@dataclass(frozen=True, slots=True)
class Window:
    opens: datetime
    closes: datetime

    def __str__(self) -> str:
        return f"{self.opens:%Y-%m-%d %H:%M %Z} to {self.closes:%Y-%m-%d %H:%M %Z}"


@dataclass(frozen=True, slots=True)
class Party:
    """Who must be told; any one of `acknowledged_by` (usernames) acknowledges."""

    name: str
    why: str
    acknowledged_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What runs, and the words around it that no machine acts on."""

    run: RunSpec
    audience: str
    rollback: str
    runbook: str

    @property
    def key(self) -> str:
        return self.run.scenario


@dataclass(frozen=True)
class PlanSpec:
    """`people` maps usernames to what they are on the day."""

    slug: str
    title: str
    purpose: str
    team: str
    environment: str
    cluster: str
    window: Window
    scope_in: tuple[str, ...]
    scope_out: tuple[str, ...]
    people: Mapping[str, tuple[DayRole, ...]]
    must_be_told: tuple[Party, ...]
    scenarios: tuple[Scenario, ...]

    @property
    def facilitators(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, roles in self.people.items() if DayRole.FACILITATOR in roles))

    def roles_of(self, username: str) -> tuple[DayRole, ...]:
        return self.people.get(username, ())

    def scenario(self, key: str) -> Scenario:
        """Raises Refused, naming the scenarios there are."""
        for scenario in self.scenarios:
            if scenario.key == key:
                return scenario
        keys = ", ".join(scenario.key for scenario in self.scenarios)
        raise Refused(f"{self.slug} has no scenario {key!r}; it has {keys}.", "scenario")

    @cached_property
    def digest(self) -> str:
        """What an approval binds to: SHA-256 of the canonical JSON of `digested`, in hex."""
        return codec.digest(self.digested)

    @property
    def digested(self) -> Mapping[str, object]:
        """What the digest covers. Ceilings (count, percent, durations) are in the scenarios' specs; names of
        pods are in neither."""
        return {
            "digest_version": DIGEST_VERSION,
            "plan": self.slug,
            "team": self.team,
            "environment": self.environment,
            "cluster": self.cluster,
            "window": self.window,
            "scope": {"in": self.scope_in, "out": self.scope_out},
            "facilitators": self.facilitators,
            "must_be_told": {party.name: sorted(party.acknowledged_by) for party in self.must_be_told},
            "scenarios": [
                {"spec": scenario.run.digest, "rollback": scenario.rollback} for scenario in self.scenarios
            ],
        }
