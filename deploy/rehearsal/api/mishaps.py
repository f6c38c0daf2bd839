"""Bad days: what goes wrong with which requests. The platform's switches fill this table."""

import random
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.store import ApiError


class Effect(StrEnum):
    REFUSE = "refuse"  # answer `code` (5xx or 429), do nothing
    FORBID = "forbid"  # answer 403, as if RBAC had been revoked
    DELAY = "delay"  # carry on after `seconds`
    LOSE_ANSWER = "lose-answer"  # apply, then close the connection (a watch: close it after `seconds`)
    APPLY_LATE = "apply-late"  # answer `code` now (0: close the connection), apply after `seconds`
    HANG = "hang"  # neither apply nor answer; close after `seconds` (0: never)


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that goes wrong. Empty verbs mean all; `resource` and `path` are searched as regexes.

    resource: like `pods`, `pods/eviction`, `chaosengines.litmuschaos.io` (matched in full).
    share: of the matching requests, 0 to 1. times: how many more requests it hits; None has no end.
    seconds, code and retry_after (seconds): see `Effect`.
    """

    name: str
    effect: Effect
    verbs: frozenset[str] = frozenset()
    resource: str = ".*"
    path: str = ""
    user: str = ""
    share: float = 1.0
    times: int | None = None
    seconds: float = 0.0
    code: int = 503
    retry_after: int | None = None

    def fits(self, target: Target, path: str, user: str) -> bool:
        return (
            (not self.verbs or target.verb in self.verbs)
            and re.fullmatch(self.resource, target.resource) is not None
            and re.search(self.path, path) is not None
            and re.search(self.user, user) is not None
        )


class Mishaps:
    """The mishaps in force, in order; the first that fits (and is drawn) hits a request.

    `collector_is_away`: nothing is deleted for want of its owner, until it is back.
    """

    def __init__(self, *, chance: random.Random | None = None) -> None:
        self.collector_is_away = False
        self._chance = chance or random.Random()
        self._active: dict[str, Mishap] = {}

    def add(self, mishap: Mishap) -> None:
        """Put a mishap in force; one of the same name is replaced."""
        self._active[mishap.name] = mishap

    def remove(self, name: str) -> None:
        self._active.pop(name, None)

    def clear(self) -> None:
        self._active.clear()

    def active(self) -> list[Mishap]:
        return list(self._active.values())

    def draw(self, target: Target, path: str, user: str) -> Mishap | None:
        """The mishap that hits this request, if any; counts down its `times`."""
        for mishap in self.active():
            if mishap.fits(target, path, user) and self._chance.random() < mishap.share:
                self._count(mishap)
                return mishap
        return None

    def _count(self, mishap: Mishap) -> None:
        if mishap.times is None:
            return
        if mishap.times <= 1:
            self.remove(mishap.name)
        else:
            self._active[mishap.name] = replace(mishap, times=mishap.times - 1)


_SAID = {
    429: ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
    500: ("InternalError", "Internal error occurred: etcdserver: request timed out"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: (
        "Timeout",
        "Timeout: request did not complete within requested timeout - context deadline exceeded",
    ),
}


def refused(mishap: Mishap) -> ApiError:
    """The answer of a server that is not well, with Retry-After where the mishap gives one."""
    reason, message = _SAID.get(mishap.code, ("InternalError", "Internal error occurred"))
    headers = {} if mishap.retry_after is None else {"retry-after": str(mishap.retry_after)}
    return ApiError(mishap.code, reason, message, headers=headers)
