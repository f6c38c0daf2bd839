"""Changing a plan: its facts, its scenarios. Each page stores the whole plan through the same compiler as a
file does, on top of the version that its author had before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from chaos.faults.catalogue import FAULTS
from gameday.people.requests import user_of
from gameday.plans.compile import Document
from gameday.plans.fault_groups import groups
from gameday.plans.forms import defaults
from gameday.plans.forms.bound import Row, summary
from gameday.plans.forms.facts_form import FactsForm
from gameday.plans.forms.placing import NOTHING, Placed
from gameday.plans.forms.scenario_form import ScenarioForm
from gameday.plans.models import Plan
from gameday.plans.saving import Newer, Outcome, save
from gameday.plans.views.common import helps, inputs, known, plan_or_404, stored
from gameday.plans.views.looking import Looked, look_at

SAVE = "save"
_NOTHING_YET = Outcome()


def facts(request: HttpRequest, plan: str) -> HttpResponse:
    found = plan_or_404(plan)
    if request.method != "POST":
        return facts_page(request, FactsForm.of(found.document, known(request, found)), plan=found)
    form, do = FactsForm(inputs(request), known(request, found)), request.POST.get("do", SAVE)
    if do != SAVE:
        return facts_page(request, form.after(do), plan=found)
    form = form.without_blanks()
    document = with_scenarios(form.document(found.slug, found.document["environment"]), found.document)
    outcome = save(document, user_of(request), based_on(request), timezone.now())
    if outcome.imported:
        return stored(request, outcome.imported)
    if outcome.newer:
        form = form.with_scenarios(outcome.newer.added)
    return facts_page(request, form, form.placed(outcome.problems), outcome.newer, plan=found)


def scenario(request: HttpRequest, plan: str, scenario: str) -> HttpResponse:
    found = plan_or_404(plan)
    keys = [item["key"] for item in found.document["scenarios"]]
    if scenario in keys:
        index = keys.index(scenario)
        return _scenario(request, found, index, ScenarioForm.of(found.document["scenarios"][index]))
    if request.method == "POST":  # somebody took it out meanwhile: what was typed goes to the end
        return _scenario(request, found, len(keys), ScenarioForm({}))
    raise Http404(f"{plan} has no scenario {scenario}.")


def new_scenario(request: HttpRequest, plan: str) -> HttpResponse:
    """`?fault=` chooses what it does, `?like=` begins with a copy of another one."""
    found = plan_or_404(plan)
    items = {item["key"]: item for item in found.document["scenarios"]}
    fault, like = FAULTS.get(request.GET.get("fault", "")), items.get(request.GET.get("like", ""))
    form = ScenarioForm(defaults.scenario(fault, items) if fault else {})
    if like:
        form = ScenarioForm.of({**like, "key": defaults.free(like["key"], items)})
    return _scenario(request, found, len(items), form)


def _scenario(request: HttpRequest, plan: Plan, index: int, before: ScenarioForm) -> HttpResponse:
    items = plan.document["scenarios"]
    if request.method != "POST":
        return scenario_page(request, before, plan=plan, index=index)
    form, do = ScenarioForm.sent(inputs(request)), request.POST.get("do", SAVE)
    if do == "look":
        return scenario_page(request, form, look_at(form, plan.cluster.name, index), plan=plan, index=index)
    if do != SAVE:
        return scenario_page(
            request, chosen(form, do, [item["key"] for item in items]), plan=plan, index=index
        )
    form = form.without_blanks()
    document = {**plan.document, "scenarios": [*items[:index], form.item(), *items[index + 1 :]]}
    outcome = save(document, user_of(request), based_on(request), timezone.now())
    if outcome.imported:
        return stored(request, outcome.imported)
    return scenario_page(request, form, outcome, plan=plan, index=index)


def chosen(form: ScenarioForm, do: str, taken: Sequence[str]) -> ScenarioForm:
    """The form after a press of a button. With the first fault that is chosen come the usual figures."""
    if form.fault and do == "fault" and not form.has_begun:
        return ScenarioForm(defaults.scenario(form.fault, taken))
    return form.after(do)


def with_scenarios(document: dict[str, Any], source: Document) -> dict[str, Any]:
    """The document's keys of scenarios as the scenarios of `source`; one that is not there any more is left
    out."""
    items = {item["key"]: item for item in source["scenarios"]}
    return {**document, "scenarios": [items[key] for key in document["scenarios"] if key in items]}


def based_on(request: HttpRequest) -> int:
    """The version that the form was made of; one that nobody can have had, where it does not say."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def facts_page(
    request: HttpRequest,
    form: FactsForm,
    wrong: Placed = NOTHING,
    newer: Newer | None = None,
    **context: Any,
) -> HttpResponse:
    bound = form.bound(wrong)
    context |= {
        "form": bound,
        "focus": form.focus,
        "wrongs": list(summary(bound)),
        "elsewhere": wrong.elsewhere_in_words,
        "newer": newer,
        "unsaved": request.method == "POST",
        "order": _order(bound["scenarios"].rows, context.get("plan") or context.get("source")),
        **helps(),
    }
    return render(request, "plans/edit_facts.html", context, status=_status(wrong, newer))


def scenario_page(
    request: HttpRequest, form: ScenarioForm, outcome: Outcome | Looked = _NOTHING_YET, **context: Any
) -> HttpResponse:
    """`outcome` is what became of storing it, or of a look at what it would hit."""
    wrong = form.placed(outcome.problems, context["index"])
    bound = form.bound(wrong)
    newer = outcome.newer if isinstance(outcome, Outcome) else None
    context |= {
        "form": bound,
        "fault": form.fault,
        "focus": form.focus,
        "groups": groups(),
        "wrongs": list(summary({key: item for key, item in bound.items() if key != "parameters"})),
        "elsewhere": wrong.elsewhere_in_words,
        "newer": newer,
        "unsaved": request.method == "POST",
        "looked": outcome if isinstance(outcome, Looked) else None,
    }
    return render(request, "plans/edit_scenario.html", context, status=_status(wrong, newer))


def _status(wrong: Placed, newer: Newer | None) -> int:
    if newer:
        return 409
    return 200 if wrong.is_clean else 422


def _order(rows: Sequence[Row], plan: Plan | None) -> list[tuple[Row, str]]:
    """The rows of scenarios with their titles."""
    titles = {item["key"]: item["title"] for item in plan.document["scenarios"]} if plan else {}
    return [(row, titles.get(row.fields["key"].value, "")) for row in rows]
