"""What makes a ladder of some rungs: each is another than the one before it, and by no amount less far.

Of what is no amount, such as a signal or a direction, no order is known: that is for people to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from chaos.domain.errors import Refused
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.faults.base import Fault, Parameter
from chaos.faults.kinds import Duration, Whole

_AMOUNT = re.compile(r"(\d+)([a-z]*)", re.ASCII)
_SIZES = {"": 1, "ms": 1, "s": 1000, "m": 60_000, "kbit": 1, "mbit": 1000, "gbit": 1_000_000}
"""Of the units of canonical values; a parameter always has units of one kind."""


def check(fault: Fault, spec: FaultSpec) -> None:
    """`spec` has canonical parameters. Raises Refused at the first rung that is no step up."""
    for number, (before, rung) in enumerate(pairwise(spec.rungs), start=1):
        where = f"stages[{number}]"
        if (before.targets, before.parameters) == (rung.targets, rung.parameters):
            raise Refused("This rung is the same as the one before it; let it go further.", where)
        if before.targets and rung.targets:
            _check_size(before.targets, rung.targets, where)
        for name, old, new in _weaker(fault, before, rung):
            raise Refused(
                f"This rung goes less far than the one before it: {name} is {new}, after {old}.",
                f"{where}.parameters.{name}",
            )


def _check_size(before: TargetSpec, rung: TargetSpec, where: str) -> None:
    name = "count" if rung.count is not None else "percent"
    old, new = getattr(before, name), getattr(rung, name)
    if old is None:
        raise Refused(
            "One rung has a count and another a percent, and nobody can see which touches more; write "
            f"{name} for all of them.",
            where,
        )
    if new < old:
        sentence = f"This rung goes less far than the one before it: {name} is {new}, after {old}."
        raise Refused(sentence, f"{where}.{name}")


def _weaker(fault: Fault, before: FaultSpec, rung: FaultSpec) -> Iterator[tuple[str, str, str]]:
    """Parameters that make less of the fault, and both their values."""
    for item in fault.parameters:
        old, new = before.parameters.get(item.name, ""), rung.parameters.get(item.name, "")
        first, second = _amount(item, old), _amount(item, new)
        if first is not None and second is not None and first != second and (first < second) == item.weakens:
            yield item.name, old, new


def _amount(item: Parameter, text: str) -> int | None:
    """How much it is; None for what is no amount, such as a port or a name."""
    is_amount = isinstance(item.kind, Duration) or (isinstance(item.kind, Whole) and item.kind.unit)
    match = _AMOUNT.fullmatch(text) if is_amount or item.weakens else None
    return int(match[1]) * _SIZES[match[2]] if match else None
