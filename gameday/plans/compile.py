"""A plan document -> PlanSpec. Everything that is wrong is found in one pass.

Parts that the schema already refused are not compiled; the others are, so that their errors show too.
"""

from __future__ import annotations

from typing import Any

from gameday.people.roles import DayRole
from gameday.plans import validation
from gameday.plans.compile_scenario import compile_scenario
from gameday.plans.findings import Findings
from gameday.plans.problems import Path, PlanRefused, Problem, dotted
from gameday.plans.spec import Party, PlanSpec, Scenario, Window

Document = dict[str, Any]


def check(document: object) -> tuple[PlanSpec | None, list[Problem]]:
    """The compiled plan, or what is wrong with the document."""
    problems = validation.problems(document)
    findings = Findings(problems)
    if not isinstance(document, dict):
        return None, problems
    for part, look in (("people", _people), ("must_be_told", _must_be_told), ("window", _window)):
        if part in document and findings.is_clean((part,)):
            look(document[part], (part,), findings)
    scenarios = _scenarios(document, findings)
    if problems:
        return None, problems
    return _plan(document, scenarios, findings), problems


def compile_plan(document: Document) -> PlanSpec:
    """Raises PlanRefused, each line with the place in the document."""
    plan, problems = check(document)
    if plan is None:
        lines = [f"{dotted(problem.path)}: {problem.sentence}" for problem in problems]
        raise PlanRefused(lines, dotted(problems[0].path))
    return plan


def _scenarios(document: Document, findings: Findings) -> tuple[Scenario, ...]:
    items, compiled = document.get("scenarios"), []
    if not isinstance(items, list):
        return ()
    for index, item in enumerate(items):
        path: Path = ("scenarios", index)
        if findings.is_clean(path) and isinstance(item, dict):
            run = compile_scenario(item, path, findings)
            audience, runbook = item.get("audience", "everyone"), item.get("runbook", "")
            compiled.append(Scenario(run, audience, item["rollback"].strip(), runbook.strip()))
    if findings.is_clean(("scenarios",)):
        findings.unique(items, "key", ("scenarios",))
    return tuple(compiled)


def _people(people: dict[str, list[str]], path: Path, findings: Findings) -> None:
    if not any(DayRole.FACILITATOR.value in roles for roles in people.values()):
        findings.say(path, "Nobody is facilitator; somebody must conduct the day.")


def _must_be_told(parties: list[dict[str, Any]], path: Path, findings: Findings) -> None:
    findings.unique(parties, "party", path)


def _window(window: dict[str, str], path: Path, findings: Findings) -> None:
    opens = findings.instant(window["opens"], (*path, "opens"))
    closes = findings.instant(window["closes"], (*path, "closes"))
    if findings.is_clean(path) and closes <= opens:
        findings.say((*path, "closes"), "The window closes before it opens.")


def _plan(document: Document, scenarios: tuple[Scenario, ...], findings: Findings) -> PlanSpec:
    window = document["window"]
    return PlanSpec(
        slug=document["plan"],
        title=document["title"],
        purpose=document["purpose"].strip(),
        team=document["team"],
        environment=document["environment"],
        cluster=document["cluster"],
        window=Window(findings.instant(window["opens"], ()), findings.instant(window["closes"], ())),
        scope_in=tuple(document["scope"]["in"]),
        scope_out=tuple(document["scope"]["out"]),
        people={name: tuple(map(DayRole, roles)) for name, roles in document["people"].items()},
        must_be_told=tuple(
            Party(item["party"], item.get("why", "").strip(), tuple(item["acknowledged_by"]))
            for item in document.get("must_be_told", ())
        ),
        scenarios=scenarios,
    )
