"""Kinds of fields: how a value of the document is split into inputs, and read back from them.

What cannot be read is passed on as it was typed: the compiler then says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Inputs = Mapping[str, Sequence[str]]
"""The values of one field's inputs by the end of their names: "" for the main one, `~unit` beside it."""
Choices = Sequence[tuple[str, str]]

LEFT_OUT = None


class Kind:
    """One line of text. `widget` names how it is drawn; `merges` tells that its value is several keys of the
    mapping that it stands in."""

    widget = "line"
    merges: tuple[str, ...] = ()

    def write(self, value: Any) -> Inputs:
        return {"": [str(value)]}

    def read(self, inputs: Inputs) -> Any:
        """The document's value, or LEFT_OUT."""
        return main(inputs).strip() or LEFT_OUT


def main(inputs: Inputs, end: str = "") -> str:
    return next(iter(inputs.get(end, ())), "")


class Words(Kind):
    widget = "words"

    def read(self, inputs: Inputs) -> Any:
        text = main(inputs).replace("\r\n", "\n")
        return text if text.strip() else LEFT_OUT


class Mono(Words):
    """A query."""

    widget = "mono"


class Lines(Kind):
    """A list, one item a line."""

    widget = "words"

    def write(self, value: Any) -> Inputs:
        return {"": ["\n".join(map(str, value))]}

    def read(self, inputs: Inputs) -> Any:
        return [line.strip() for line in main(inputs).splitlines() if line.strip()]


class Names(Kind):
    """A list on one line, with commas."""

    def write(self, value: Any) -> Inputs:
        return {"": [", ".join(map(str, value))]}

    def read(self, inputs: Inputs) -> Any:
        return [name.strip() for name in main(inputs).split(",") if name.strip()]


class Labels(Kind):
    """key=value, one a line."""

    widget = "mono"

    def write(self, value: Any) -> Inputs:
        return {"": ["\n".join(f"{key}={text}" for key, text in value.items())]}

    def read(self, inputs: Inputs) -> Any:
        found: dict[str, str] = {}
        for line in main(inputs).splitlines():
            key, _, text = (part.strip() for part in line.partition("="))
            if key or text:  # of a key that stands twice both values stay, and are refused as one
                found[key] = f"{found[key]}={text}" if key in found else text
        return found


class Number(Kind):
    """A number, whole or not; its field says the unit."""

    widget = "number"

    def read(self, inputs: Inputs) -> Any:
        text = main(inputs).strip()
        if re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
            return int(text)
        if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text, re.ASCII):
            return float(text)
        return text or LEFT_OUT


@dataclass(frozen=True)
class Choice(Kind):
    choices: Choices
    widget = "choice"


@dataclass(frozen=True)
class Flag(Kind):
    """Yes, no, or left out."""

    choices: Choices = (("", "Left out"), ("true", "Yes"), ("false", "No"))
    widget = "choice"

    def write(self, value: Any) -> Inputs:
        return {"": [str(value).lower()]}

    def read(self, inputs: Inputs) -> Any:
        text = main(inputs)
        return {"true": True, "false": False}.get(text, text or LEFT_OUT)


@dataclass(frozen=True)
class Checks(Kind):
    """Any of a few words."""

    choices: Choices
    widget = "checks"

    def write(self, value: Any) -> Inputs:
        return {"": list(map(str, value))}

    def read(self, inputs: Inputs) -> Any:
        return list(dict.fromkeys(inputs.get("", ())))


@dataclass(frozen=True)
class Measured(Kind):
    """Two inputs beside each other that are written as one text."""

    choices: Choices
    usual: str
    """What the second input begins with."""
    widget = "measured"
    end = "~unit"


class Duration(Measured):
    """A number and its unit: `30s`."""

    def __init__(self, usual: str = "s") -> None:
        super().__init__((("ms", "ms"), ("s", "s"), ("m", "min"), ("h", "h")), usual)

    def write(self, value: Any) -> Inputs:
        number = str(value).rstrip("msh")
        return {"": [number], self.end: [str(value)[len(number) :] or "s"]}

    def read(self, inputs: Inputs) -> Any:
        """Whoever types a unit, too, means it."""
        text = main(inputs).strip()
        if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
            return f"{text}{main(inputs, self.end)}"
        return text or LEFT_OUT


class Comparison(Measured):
    """An operator and a number: `< 200`."""

    widget = "comparison"
    end = "~op"

    def __init__(self) -> None:
        words = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "exactly", "!=": "not"}
        super().__init__([(op, f"{op} {word}") for op, word in words.items()], "<")

    def write(self, value: Any) -> Inputs:
        match = re.fullmatch(r"([<>=!]*)\s*(.*)", str(value), re.DOTALL)
        return {self.end: [match[1] if match else "<"], "": [match[2] if match else str(value)]}

    def read(self, inputs: Inputs) -> Any:
        number = main(inputs).strip()
        return f"{main(inputs, self.end)} {number}" if number else LEFT_OUT


class Size(Measured):
    """So many, or such a share: one of two keys."""

    merges = ("count", "percent")

    def __init__(self, thing: str) -> None:
        super().__init__((("count", thing), ("percent", f"% of the {thing}")), "count")

    def write(self, value: Any) -> Inputs:
        key = "percent" if "percent" in value else "count"
        return {"": [str(value[key])] if key in value else [""], self.end: [key]}

    def read(self, inputs: Inputs) -> Any:
        number = Number().read(inputs)
        key = main(inputs, self.end) or "count"
        return {} if number is LEFT_OUT else {key if key in self.merges else "count": number}
