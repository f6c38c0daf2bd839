"""Kinds of parameters: how a value is read, written canonically, sent to Litmus, and bounded.

Every wrong value is refused with a sentence; none is turned into a 0 on the way to Litmus, which reads
bare numbers and takes what it cannot parse for 0.
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from chaos.domain.durations import canonical_duration, format_duration
from chaos.domain.errors import Refused
from chaos.faults import parameters as read


class Kind(Protocol):
    """One kind of value. `canonical` is idempotent; `env` turns canonical text into what Litmus reads, and
    `pattern` is the only shape in which that may be sent."""

    @property
    def pattern(self) -> str: ...

    def canonical(self, value: object, field: str) -> str: ...

    def env(self, text: str) -> str: ...

    def __str__(self) -> str:
        """What is allowed, in words: `1ms to 30s`."""


@dataclass(frozen=True, slots=True)
class Duration:
    """`300ms`, `30s`; sent as bare milliseconds."""

    least: timedelta
    most: timedelta
    pattern: str = r"0|[1-9]\d{0,7}"

    def canonical(self, value: object, field: str) -> str:
        return canonical_duration(read.duration(value, field, self.least, self.most))

    def env(self, text: str) -> str:
        return str(read.duration(text, "", self.least, self.most) // read.MILLISECOND)

    def __str__(self) -> str:
        return f"{format_duration(self.least)} to {format_duration(self.most)}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number with its unit, from `least` to `most`."""

    least: int
    most: int
    unit: str = ""
    pattern: str = r"0|[1-9]\d{0,8}"

    def canonical(self, value: object, field: str) -> str:
        text = str(value)
        if isinstance(value, bool) or not re.fullmatch(r"0|-?[1-9]\d{0,8}", text, re.ASCII):
            raise Refused(f"{value!r} is not a whole number.", field)
        if not self.least <= int(text) <= self.most:
            raise Refused(f"{text} is outside {self}.", field)
        return str(int(text))

    def env(self, text: str) -> str:
        return text

    def __str__(self) -> str:
        return f"{self.least} to {self.most} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Flag:
    pattern: str = "true|false"

    def canonical(self, value: object, field: str) -> str:
        return "true" if read.flag(value, field) else "false"

    def env(self, text: str) -> str:
        return text

    def __str__(self) -> str:
        return "true or false"


class Choice:
    """One of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.pattern = "|".join(map(re.escape, words))

    def canonical(self, value: object, field: str) -> str:
        if str(value) not in self.words:
            raise Refused(f"{value!r} is not one of {', '.join(self.words)}.", field)
        return str(value)

    def env(self, text: str) -> str:
        return text

    def __str__(self) -> str:
        return ", ".join(self.words)


@dataclass(frozen=True, slots=True)
class Words:
    """Words for people; never sent."""

    most: int = 2000
    meaning: str = "words"
    pattern: str = r"(?!)"

    def canonical(self, value: object, field: str) -> str:
        return read.text(value, field, self.most)

    def env(self, text: str) -> str:
        raise AssertionError("Words for people are never sent to a cluster.")

    def __str__(self) -> str:
        return f"{self.meaning}, up to {self.most} characters"


@dataclass(frozen=True, slots=True)
class Matching:
    """A text of one safe shape, or a comma-separated list of such; `meaning` says which."""

    shape: str
    meaning: str
    is_list: bool = False

    @property
    def pattern(self) -> str:
        return f"(?:{self.shape})(?:,(?:{self.shape}))*" if self.is_list else self.shape

    def canonical(self, value: object, field: str) -> str:
        items = _items(value) if self.is_list else [value]
        for item in items:
            if isinstance(item, bool) or not re.fullmatch(self.shape, str(item).strip(), re.ASCII):
                raise Refused(f"{item!r} is not {self.meaning}.", field)
        return ",".join(str(item).strip() for item in items)

    def env(self, text: str) -> str:
        return text

    def __str__(self) -> str:
        return f"a comma-separated list: each {self.meaning}" if self.is_list else self.meaning


@dataclass(frozen=True, slots=True)
class Networks:
    """IPv4 addresses or networks, comma-separated: `10.96.0.0/12`. litmus-go skips whatever has a colon."""

    pattern: str = r"[0-9./]{9,18}(?:,[0-9./]{9,18})*"

    def canonical(self, value: object, field: str) -> str:
        try:
            networks = [ipaddress.ip_network(str(item).strip()) for item in _items(value)]
        except ValueError as error:
            raise Refused(f"That is no IP address or network: {error}.", field) from error
        for network in networks:
            if network.version != 4:
                raise Refused(f"{network} is IPv6, which Litmus leaves out without a word.", field)
        return ",".join(map(str, networks))

    def env(self, text: str) -> str:
        return text

    def __str__(self) -> str:
        return "IPv4 addresses or networks, comma-separated"


@dataclass(frozen=True, slots=True)
class Pairs:
    """`a=b,c=d`: keys and values of safe shapes; sent as the JSON object that Litmus reads."""

    key: str
    value: str
    meaning: str

    @property
    def pattern(self) -> str:
        pair = f'"(?:{self.key})":"(?:{self.value})"'
        return rf"\{{{pair}(?:,{pair})*\}}"

    def canonical(self, value: object, field: str) -> str:
        found: dict[str, str] = {}
        for item in _items(value):
            key, _, text = (part.strip() for part in str(item).partition("="))
            if not re.fullmatch(self.key, key, re.ASCII) or not re.fullmatch(self.value, text, re.ASCII):
                raise Refused(f"{item!r} is not {self.meaning}.", field)
            if key == text:
                raise Refused(f"{key} would lead where it leads anyway.", field)
            if key in found:
                raise Refused(f"{key} is given twice.", field)
            found[key] = text
        return ",".join(f"{key}={text}" for key, text in found.items())

    def env(self, text: str) -> str:
        return json.dumps(dict(item.split("=", 1) for item in text.split(",")), separators=(",", ":"))

    def __str__(self) -> str:
        return f"comma-separated: each {self.meaning}"


def _items(value: object) -> list[object]:
    """A list as YAML has it, or as comma-separated text."""
    return list(value) or [""] if isinstance(value, list) else list(str(value).split(","))


_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_NO_NUMBER = rf"(?=[-0-9]*[a-z]){_LABEL}"
_NO_LONGER = r"(?![-a-z0-9.]{254})"
HOST = rf"{_NO_LONGER}(?:{_LABEL}\.)*{_NO_NUMBER}"
"""A host name in small letters. Its last part is no number: resolvers take `1.5` for an address."""
FULL_HOSTS = Matching(
    rf"{_NO_LONGER}(?:{_LABEL}\.)+{_NO_NUMBER}",
    "a full host name, like ledger.bank.svc.cluster.local",
    is_list=True,
)
PORTS = Matching(
    r"[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]", "a port", is_list=True
)
INTERFACE = Matching(r"[a-z][a-z0-9]{0,14}", "a network interface like eth0")
CONTAINER = Matching(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", "a container's name")
PROBE = Words(63, "a probe's name")
