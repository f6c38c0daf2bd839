"""Forms of the debrief. What a service refuses is put at its field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from gameday.debriefs.models import Severity
from gameday.debriefs.services import LONGEST_TITLE, Learned
from gameday.people.models import User
from gameday.plans.models import Plan
from gameday.plans.spec import PlanSpec


class FindingForm(forms.Form):
    title = forms.CharField(label="What was learned, in one line", max_length=LONGEST_TITLE)
    severity = forms.ChoiceField(choices=Severity.choices, initial=Severity.MINOR)
    scenario = forms.ChoiceField(required=False)
    text = forms.CharField(
        label="Details", required=False, widget=forms.Textarea, help_text="Markdown. No blame: what, not who."
    )

    def __init__(
        self, spec: PlanSpec, kept: Collection[str], *given: Any, about: str = "", **more: Any
    ) -> None:
        """`kept` are the scenarios that who writes may not know of; `about` is the one that the finding has.

        A finding about a kept one stays about it: it is not asked for.
        """
        super().__init__(*given, **more)
        self._about = about if about in kept else ""
        if self._about:
            del self.fields["scenario"]
            return
        whole = [("", "The whole day")]
        titles = [(item.key, item.run.title) for item in spec.scenarios if item.key not in kept]
        self.fields["scenario"].choices = whole + titles  # type: ignore[attr-defined]

    def learned(self) -> Learned:
        said = self.cleaned_data
        return Learned(said["title"], said["severity"], said["text"], self._about or said["scenario"])


class ActionForm(forms.Form):
    text = forms.CharField(label="What will be done", max_length=300)
    owner = forms.ChoiceField(label="Owner", error_messages={"required": "Choose who owns it."})
    due = forms.DateField(label="Due", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, plan: Plan, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["owner"].choices = [("", "Choose…"), *owners(plan)]  # type: ignore[attr-defined]


def owners(plan: Plan) -> list[tuple[str, str]]:
    """Whoever is in the plan's team or on its day, by name."""
    on_the_day = list(plan.document.get("people", {}))
    found = User.objects.filter(is_active=True)
    people = found.filter(memberships__team=plan.team_id) | found.filter(username__in=on_the_day)
    rows = people.distinct().values_list("username", "name")
    return sorted(((username, name or username) for username, name in rows), key=lambda row: row[1])
