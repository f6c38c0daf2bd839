"""What a selector finds, before it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chaos.domain.errors import GamedayError, Refused
from chaos.domain.targets import Targets
from gameday.plans import compile_fault, preview, validation
from gameday.plans.findings import Findings
from gameday.plans.forms.scenario_form import ScenarioForm
from gameday.plans.problems import Path, Problem
from gameday.plans.shares import rounded


@dataclass(frozen=True, slots=True)
class Looked:
    """`targets`, or what is wrong with the fault as entered, or a `reason` of the cluster's own."""

    targets: Targets | None = None
    problems: Sequence[Problem] = ()
    reason: str = ""
    rounded: str = ""

    @property
    def percent(self) -> int:
        found = self.targets
        return found.size * 100 // found.matched if found and found.matched else 0


def look_at(form: ScenarioForm, cluster: str, index: int) -> Looked:
    """Only the fault needs to be right; the rest of the scenario may still be half empty."""
    path: Path = ("scenarios", index, "faults", 0)
    item = form.item()["faults"][0]
    around: dict[str, object] = {"scenarios": [{} for _ in range(index)] + [{"faults": [item]}]}
    findings = Findings(validation.problems(around))
    if findings.is_clean(path):
        fault = compile_fault.fault(item, path, findings)
        if findings.is_clean(path):
            try:
                found = preview.of_fault(fault, cluster)
                return Looked(found, rounded=rounded(fault.targets, found))
            except (Refused, GamedayError) as error:
                return Looked(reason=str(error))
    return Looked(problems=[problem for problem in findings.problems if problem.path[: len(path)] == path])
