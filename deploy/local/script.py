"""The script of a practice day: who plays whom, and does what when. It belongs to a plan, not to the product.

A script is a YAML file beside its plan (`script.yaml`, or the plan's own name with `.script.yaml`):

    plan:    the id of the plan it plays; left out: it plays any beside it
    cluster: the name under which the rehearsal cluster is registered
    people:  [{user: …, name: …, team: …, roles: […]}]
    before:  [{who: user, do: [manage.py arguments]}]
    conductor: user
    during:  [{when: {scenario: …, kind: …, word: …, state: …, alert: …,
                      after_seconds: …},
               who: user, switch: {…}, do: [manage.py arguments]}]

`{plan}`, `{plan_file}` and `{scenario}` are filled in; `--as WHO` is added to each command.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gameday.plans.problems import PlanRefused
from gameday.plans.yaml_reader import read as read_yaml

from .say import Trouble


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be known to the product before the day."""

    user: str
    name: str
    team: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class When:
    """Which event an act waits for, and how many seconds it then lets pass. None matches anything."""

    scenario: str | None = None
    kind: str | None = None
    state: str | None = None
    word: str | None = None
    alert: str | None = None
    after_seconds: float = 0.0

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether this is the event that the act waits for."""
        data = event.get("data") or {}
        seen = (
            event.get("scenario"),
            event.get("kind"),
            *(data.get(key) for key in ("state", "word", "alert")),
        )
        wanted = (self.scenario, self.kind, self.state, self.word, self.alert)
        return all(want is None or want == has for want, has in zip(wanted, seen, strict=True))


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody does: turn a switch of the rehearsal cluster, then call manage.py."""

    who: str
    do: tuple[str, ...] = ()
    switch: Mapping[str, Any] = field(default_factory=dict)
    when: When = When()


@dataclass(frozen=True, slots=True)
class Script:
    """A whole day's acts."""

    people: tuple[Person, ...]
    before: tuple[Act, ...]
    conductor: str
    during: tuple[Act, ...]
    cluster: str = "rehearsal"
    administrator: str = ""
    plan: str = ""


def read(path: Path) -> Script:
    """Parse a script file. Raises Trouble that names the file and the entry."""
    try:
        return parse(read_yaml(path.read_bytes(), str(path)).document)
    except PlanRefused as refused:
        raise Trouble(str(refused)) from refused
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise Trouble(f"{path} is no script of a day: {type(error).__name__} {error}") from error


def parse(written: Mapping[str, Any]) -> Script:
    """A Script from plain data. Raises KeyError, TypeError or ValueError where it is none."""
    people = tuple(
        Person(str(one["user"]), str(one["name"]), str(one["team"]), tuple(one.get("roles", ())))
        for one in written["people"]
    )
    return Script(
        people=people,
        before=tuple(_act(one) for one in written.get("before", ())),
        conductor=str(written["conductor"]),
        during=tuple(_act(one) for one in written.get("during", ())),
        cluster=str(written.get("cluster", "rehearsal")),
        administrator=_administrator(people),
        plan=str(written.get("plan", "")),
    )


def _act(written: Mapping[str, Any]) -> Act:
    unknown = set(written) - {"who", "do", "switch", "when"}
    if unknown:
        raise ValueError(f"an act has no {', '.join(sorted(unknown))}")
    when = dict(written.get("when", {}))
    return Act(
        who=str(written["who"]),
        do=tuple(str(word) for word in written.get("do", ())),
        switch=dict(written.get("switch", {})),
        when=When(**{**when, "after_seconds": float(when.get("after_seconds", 0))}),
    )


def _administrator(people: tuple[Person, ...]) -> str:
    found = [person.user for person in people if "administrator" in person.roles]
    if not found:
        raise ValueError("nobody in people has the role administrator, so nobody can register the cluster")
    return found[0]
