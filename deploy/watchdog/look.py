"""What the watchdog sees of the cluster: the grant, the lever and, where there is no grant, what is ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        """Raises a GamedayError for a look that tells nothing."""
        calls: dict[str, Callable[[], Any]] = {
            "grant": partial(self._maybe, LEASES, GRANT),
            "lever": partial(self._maybe, CONFIG_MAPS, LEVER),
        }
        seen = gather(calls, WITHIN)
        lever = _reason(seen["lever"]) if seen["lever"] else ""
        if seen["grant"]:
            return Seen(self._grant(seen["grant"]), lever, ours=None)
        return Seen(None, lever, self._ours())

    def _ours(self) -> tuple[str, ...] | None:
        """What is ours and could inject: as much as can be seen, or None where that is nothing."""
        items, errors = litmus_sweep.as_far_as_seen(self.api, self.settings, {}, datetime.now(UTC))
        found = tuple(str(item) for item in items if item.kind is not ResidueKind.GRANT)
        return found if found or not errors else None

    def _grant(self, found: Json) -> Grant:
        meta, spec = found["metadata"], found.get("spec") or {}
        labels = meta.get("labels") or {}
        whose = {name: labels[name] for name in (RUN, INSTALLATION) if name in labels}
        run = str(whose.get(RUN) or spec.get("holderIdentity") or "of nobody")
        lasts = spec.get("leaseDurationSeconds")
        believed = lasts if isinstance(lasts, int) and 1 <= lasts <= LONGEST else TTL
        return Grant(meta["uid"], run, str(spec.get("renewTime")), self.ttl or float(believed), whose)

    def _maybe(self, resource: Resource, name: str) -> Json | None:
        try:
            return self.api.get(resource, self.settings.namespace, name, within=WITHIN)
        except NotFound:
            return None


def _reason(lever: Json) -> str:
    return str((lever.get("data") or {}).get("reason") or "no reason was given.")
