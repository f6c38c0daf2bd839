"""What no plan on a cluster goes past, as its administrator enters it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from chaos.domain.durations import format_duration
from chaos.domain.errors import Refused
from chaos.domain.images import check_entry
from chaos.domain.limits import LimitsChange
from chaos.domain.targets import ALWAYS_PROTECTED, Limits
from chaos.faults.parameters import duration
from gameday.plans.cluster_cli import LONGEST, SHORTEST

_LINES = {"rows": 4, "class": "mono", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
_ALWAYS = f"Always: {', '.join(ALWAYS_PROTECTED)} and the chaos namespace."


class LimitsForm(forms.Form):
    """`has` is None for a cluster that is not registered yet."""

    max_percent = forms.IntegerField(
        min_value=1,
        max_value=100,
        label="Pods, at most",
        help_text="In % of those that a selector finds, and of each workload on a node.",
    )
    max_nodes = forms.IntegerField(min_value=0, label="Nodes, at most", help_text="In one scenario.")
    max_fault = forms.CharField(
        label="How long a fault lasts, at most", help_text="A number and its unit: 90s, 10m, 1h."
    )
    protected = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs=_LINES),
        label="Protected namespaces",
        help_text=f"One a line; no fault touches them. {_ALWAYS}",
    )
    opted_in = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs=_LINES),
        label="Only these namespaces",
        help_text="One a line. When it is empty, any that is not protected.",
    )
    images = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs=_LINES),
        label="Images that experiments may run",
        help_text="One a line, and no others: a repository (any pinned version of it), repository:tag or "
        "repository@sha256:… (that one), or path/ (whatever is below). When it is empty, no experiment runs.",
    )
    allow_unprovable = forms.BooleanField(
        required=False, label="Allow faults of which it cannot be proven that they are gone"
    )

    def __init__(self, data: QueryDict | None = None, has: Limits | None = None) -> None:
        self.is_new, self.has = has is None, has or Limits()
        super().__init__(data, initial=_initial(self.has))

    def change(self) -> LimitsChange:
        """What was changed and no more, so that a cluster that becomes production tightens the rest."""
        said = self.cleaned_data
        changed = {key: said[key] for key in said if self.is_new or key in self.changed_data}
        protected, opted_in, images = said["protected"], said["opted_in"], said["images"]
        is_other = opted_in != self.has.opted_in_namespaces
        return LimitsChange(
            max_percent=changed.get("max_percent"),
            max_nodes=changed.get("max_nodes"),
            allow_unprovable=changed.get("allow_unprovable"),
            max_fault=changed.get("max_fault"),
            protect=_without(protected, self.has.protected_namespaces),
            unprotect=_without(self.has.protected_namespaces, (*protected, *ALWAYS_PROTECTED)),
            opt_in=opted_in if is_other else (),
            any_namespace=is_other and not opted_in,
            allow_images=_without(images, self.has.images),
            disallow_images=_without(self.has.images, images),
        )

    def clean_max_fault(self) -> timedelta:
        try:
            return duration(self.cleaned_data["max_fault"], "max_fault", SHORTEST, LONGEST)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_protected(self) -> tuple[str, ...]:
        return _names(self.cleaned_data["protected"])

    def clean_opted_in(self) -> tuple[str, ...]:
        return _names(self.cleaned_data["opted_in"])

    def clean_images(self) -> tuple[str, ...]:
        entries, wrong = _names(self.cleaned_data["images"]), []
        for entry in entries:
            try:
                check_entry(entry)
            except Refused as refusal:
                wrong.append(str(refusal))
        if wrong:
            raise forms.ValidationError(wrong)
        return entries


def _without(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.split(r"[\s,]+", text.strip()))) if text.strip() else ()


def _initial(limits: Limits) -> dict[str, Any]:
    return {
        "max_percent": limits.max_percent,
        "max_nodes": limits.max_nodes,
        "max_fault": format_duration(limits.max_fault),
        "protected": "\n".join(limits.protected_namespaces),
        "opted_in": "\n".join(limits.opted_in_namespaces),
        "images": "\n".join(limits.images),
        "allow_unprovable": limits.allow_unprovable,
    }
