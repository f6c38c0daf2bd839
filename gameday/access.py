"""Who may do what at which address: the one table, and the middleware that holds every request to it.

An address or a method that is absent is refused to everybody, so that nothing is served by oversight. What a
person may do on a plan or a run is asked of their roles in its team and on its day; services ask again, since
commands come past here. Tests try every row with every role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.functional import SimpleLazyObject

from chaos.journal import slug_of
from chaos.services import queries
from chaos.services.patience import each_answered_within
from gameday import refusals
from gameday.people.models import Membership, User
from gameday.people.roles import Act, DayRole, TeamRole, may, who_may
from gameday.plans.models import Plan


class Who(Enum):
    """Rules that need no role."""

    ANYONE = "anyone"
    SIGNED_IN = "everyone who is signed in"


Rule = Who | Act
_READ: Mapping[str, Rule] = {"GET": Who.SIGNED_IN}
_ADMIN: Mapping[str, Rule] = {"GET": Act.ADMINISTER}
"""Django's admin, whatever it serves: to be read; see `gameday.admin`."""


def _page(act: Act) -> Mapping[str, Rule]:
    """A page with a form on it: the same people see and send it."""
    return {"GET": act, "POST": act}


TABLE: Mapping[str, Mapping[str, Rule]] = {
    "home": _READ,
    "alarm": _READ,
    "healthz": {"GET": Who.ANYONE},
    "metrics": {"GET": Who.ANYONE},  # numbers alone
    "approvals:page": _READ,
    "approvals:approve": {"POST": Act.APPROVE},
    "approvals:reject": {"POST": Act.APPROVE},
    "approvals:acknowledge": {"POST": Who.SIGNED_IN},  # whom the plan names; the service asks
    "plans:duplicate": _page(Act.PLAN),
    "plans:edit": _page(Act.PLAN),
    "plans:fault": _READ,
    "plans:faults": _READ,
    "plans:file": _READ,
    "plans:new": _page(Act.PLAN),
    "plans:new-scenario": _page(Act.PLAN),
    "plans:plan": _READ,
    "plans:plans": _READ,
    "plans:preview": _READ,
    "plans:scenario": _page(Act.PLAN),
    "plans:upload": _page(Act.PLAN),
    "plans:version": _READ,
    "clusters:cluster": {"GET": Act.ADMINISTER},
    "clusters:clusters": {"GET": Act.ADMINISTER},
    "clusters:edit": _page(Act.ADMINISTER),
    "clusters:new": _page(Act.ADMINISTER),
    "clusters:test": {"POST": Act.ADMINISTER},
    "people:activity": {"POST": Act.ADMINISTER},
    "people:link": {"POST": Act.ADMINISTER},
    "people:name": {"POST": Act.ADMINISTER},
    "people:new": _page(Act.ADMINISTER),
    "people:password": {"GET": Who.SIGNED_IN, "POST": Who.SIGNED_IN},
    "people:people": {"GET": Act.ADMINISTER},
    "people:person": {"GET": Act.ADMINISTER},
    "people:roles": {"POST": Act.ADMINISTER},
    "people:set-password": {"GET": Who.ANYONE, "POST": Who.ANYONE},  # whoever holds the link
    "debriefs:actions": _READ,
    "debriefs:add-action": {"POST": Act.DEBRIEF},
    "debriefs:add-finding": {"POST": Act.DEBRIEF},
    "debriefs:close-action": {"POST": Who.SIGNED_IN},  # its owner; the service asks
    "debriefs:edit-finding": _page(Act.DEBRIEF),
    "debriefs:evidence": {"GET": Act.AUDIT},
    "debriefs:from-note": {"POST": Act.DEBRIEF},
    "debriefs:page": _READ,
    "debriefs:reopen-action": {"POST": Who.SIGNED_IN},  # its owner; the service asks
    "debriefs:report": _READ,
    "conduct:day": _READ,
    "conduct:mine": _READ,
    "conduct:arm": {"POST": Act.CONDUCT},
    "conduct:disarm": {"POST": Act.CONDUCT},
    "conduct:inject": {"POST": Act.CONDUCT},
    "conduct:note": {"POST": Act.NOTE},
    "conduct:milestone": {"POST": Act.NOTE},
    "conduct:attest": {"POST": Act.ATTEST},
    "conduct:run": _READ,
    "conduct:stream": _READ,
    "conduct:since": _READ,
    "conduct:stop": {"POST": Who.SIGNED_IN},  # whoever sees harm
    "conduct:halt": {"GET": Who.SIGNED_IN, "POST": Act.STOP},
    "conduct:break-glass": {"GET": Who.ANYONE, "POST": Who.ANYONE},  # whoever holds a token
    "conduct:release": {"POST": Act.RELEASE},
    "conduct:clean-up": _READ,
    "conduct:certificate": _READ,
    "conduct:strip": {"POST": Act.STRIP},
    "conduct:review": {"POST": Act.REVIEW},
    "people:sign-in": {"GET": Who.ANYONE, "POST": Who.ANYONE},
    "people:sign-out": {"POST": Who.SIGNED_IN},
}
"""By the name of the address and the method. HEAD goes with GET."""


KNOWN_WITHIN = timedelta(seconds=3)
"""How long a Stop or Halt waits for each answer of the database, who it is that stops first of all."""


class AccessMiddleware:
    """Holds each request to `TABLE` before its view is called, and tells the view what this person may do.

    `request.acts` is the set of names of acts (`approve`, `conduct`, …) that the person may do on the plan or
    run of this address: pages show a button where its act is in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Who presses Stop or Halt is told in time, too, that the database hangs and which way needs none."""
        if request.method == "POST" and request.path in map(resolve_url, refusals.BRAKES):
            with each_answered_within(KNOWN_WITHIN):
                return self.get_response(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[object, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        try:
            return self._held_to_the_table(request, kwargs)
        except Error as error:
            if refusals.is_a_brake(request):
                return refusals.nobody_is_known(error)
            raise

    def _held_to_the_table(self, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        roles = SimpleLazyObject(lambda: roles_at(request.user, kwargs))
        request.acts = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: frozenset(act.name.lower() for act in Act if may(act, roles))
        )
        rules = rules_of(match.view_name if match else "")
        method = "GET" if request.method == "HEAD" else request.method or ""
        if rules and method not in rules:
            return refusals.not_allowed(request, rules, kwargs)
        rule = rules.get(method)
        if rule is Who.ANYONE:
            return None
        if not request.user.is_authenticated:
            return refusals.sign_in_first(request)
        if sentence := nowhere(kwargs):
            return render(request, "404.html", {"sentence": sentence}, status=404)
        if rule is Who.SIGNED_IN or (isinstance(rule, Act) and may(rule, roles)):
            return None
        return _refused(request, rule)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What Django's admin refuses is refused as everywhere: a page, and one line in the log."""
        if not isinstance(error, PermissionDenied):
            return None
        sentence = str(error) or "Nobody may do this here: what is kept is to be read, not to be changed."
        return render(request, "403.html", {"sentence": sentence}, status=403)


def rules_of(name: str) -> Mapping[str, Rule]:
    """The rules of an address by its name; none for one that is not in the table."""
    return _ADMIN if name.startswith("admin:") else TABLE.get(name, {})


def nowhere(kwargs: Mapping[str, Any]) -> str:
    """That an address points to a plan or a run which is not there, in a sentence; or ""."""
    if "plan" in kwargs and not Plan.objects.filter(slug=kwargs["plan"]).exists():
        return f"There is no plan named {kwargs['plan']}; the address may be mistyped."
    if "run" in kwargs and not queries.stream_of(kwargs["run"]):
        return f"There is no run {kwargs['run']}."
    return ""


def roles_at(user: Any, kwargs: Mapping[str, Any]) -> frozenset[TeamRole | DayRole]:
    """What somebody is where an address points: on a plan, on a run's plan, else in any of their teams."""
    if not isinstance(user, User) and not getattr(user, "is_authenticated", False):
        return frozenset()
    memberships = Membership.objects.filter(user=user)
    slug = kwargs.get("plan") or (slug_of(queries.stream_of(kwargs["run"])) if "run" in kwargs else "")
    if not slug:
        return frozenset(map(TeamRole, memberships.values_list("role", flat=True)))
    plan = Plan.objects.filter(slug=slug).first()
    if plan is None:
        return frozenset()
    team = map(TeamRole, memberships.filter(team=plan.team_id).values_list("role", flat=True))
    return frozenset({*team, *plan.day_roles(user.username)})


def _refused(request: HttpRequest, rule: Rule | None) -> HttpResponse:
    if isinstance(rule, Act):
        sentence = f"{request.user} may not {rule.value} here; that takes {who_may(rule)}."
    else:
        sentence = "Nobody may do this: the address is not in the table of permissions."
    return render(request, "403.html", {"sentence": sentence}, status=403)
