"""The pod-dns family: names that a pod looks up are not found, or lead to somebody who is not there."""

import json
from collections.abc import Callable, Iterable

from deploy.rehearsal.litmus.faults.by_helper import ByHelper
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import Object
from deploy.rehearsal.traffic.links import Link, Links

FRAUD_NAMES = ("fraud-detector", "fraud-detector.payments", "fraud-detector.payments.svc.cluster.local")
LEDGER_NAMES = ("ledger", "ledger.bank.example")
NOT_FOUND: Links = (Link(spoiled=1.0, code=503),)


class PodDns(ByHelper):
    """Connections that are kept alive are not told apart: every call by a lost name fails."""

    def hits(self, settings: Settings) -> Callable[[str], bool]:
        raise NotImplementedError

    def effect(self, settings: Settings, target: Object) -> Effect:
        hits = self.hits(settings)
        return Effect(
            fraud=NOT_FOUND if _any(hits, FRAUD_NAMES) else (),
            ledger=NOT_FOUND if _any(hits, LEDGER_NAMES) else (),
        )


class PodDnsError(PodDns):
    name = "pod-dns-error"

    def hits(self, settings: Settings) -> Callable[[str], bool]:
        """TARGET_HOSTNAMES is a JSON list; none means every name, as does what cannot be read."""
        wanted = _json(settings.text("TARGET_HOSTNAMES"))
        names = [str(one) for one in wanted] if isinstance(wanted, list) else []
        if settings.text("MATCH_SCHEME", "exact") == "substring":
            return lambda name: not names or any(one in name for one in names)
        return lambda name: not names or name in names


class PodDnsSpoof(PodDns):
    name = "pod-dns-spoof"

    def hits(self, settings: Settings) -> Callable[[str], bool]:
        """SPOOF_MAP is a JSON object from names to others."""
        spoofed = _json(settings.text("SPOOF_MAP"))
        names = set(spoofed) if isinstance(spoofed, dict) else set()
        return lambda name: name in names


def _any(hits: Callable[[str], bool], names: Iterable[str]) -> bool:
    return any(hits(name) for name in names)


def _json(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except ValueError:
        return None
    return parsed
