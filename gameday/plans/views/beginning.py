"""New plans: from nothing, from last time's, from a file."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify

from chaos.domain.errors import Refused
from gameday.people.requests import user_of
from gameday.plans import services
from gameday.plans.forms import defaults
from gameday.plans.forms.facts_form import FactsForm
from gameday.plans.forms.rows import Flat
from gameday.plans.forms.scenario import PREFIX
from gameday.plans.forms.scenario_form import ScenarioForm
from gameday.plans.models import Plan
from gameday.plans.problems import PlanRefused
from gameday.plans.saving import save
from gameday.plans.views.common import inputs, known, plan_or_404, stored
from gameday.plans.views.editing import SAVE, chosen, facts_page, scenario_page, with_scenarios
from gameday.plans.yaml_reader import MAX_BYTES, too_large


def new(request: HttpRequest) -> HttpResponse:
    """Two steps, the facts and the first scenario; what was entered in one travels hidden in the other."""
    allowed, user = known(request), user_of(request)
    if request.method != "POST":
        return facts_page(request, FactsForm.of(_from_nothing(request), allowed, is_new=True), step=1)
    flat, do = inputs(request), request.POST.get("do", SAVE)
    facts = FactsForm({key: values for key, values in flat.items() if not _is_scenario(key)}, allowed, True)
    first = ScenarioForm.sent({key: values for key, values in flat.items() if _is_scenario(key)})
    is_first_step = request.POST.get("step") != "2"
    if do == "back" or (is_first_step and do != SAVE):
        return facts_page(request, facts.after(do), step=1, carried=first.flat)
    facts = facts.without_blanks()
    document = facts.document(_slug(facts.flat))
    if is_first_step:
        _, problems = services.checked({**document, "scenarios": [defaults.STAND_IN]})
        wrong = facts.placed(problem for problem in problems if problem.path[:1] != ("scenarios",))
        if not wrong.is_clean:
            return facts_page(request, facts, wrong, step=1, carried=first.flat)
        return scenario_page(request, first, step=2, carried=facts.flat, index=0)
    if do != SAVE:
        return scenario_page(request, chosen(first, do, ()), step=2, carried=facts.flat, index=0)
    first = first.without_blanks()
    outcome = save({**document, "scenarios": [first.item()]}, user, 0, timezone.now())
    if outcome.imported:
        return stored(request, outcome.imported)
    return scenario_page(request, first, outcome, step=2, carried=facts.flat, index=0)


def duplicate(request: HttpRequest, plan: str) -> HttpResponse:
    """Last time's plan under another name and at another time; all else is as it was, until it is changed."""
    found, now = plan_or_404(plan), timezone.now()
    allowed = known(request, found)
    if request.method != "POST":
        names = set(Plan.objects.filter(slug__startswith=found.slug).values_list("slug", flat=True))
        changes = {
            "plan": defaults.free(found.slug, names),
            "window": defaults.shifted(found.document["window"], now),
        }
        return facts_page(request, FactsForm.of({**found.document, **changes}, allowed, True), source=found)
    form, do = FactsForm(inputs(request), allowed, True), request.POST.get("do", SAVE)
    if do != SAVE:
        return facts_page(request, form.after(do), source=found)
    form = form.without_blanks()
    document = with_scenarios(form.document(_slug(form.flat)), found.document)
    outcome = save(document, user_of(request), 0, now)
    if outcome.imported:
        return stored(request, outcome.imported)
    return facts_page(request, form, form.placed(outcome.problems), source=found)


def upload(request: HttpRequest) -> HttpResponse:
    """A plan as YAML: a file, or its text. What is wrong is shown above the text, to be mended there."""
    context: dict[str, Any] = {"most": MAX_BYTES // 1024}
    if request.method != "POST":
        return render(request, "plans/upload.html", context)
    file, text = request.FILES.get("file"), request.POST.get("text", "").replace("\r\n", "\n")
    name = str(file.name) if file else request.POST.get("name", "") or "plan.yaml"
    try:
        if file and (file.size or 0) > MAX_BYTES:  # its beginning would be no plan to mend
            raise too_large(file.size or 0, name)
        data = file.read() if file else text.encode()
        text = data.decode("utf-8", "replace")
        return stored(request, services.import_plan(data, name, user_of(request), timezone.now()))
    except PlanRefused as refused:
        lines = [line.removeprefix(f"{name}:") for line in refused.lines]
    except Refused as refused:
        lines = [str(refused)]
    context |= {"lines": [_line(line) for line in lines], "text": text, "name": name}
    return render(request, "plans/upload.html", context, status=422)


def refused_unread(request: HttpRequest, size: int) -> HttpResponse:
    """The same for a text of `size` bytes that was too large to be read at all."""
    lines = too_large(size, "plan.yaml").lines
    told = [_line(line.removeprefix("plan.yaml:")) for line in lines]
    context = {"most": MAX_BYTES // 1024, "lines": told, "name": "plan.yaml"}
    return render(request, "plans/upload.html", context, status=422)


def _from_nothing(request: HttpRequest) -> dict[str, Any]:
    """Who begins a plan facilitates the day until they name somebody else."""
    return {
        "window": defaults.window(timezone.now()),
        "people": {user_of(request).username: ["facilitator"]},
        "must_be_told": [{"party": ""}],
    }


def _is_scenario(name: str) -> bool:
    return name.startswith(PREFIX)


def _slug(flat: Flat) -> str:
    """The title as a short name."""
    title = next(iter(flat.get("title", ())), "")
    return slugify(title)[:63].strip("-_").replace("_", "-") or "plan"


def _line(text: str) -> dict[str, str]:
    """Line and column apart from the sentence, where a problem has them."""
    match = re.fullmatch(r"(\d+):(\d+): (.*)", text, re.DOTALL)
    if not match:
        return {"sentence": text.strip()}
    return {"line": match[1], "column": match[2], "sentence": match[3]}
