"""manual: a person injects and undoes the fault by hand and says so; a probe must agree that it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chaos.domain.durations import format_duration
from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Part
from chaos.faults.parameters import duration, only, text

_LEAST, _MOST, _USUAL = timedelta(seconds=5), timedelta(hours=2), timedelta(minutes=10)


class Manual:
    name = "manual"
    title = "By hand"
    effect = "A named person injects the fault as the instructions say, and says when it is done."
    risk = (
        "Stop cannot undo it by itself: a person must. It counts as reverted only with that person's word "
        "and a green postcondition probe."
    )
    needs_targets = False
    is_provable = True

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        only(parameters, ("inject", "revert", "proven_by", "person_within"), self.name)
        wait = duration(
            parameters.get("person_within", format_duration(_USUAL)), "person_within", _LEAST, _MOST
        )
        return {
            "inject": text(parameters.get("inject"), "inject"),
            "revert": text(parameters.get("revert"), "revert"),
            "proven_by": text(parameters.get("proven_by"), "proven_by", most=63),
            "person_within": format_duration(wait),
        }

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        return Part(
            experiment="",
            env={},
            inverse=InverseKind.PERSON,
            sign=Sign.WORD,
            postcondition=Postcondition(probe=spec.parameters["proven_by"]),
            instructions=f"Inject: {spec.parameters['inject']}\nUndo: {spec.parameters['revert']}",
            person_within=duration(spec.parameters["person_within"], "person_within", _LEAST, _MOST),
        )
