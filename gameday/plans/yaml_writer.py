"""Plain data -> a plan's text, in the schema's own order, such that reading it gives back the same."""

from __future__ import annotations

import re
from typing import Any

import yaml

from gameday.plans.schema import ordered
from gameday.plans.yaml_reader import NUMBER


class _Dumper(yaml.SafeDumper):
    """Blocks for text of several lines, lists indented below their key, never an anchor."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
# What our reader takes for a number must be quoted even where YAML 1.1 does not.
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(f"^(?:{NUMBER.pattern})$", re.ASCII), list("-0123456789")
)


def write(document: dict[str, Any]) -> str:
    """YAML of a valid plan document."""
    return yaml.dump(ordered(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
