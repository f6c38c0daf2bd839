"""The form of a plan's own facts: everything but its scenarios, of which it holds the order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gameday.people.roles import DayRole
from gameday.plans.forms.instants import Instant
from gameday.plans.forms.kinds import Checks, Choice, Choices, Kind, Lines, Names, Words
from gameday.plans.forms.shape import Item, Rows, Shape

ROLES = Checks([(role.value, role.value.capitalize()) for role in DayRole])


class People(Rows):
    """A mapping of usernames to roles. Of somebody who stands twice, the roles are put together."""

    def of(self, value: Any) -> list[dict[str, Any]]:
        return [{"name": name, "roles": roles} for name, roles in value.items()]

    def into(self, rows: list[dict[str, Any]]) -> Any:
        found: dict[str, list[str]] = {}
        for row in rows:
            found[row.get("name", "")] = list(
                dict.fromkeys([*found.get(row.get("name", ""), []), *row["roles"]])
            )
        return found


class Order(Rows):
    """The scenarios' keys."""

    def of(self, value: Any) -> list[dict[str, Any]]:
        return [{"key": item["key"]} for item in value]

    def into(self, rows: list[dict[str, Any]]) -> Any:
        return [row.get("key", "") for row in rows]


PEOPLE = People(
    "people",
    "person",
    (
        Item("name", "Username", help="As they sign in."),
        Item("roles", "Roles on the day", ROLES, help=" "),
    ),
    {"name": ""},
)
TOLD = Rows(
    "must_be_told",
    "party",
    (
        Item("party", "Who", hint="payments-on-call"),
        Item("acknowledged_by", "Who acknowledges for them", Names(), hint="ravi, kofi"),
        Item("why", "What they are told", Words(), is_optional=True),
    ),
    {"party": "", "why": "", "acknowledged_by": ""},
    is_optional=True,
)
ORDER = Order("scenarios", "scenario", (Item("key", "Scenario", Kind()),), {})


def shape(teams: Sequence[str], clusters: Choices, is_new: bool) -> Shape:
    """`clusters` are names and what they are called. A new plan has a name to choose, and no order yet."""
    return (
        Item("title", "Title"),
        *([Item("plan", "Short name", is_optional=True, help=SHORT_NAME)] if is_new else []),
        Item("purpose", "Purpose", Words()),
        Item("team", "Team", Choice([(team, team) for team in teams])),
        Item(
            "cluster",
            "Cluster",
            Choice(clusters),
            help="Where it takes place. It decides how many must approve.",
        ),
        Item("window.opens", "Window opens", Instant(), help="From then on scenarios may be launched."),
        Item("window.closes", "Window closes", Instant(), help="By then every fault must be over."),
        Item("scope.in", "In scope", Lines(), help="What may be touched or tested; one a line."),
        Item("scope.out", "Out of scope", Lines(), is_optional=True, help="What is left alone; one a line."),
        PEOPLE,
        TOLD,
        ORDER,
    )


SHORT_NAME = "Small letters, digits and hyphens; it stays for good. Made out of the title when left out."
