"""What a fault is: typed parameters, what it does in plain words, its inverse and its postcondition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets


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


class Fault(Protocol):
    """One entry of the catalogue."""

    name: str
    title: str
    effect: str
    """One sentence for an approver: what happens to the target."""
    risk: str
    """One sentence: what can go wrong, and what cannot be undone."""
    needs_targets: bool
    is_provable: bool
    """False when no postcondition can show that the fault is gone; the approver is told so."""

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        """The parameters with defaults filled in, as canonical text. Raises Refused with the key as field.

        Idempotent: its own output comes back unchanged.
        """

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        """What to send, how to undo it and how to prove that it is gone. `spec` has canonical parameters."""
