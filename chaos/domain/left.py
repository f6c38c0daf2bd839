"""What a fault left behind, each thing by its name: with all that somebody needs to undo it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.measured import Part
from chaos.domain.sight import Residue, ResidueKind


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that stands between a run and "reverted".

    `part` is the part of the postcondition that it keeps from holding; None where the cluster could not be
    seen. `kind`, `namespace`, `names` and `uid` say what it is, `before` and `now` how it was and is: taints,
    or a number of replicas. `at`: when it was seen so.
    """

    sentence: str
    part: Part | None = None
    kind: str = ""
    namespace: str = ""
    names: tuple[str, ...] = ()
    uid: str = ""
    finalizers: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    at: datetime | None = None

    @property
    def is_held_engine(self) -> bool:
        """An engine on its way out that only its finalizer keeps."""
        return self.kind == ResidueKind.ENGINE.value and bool(self.finalizers)

    @property
    def key(self) -> tuple[object, ...]:
        """What it is, whatever is said of it: ages and figures in sentences change with each look."""
        return (self.part, self.kind, self.namespace, self.names, self.uid, self.finalizers, self.now)


def of_ours(item: Residue, at: datetime | None = None) -> Left:
    """An object in the cluster that is ours."""
    return Left(
        str(item),
        Part.OWN,
        item.kind.value,
        item.namespace,
        (item.name,),
        item.uid,
        item.finalizers,
        at=at,
    )


def is_other(now: Sequence[Left], before: Sequence[Left]) -> bool:
    """Whether it is not the same things that are left."""
    return {item.key for item in now} != {item.key for item in before}
