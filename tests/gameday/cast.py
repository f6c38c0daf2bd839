"""The people, the cluster and the plan that tests of the human side begin with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from chaos.domain import codec
from chaos.domain.sight import Pod
from chaos.domain.targets import Limits, Targets
from chaos.models import Cluster
from gameday.people.models import User
from gameday.people.services import add_person, person
from gameday.plans.models import Plan
from gameday.plans.preview import Shown
from gameday.plans.services import import_plan
from gameday.plans.spec import PlanSpec
from tests.gameday.plans.documents import SMALL

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

ROLES = {
    "petra": ["planner"],
    "paul": ["planner", "approver"],
    "anna": ["approver"],
    "arne": ["approver"],
    "fiona": ["approver"],
    "ravi": [],
    "ada": ["administrator"],
}


def gather() -> None:
    """Everybody in team payments, and the cluster `practice`."""
    for username, roles in ROLES.items():
        add_person(username, username.title(), "payments", roles)
    a_cluster()


def a_cluster(name: str = "practice", environment: str = "rehearsal", **limits: object) -> Cluster:
    return Cluster.objects.create(
        name=name,
        uid=f"uid-of-{name}",
        environment=environment,
        server="http://127.0.0.1:1",
        prometheus_url="http://127.0.0.1:2",
        limits=codec.to_plain(Limits(**{"max_percent": 50, **limits})),  # type: ignore[arg-type]
    )


def who(username: str) -> User:
    return person(username)


def imported(text: str = SMALL, by: str = "petra", at: datetime = NOW) -> Plan:
    return import_plan(text.encode(), "plan.yaml", who(by), at).plan


class SixPods:
    """A cluster on which every selector finds six ready pods."""

    def __init__(self, matching: int = 6) -> None:
        self._matching = matching

    def pods(self, namespace: str, labels: Mapping[str, str]) -> tuple[Pod, ...]:
        return tuple(
            Pod(namespace, f"api-{number}", f"u{number}", f"n{number}", True, False, labels)
            for number in range(self._matching)
        )


def look(plan: PlanSpec) -> Shown:
    """A look at a cluster where each scenario's fault would hit one pod of six."""
    pod = Pod("payments", "payments-api-1", "u1", "n1", True, False)
    return {scenario.key: ((Targets("payments", (pod,), 6, 6),),) for scenario in plan.scenarios}
