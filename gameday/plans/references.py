"""What a plan names and this Gameday must know: its team, its people, its cluster and that one's limits."""

from __future__ import annotations

from chaos.domain.errors import Refused
from chaos.domain.targets import check_limits
from chaos.faults.catalogue import UNPROVABLE
from chaos.services import clusters
from gameday.people import services as people
from gameday.plans.problems import Path, Problem, undotted
from gameday.plans.spec import PlanSpec


def problems(plan: PlanSpec) -> list[Problem]:
    """Everything that is not known or not allowed here."""
    found: list[Problem] = []
    try:
        people.team(plan.team)
    except Refused as error:
        found.append(Problem(("team",), str(error)))
    for username in plan.people:
        found += _person(username, ("people", username), at_key=True)
    for number, party in enumerate(plan.must_be_told):
        for index, username in enumerate(party.acknowledged_by):
            found += _person(username, ("must_be_told", number, "acknowledged_by", index))
    return found + _cluster(plan)


def _person(username: str, path: Path, at_key: bool = False) -> list[Problem]:
    try:
        people.person(username)
    except Refused as error:
        return [Problem(path, str(error), at_key)]
    return []


def _cluster(plan: PlanSpec) -> list[Problem]:
    try:
        cluster = clusters.find(plan.cluster)
    except Refused as error:
        return [Problem(("cluster",), str(error))]
    found = []
    if cluster.environment != plan.environment:
        sentence = f"Cluster {cluster.name} is registered as {cluster.environment}."
        found.append(Problem(("environment",), sentence))
    for index, scenario in enumerate(plan.scenarios):
        try:
            check_limits(scenario.run, cluster.limits, UNPROVABLE)
        except Refused as error:
            below = error.field.removeprefix(f"scenarios.{scenario.key}")
            found.append(Problem(("scenarios", index, *undotted(below)), str(error)))
    return found
