"""NetworkPolicies that Litmus makes beside its targets, where no label of ours and no owner leads to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chaos.adapters import litmus_undo
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.litmus_kinds import POLICIES
from chaos.adapters.litmus_manifests import label_value
from chaos.adapters.litmus_parse import Owner, residue
from chaos.domain.errors import Forbidden
from chaos.domain.injection import Injection
from chaos.domain.sight import Residue, ResidueKind
from chaos.ports import RunRef

ASK_AGAIN = timedelta(minutes=1)
OF_LITMUS: dict[str, str | None] = {"app.kubernetes.io/part-of": "litmus"}

Cut = tuple[str, str]
"""A namespace, and the one label (key=value) of what is cut off there."""


class Policies:
    """Remembers what each run cuts off, so that a stop need not look that up."""

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api
        self._cuts: dict[str, set[Cut]] = {}
        self._refused_at: datetime | None = None

    def remember(self, ref: RunRef, injections: Iterable[Injection]) -> None:
        cuts = {(one.namespace, one.app_label) for one in injections if one.postcondition.uncut}
        if cuts:
            self._cuts.setdefault(ref.run, set()).update(cuts)

    def of(self, ref: RunRef, now: datetime, within: float | None = None) -> list[Residue]:
        """Those of Litmus' that select just what this run cuts off, whoever they say they belong to."""
        owner = Owner(ref.short, label_value(ref.run), label_value(ref.installation))
        return [
            residue(ResidueKind.POLICY, found, owner, now)
            for namespace, label in sorted(self._cuts.get(ref.run, ()))
            for found in self._api.list(POLICIES, namespace, OF_LITMUS, within=within)
            if _selected(found) == dict([label.split("=", 1)])
        ]

    def everywhere(self, now: datetime) -> list[dict[str, Any]] | None:
        """All of Litmus'; None where we may not list them everywhere.

        Once refused it is asked again after a minute: a right may be given, and a refusal may pass.
        """
        if self._refused_at and now - self._refused_at < ASK_AGAIN:
            return None
        try:
            found = self._api.list(POLICIES, "", OF_LITMUS)
        except Forbidden:
            self._refused_at = now
            return None
        self._refused_at = None
        return found

    def where_cut(self, grants: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """All of Litmus' where a run is known to cut something off: we remember it, or its grant says so.

        This is for who may not look everywhere. Where no fault of ours makes policies nobody has to give us
        that right, and a refusal says nothing. Where one did, its run's grant says so until the policy is
        seen to be gone. Raises Forbidden where we may not look there either: what is unseen is not gone.
        """
        cuts: set[Cut] = set().union(*list(self._cuts.values()))
        namespaces = {namespace for namespace, _ in cuts}
        for grant in grants:
            namespaces |= {one.namespace for one in litmus_undo.read(grant) if one.postcondition.uncut}
        return [
            found
            for namespace in sorted(namespaces)
            for found in self._api.list(POLICIES, namespace, OF_LITMUS)
        ]


def _selected(found: Mapping[str, Any]) -> object:
    return ((found.get("spec") or {}).get("podSelector") or {}).get("matchLabels")
