"""What a fault is: typed parameters, what it does in plain words, its inverse and its postcondition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.sight import Pod
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults.kinds import Kind
from chaos.faults.rights import Family


class Risk(StrEnum):
    """How much can go wrong: decides nothing by itself, but an approver reads it first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One typed setting. `default` None: it must be given; "" is a setting that is left out.

    `env` is the name under which Litmus knows it; empty: it is not for Litmus. `example` is a value for the
    fault's page, where its default is none. `weakens`: of an amount, that more of it makes less of the fault.
    """

    name: str
    what: str
    kind: Kind
    default: str | None = None
    env: str = ""
    example: str = ""
    weakens: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a fault contributes to its injection."""

    experiment: str
    env: Mapping[str, str]
    inverse: InverseKind
    sign: Sign
    postcondition: Postcondition
    instructions: str = ""
    person_within: timedelta = timedelta(0)
    leaving: tuple[Pod, ...] = ()
    """Pods that are driven off the node."""
    app_label: str = ""
    """The one label (key=value) by which Litmus finds the targets; the selector's first when empty."""


class Fault(Protocol):
    """One entry of the catalogue."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def effect(self) -> str:
        """One sentence for an approver: what happens to the target."""

    @property
    def risk(self) -> str:
        """One sentence: what can go wrong, and what cannot be undone."""

    @property
    def risk_class(self) -> Risk: ...

    @property
    def needs(self) -> tuple[str, ...]:
        """What it takes beyond Litmus itself, in words: a runtime, privileges, rights."""

    @property
    def proof(self) -> str:
        """How we know that it is gone: what is measured for it, and what is not."""

    @property
    def stops(self) -> str:
        """How it ends before its time, and what happens if that does not work."""

    @property
    def lasts(self) -> str:
        """What its duration means; empty where a person ends it."""

    @property
    def family(self) -> Family | None:
        """The rights that its experiment needs; None when Litmus has no part in it."""

    @property
    def helper_image(self) -> str:
        """The image of its helpers, where it is not the experiment's own."""

    @property
    def secret(self) -> str:
        """A secret of the chaos namespace that the experiment needs; empty: none."""

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...

    @property
    def needs_targets(self) -> bool: ...

    @property
    def on_nodes(self) -> bool:
        """Whether its targets are nodes."""

    @property
    def on_workloads(self) -> bool:
        """Whether it changes the workload of its pods, which must then be named and looked at too."""

    @property
    def target_kinds(self) -> tuple[str, ...]:
        """The kinds of targets that it takes."""

    def check_targets(self, targets: TargetSpec) -> None:
        """What is wrong with a selector for this fault, whatever it finds. Raises Refused."""

    @property
    def is_provable(self) -> bool:
        """False when no postcondition can show that the fault is gone; the approver is told so."""

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        """The parameters with defaults filled in, as canonical text. Raises Refused with the key as field.

        Idempotent: its own output comes back unchanged.
        """

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        """What to send, how to undo it and how to prove that it is gone. `spec` has canonical parameters."""

    def env_rules(self) -> Mapping[str, str]:
        """Every key that may be sent for this fault, and the regular expression its value must match."""


class Parameterised:
    """The half of a fault that follows from its table of parameters."""

    name: str
    family: Family | None = None
    helper_image = ""
    secret = ""
    lasts = (
        "How long it lasts at the most stands beside the parameters, as `duration`; the cluster's limits "
        "bound it, and Litmus ends the fault by itself after that time."
    )
    own: tuple[Parameter, ...] = ()
    on_nodes = False
    on_workloads = False
    target_kinds: tuple[str, ...] = ("deployment", "statefulset", "daemonset")

    def check_targets(self, targets: TargetSpec) -> None:
        if targets.kind not in self.target_kinds:
            kinds = " or ".join(self.target_kinds)
            raise Refused(f"{self.name} takes targets of kind {kinds}, not {targets.kind}.", "kind")

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.own

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        known = {item.name: item for item in self.parameters}
        for key in sorted(set(parameters) - set(known)):
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise Refused(f"{self.name} has no parameter {key}; {has}.", key)
        return {
            item.name: text
            for item in self.parameters
            if (text := _canonical(item, parameters, self.name)) is not None
        }

    def env_of(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """What is sent of canonical parameters."""
        return {
            item.env: item.kind.env(parameters[item.name])
            for item in self.parameters
            if item.env and item.name in parameters
        }


def _canonical(item: Parameter, parameters: Mapping[str, object], fault: str) -> str | None:
    given = parameters.get(item.name, item.default)
    if given is None:
        raise Refused(f"{fault} needs {item.name}: {item.what}", item.name)
    if item.default == "" and item.name not in parameters:
        return None
    if given == "":  # what is left out often means all of them; nobody approves that by an empty line
        raise Refused(f"{item.name} is empty. Leave it out or say what it is: {item.what}", item.name)
    return item.kind.canonical(given, item.name)


def with_env(part: Part, env: Mapping[str, str]) -> Part:
    """The same, with these sent as well."""
    return replace(part, env={**part.env, **env})
