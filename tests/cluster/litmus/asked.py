"""What an experiment's account asked the API server for, by that server's own audit log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaos.faults.accounts import CHAOS, account, targets_role
from chaos.faults.rights import EVERY, Family, Right
from deploy.cluster.handle import Cluster

POD = "authentication.kubernetes.io/pod-name"
"""A token says which pod it is bound to; whatever Litmus starts has such a one."""


@dataclass(frozen=True, slots=True, order=True)
class Verb:
    """One verb on one resource (`pods/eviction`). `at` says by which role it is had: that of the chaos
    namespace ("chaos"), the one that is bound where targets are ("target"), or in the whole cluster.
    """

    at: str
    verb: str
    resource: str
    group: str = ""

    def __str__(self) -> str:
        return f"{self.at}: {self.verb} {self.resource}"

    def role(self, family: Family) -> str:
        """The path of that role below RBAC's root."""
        name = account(family)
        wide = {"target": targets_role(family), "cluster": name}
        return f"namespaces/{CHAOS}/roles/{name}" if self.at == "chaos" else f"clusterroles/{wide[self.at]}"


@dataclass(frozen=True, slots=True)
class Request:
    """`pod` is who asked; `code` is the status of the answer."""

    verb: Verb
    pod: str
    code: int

    @property
    def is_played(self) -> bool:
        """Asked by our own code, in the part of chaos-runner or of a helper. Else it was go-runner itself."""
        return self.pod.endswith("-runner") or "-helper-" in self.pod


def granted(family: Family) -> set[Verb]:
    """All that its account may do."""
    places = {"chaos": (*EVERY, *family.chaos), "target": family.target, "cluster": family.cluster}
    return {verb for at, rights in places.items() for right in rights for verb in _verbs(at, right)}


def _verbs(at: str, right: Right) -> Iterator[Verb]:
    for resource in right.resources:
        for verb in right.verbs:
            yield Verb(at, verb, resource, right.group)


def now() -> str:
    """As the log writes it: what is asked for from here on is later."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def requests(cluster: Cluster, family: Family, since: str) -> list[Request]:
    """Of the family's account, in order. What names no resource (/apis and its like) is left out."""
    assert cluster.folder is not None
    user = f"system:serviceaccount:{CHAOS}:{account(family)}"
    may = granted(family)
    lines = [
        line
        for file in sorted((cluster.folder / "logs").glob("audit*.log"))
        for line in file.read_text().splitlines()
        if f'"{user}"' in line
    ]
    said = [one for one in map(json.loads, lines) if one["user"]["username"] == user and "objectRef" in one]
    return [_request(one, family, may) for one in said if one["requestReceivedTimestamp"] >= since]


def _request(said: dict[str, Any], family: Family, may: set[Verb]) -> Request:
    thing = said["objectRef"]
    resource = "/".join(filter(None, (thing["resource"], thing.get("subresource"))))

    def at(place: str) -> Verb:
        return Verb(place, said["verb"], resource, thing.get("apiGroup", ""))

    here, wide = at("chaos"), at("cluster")
    if thing.get("namespace") != CHAOS:
        verb = at("target") if family.target else wide
    else:  # a drain evicts there, too: it may do so in the whole cluster
        verb = wide if wide in may and here not in may else here
    return Request(verb, said["user"]["extra"][POD][0], said["responseStatus"]["code"])
