"""manual: a person injects and undoes the fault by hand and says so; a probe must agree that it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Parameterised, Part, Risk
from chaos.faults.kinds import PROBE, Duration, Words
from chaos.faults.parameters import duration

_LEAST, _MOST = timedelta(seconds=5), timedelta(hours=2)


class Manual(Parameterised):
    name = "manual"
    title = "By hand"
    effect = "A named person injects the fault as the instructions say, and says when it is done."
    risk = (
        "Stop cannot undo it by itself: a person must. It counts as reverted only with that person's word "
        "and a green postcondition probe."
    )
    risk_class = Risk.HIGH
    needs = ("a person who can inject it, and one who can undo it, for the whole of the run",)
    proof = "A person says that it is undone, and the probe named by proven_by is back in its tolerance."
    stops = (
        "Stop asks the people of the run to undo it, as the instructions say, and waits until one of them "
        "says so and the probe agrees. Gameday cannot end it by itself."
    )
    own = (
        Parameter(
            "inject",
            "What the person does, in words.",
            Words(),
            example="Install the expired certificate on the gateway.",
        ),
        Parameter(
            "revert", "How it is undone, in words.", Words(), example="Install the valid certificate again."
        ),
        Parameter(
            "proven_by",
            "The probe that must be back within its tolerance before this counts as reverted.",
            PROBE,
            example="p99",
        ),
        Parameter("person_within", "How long to wait for the person.", Duration(_LEAST, _MOST), "10m"),
    )
    lasts = ""
    needs_targets = False
    is_provable = True

    def env_rules(self) -> Mapping[str, str]:
        return {}

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
