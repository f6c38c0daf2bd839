"""A fault's parameters as fields, generated from what the fault declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chaos.domain.durations import format_duration
from chaos.faults import kinds as declared
from chaos.faults.base import Fault, Parameter
from gameday.plans.forms.kinds import Choice, Duration, Flag, Inputs, Kind, Number, Words
from gameday.plans.forms.shape import Item


def items(fault: Fault, path: str, probes: Sequence[str], is_rung: bool = False) -> Iterator[Item]:
    """One field each. On a rung of a ladder every parameter may be left out: the fault's own then counts."""
    for one in fault.parameters:
        yield Item(
            f"{path}.{one.name}",
            one.name.replace("_", " ").capitalize(),
            _kind(one, probes),
            is_optional=is_rung or one.default is not None,
            help=" " if is_rung else _help(one),
            hint="" if is_rung else one.default or one.example,
            unit=getattr(one.kind, "unit", ""),
        )


def _kind(one: Parameter, probes: Sequence[str]) -> Kind:
    match one.kind:
        case declared.Duration():
            return Duration((one.default or one.example or "s").lstrip("0123456789.") or "s")
        case declared.Whole():
            return Number()
        case declared.Flag():
            return Flag((("", f"Left out ({_yes(one.default)})"), ("true", "Yes"), ("false", "No")))
        case declared.Choice():
            left_out = [("", f"Left out ({one.default})" if one.default else "Choose")]
            return _Word([*left_out, *((word, word) for word in one.kind.words)])
        case declared.PROBE:
            return Choice([("", "Choose a probe"), *((name, name) for name in probes)])
        case declared.Words():
            return Words()
        case _:
            return Kind()


class _Word(Choice):
    """One of the fault's words. Those that are figures stand in a plan as such, like 503."""

    def read(self, inputs: Inputs) -> object:
        return Number().read(inputs)


def _yes(default: str | None) -> str:
    return {"true": "yes", "false": "no"}.get(default or "", "no")


def _help(one: Parameter) -> str:
    """What it is, what is allowed, and what it is when left out."""
    said = [one.what]
    match one.kind:
        case declared.Flag() | declared.Choice() | declared.Words():
            pass
        case declared.Duration():
            said.append(f"{format_duration(one.kind.least)} to {format_duration(one.kind.most)}.")
        case _:
            said.append(f"{str(one.kind)[0].upper()}{str(one.kind)[1:]}.")
    if one.default and not isinstance(one.kind, declared.Flag | declared.Choice):
        said.append(f"{one.default} when left out.")
    return " ".join(said)
