"""What an experiment is told through its environment, read as litmus-go reads it."""

import re
from dataclasses import dataclass

from deploy.rehearsal.store import Object
from deploy.rehearsal.store.objects import dig

_INTEGER = re.compile(r"^[+-]?\d+$")
_TRUE = ("1", "t", "T", "true", "TRUE", "True")


@dataclass(frozen=True, slots=True)
class Settings:
    """Environment variables. An empty value counts as absent, a bad number as 0: both as in litmus-go."""

    values: dict[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name) or default

    def integer(self, name: str, default: str = "0") -> int:
        """`"30s"` is 0: strconv.Atoi fails, and litmus-go drops the error."""
        text = self.text(name, default)
        return int(text) if _INTEGER.match(text) else 0

    def flag(self, name: str, default: str = "false") -> bool:
        return self.text(name, default) in _TRUE

    def names(self, name: str) -> list[str]:
        return [part.strip() for part in self.text(name).split(",") if part.strip()]


def settings_of(engine: Object, experiment: Object, name: str) -> Settings:
    """The ChaosExperiment's environment, overridden by the engine's for the experiment of that name."""
    values = _pairs(dig(experiment, "spec", "definition", "env"))
    for one in dig(engine, "spec", "experiments") or []:
        if one["name"] == name:
            values |= _pairs(dig(one, "spec", "components", "env"))
    return Settings(values)


def _pairs(env: object) -> dict[str, str]:
    return {one["name"]: str(one.get("value", "")) for one in env} if isinstance(env, list) else {}
