"""The pod-dns family: names that named pods look up are not found, or lead elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass

from chaos.faults.base import Parameter
from chaos.faults.kinds import HOST, Choice, Matching, Pairs
from chaos.faults.on_pods import PodFault

_KILLED = (
    "If the helper is killed before it can end its interceptor, that stays until the pod is recreated, which "
    "Gameday then does."
)


@dataclass(frozen=True, slots=True)
class HostNames:
    """Host names, comma-separated; sent as the JSON list that the interceptor reads."""

    pattern: str = rf'\["{HOST}"(?:,"{HOST}")*\]'

    def canonical(self, value: object, field: str) -> str:
        return Matching(HOST, "a host name", is_list=True).canonical(value, field)

    def env(self, text: str) -> str:
        return json.dumps(text.split(","), separators=(",", ":"))

    def __str__(self) -> str:
        return "host names, comma-separated"


class PodDnsError(PodFault):
    name = "pod-dns-error"
    title = "Let pods find no names"
    effect = "Looking up the given host names fails in the named pods; all names when none are given."
    risk = (
        "What is connected already stays connected; new connections fail. Names that are cached go on "
        f"working for as long as they are. {_KILLED}"
    )
    own = (
        Parameter("hosts", "Which names; all when left out.", HostNames(), "", "TARGET_HOSTNAMES"),
        Parameter(
            "match",
            "Whether a name must be the whole host name, or may be a part of it.",
            Choice("exact", "substring"),
            "exact",
            "MATCH_SCHEME",
        ),
    )


class PodDnsSpoof(PodFault):
    name = "pod-dns-spoof"
    title = "Lead names of pods astray"
    effect = "Looking up a given host name leads the named pods to another host."
    risk = (
        "Requests, and whatever secrets they carry, go to the other host: name one that you own and that may "
        f"see them. {_KILLED}"
    )
    own = (
        Parameter(
            "map",
            "Each name and where it leads instead.",
            Pairs(HOST, HOST, "a name and a host, like ledger.bank.svc=sink.bank.svc"),
            env="SPOOF_MAP",
            example="ledger.payments.svc=sink.payments.svc",
        ),
    )
