"""What the watchdog sees of the cluster: the grant, the lever and, where there is no grant, what is ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chaos.adapters import litmus_sweep
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus_kinds import CONFIG_MAPS, LEASES
from chaos.adapters.litmus_manifests import GRANT, INSTALLATION, LEVER, RUN, LitmusSettings
from chaos.adapters.parallel import gather
from chaos.domain.errors import GamedayError
from chaos.domain.sight import ResidueKind
from deploy.watchdog.decide import TTL, Grant, Seen

WITHIN = 5.0
LONGEST = 300.0
"""Seconds: a grant that claims to last longer is not believed."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Looker:
    """`ttl` seconds go before what the grant says of itself."""

    api: KubernetesApi
    settings: LitmusSettings
    ttl: float | None = None

    def look(self) -> Seen:
        """Raises a GamedayError for a look that tells nothing.

        Grant and lever are read each by itself, since one that cannot be read must not hide the other: an
        unknown lever is up, and an unknown grant tells nothing unless the lever is seen to be down.
        """
        calls = {
            name: partial(self._read, kind, name) for kind, name in ((LEASES, GRANT), (CONFIG_MAPS, LEVER))
        }
        read = gather(calls, 2 * WITHIN)
        (grant, no_grant), (lever, no_lever) = read[GRANT], read[LEVER]
        reason, blind = _reason(lever) if lever else "", str(no_lever or "")
        if no_grant and not reason:
            raise no_grant
        if no_grant:
            return Seen(None, reason, self._ours(), no_grant_seen=str(no_grant))
        if grant:
            return Seen(self._grant(grant), reason, ours=None, no_lever_seen=blind)
        return Seen(None, reason, self._ours(but=ResidueKind.GRANT), no_lever_seen=blind)

    def _ours(self, but: ResidueKind | None = None) -> tuple[str, ...] | None:
        """What is ours and could inject: as much as can be seen, or None where that is nothing."""
        items, errors = litmus_sweep.as_far_as_seen(self.api, self.settings, {}, datetime.now(UTC))
        found = tuple(str(item) for item in items if item.kind is not but)
        return found if found or not errors else None

    def _grant(self, found: Json) -> Grant:
        meta, spec = found["metadata"], found.get("spec") or {}
        labels = meta.get("labels") or {}
        whose = {name: labels[name] for name in (RUN, INSTALLATION) if name in labels}
        run = str(whose.get(RUN) or spec.get("holderIdentity") or "of nobody")
        lasts = spec.get("leaseDurationSeconds")
        believed = lasts if isinstance(lasts, int) and 1 <= lasts <= LONGEST else TTL
        return Grant(meta["uid"], run, str(spec.get("renewTime")), self.ttl or float(believed), whose)

    def _read(self, resource: Resource, name: str) -> tuple[Json | None, GamedayError | None]:
        """In time, or why not."""
        try:
            return gather({name: partial(self._maybe, resource, name)}, WITHIN)[name], None
        except GamedayError as error:
            return None, error

    def _maybe(self, resource: Resource, name: str) -> Json | None:
        try:
            return self.api.get(resource, self.settings.namespace, name, within=WITHIN)
        except NotFound:
            return None


def _reason(lever: Json) -> str:
    """Whatever stands in it: that it is there is what counts."""
    data = lever.get("data")
    return str((data.get("reason") if isinstance(data, Mapping) else "") or "no reason was given.")
