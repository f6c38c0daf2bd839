"""The last thing before a fault: its inverse is on our grant, and nobody has anything against it, just now.

A halt does not wait for us. What takes its time is done first, and what others may have said is read last.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chaos.adapters import litmus_manifests as manifests
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.litmus_kinds import CONFIG_MAPS, LEASES
from chaos.adapters.litmus_manifests import GRANT, LEVER, LitmusSettings
from chaos.adapters.parallel import gather
from chaos.domain.errors import Refused, Transient
from chaos.ports import RunRef

Json = Mapping[str, Any]

GRANT_HOLDS = 10.0
"""Seconds within which what was decided is sent. A process that slept in between would else inject for a run
that others have ended meanwhile, or that is past its time: that is decided anew."""
LEVER_HOLDS = 1.0
"""Seconds within which a create is sent once grant and lever were asked for: for so long no halt is heard."""
LOOKS = 5
"""How often they are asked for, at the most, until they are fresh enough."""


def cleared(
    api: KubernetesApi,
    settings: LitmusSettings,
    ref: RunRef,
    note: Mapping[str, str],
    last_word: Callable[[], None] | None,
    wall: Callable[[], datetime],
) -> Json:
    """Our grant with the note on it, for a create that is sent at once.

    `last_word` raises what others have said against it. Raises Refused while the halt lever is down or the
    grant is not ours, Transient when all this took too long to start a fault by, and whatever keeps the note
    off the grant.
    """
    calls: dict[str, Callable[[], Any]] = {
        "grant": lambda: grant_of(api, settings, ref),
        "lever": lambda: lever_reason(api, settings),
    }
    whole = _age(wall)
    for _ in range(LOOKS):
        age = _age(wall)
        seen = gather(calls, within=GRANT_HOLDS)
        if seen["lever"]:
            raise Refused(f"The halt lever of this cluster is down: {seen['lever']}")
        meta = seen["grant"]["metadata"]
        if not note.items() <= (meta.get("annotations") or {}).items():
            body = {"metadata": {"uid": meta["uid"], "annotations": note}}
            api.merge_patch(LEASES, settings.namespace, GRANT, body)
            continue
        if last_word:
            last_word()
        if whole() > GRANT_HOLDS:
            break
        if age() <= LEVER_HOLDS:
            return seen["grant"]  # type: ignore[no-any-return]
    raise Transient("Grant and lever were read too long ago to start a fault by them; they are read again.")


def grant_of(api: KubernetesApi, settings: LitmusSettings, ref: RunRef) -> Json:
    """The grant, which is the run's. Raises Refused when it is gone or another's."""
    try:
        found = api.get(LEASES, settings.namespace, GRANT)
    except NotFound as error:
        raise Refused(f"Run {ref.run} holds no grant on this cluster; somebody took it away.") from error
    check(found, ref)
    return found


def check(found: Json, ref: RunRef) -> None:
    """Raises Refused for a grant of another run, Transient for one that is on its way out."""
    if found["metadata"].get("deletionTimestamp"):
        raise Transient("The grant before this one is still being taken away.", retry_after=1)
    if not manifests.is_of(found, ref):
        spec = found.get("spec") or {}
        holder, beat = spec.get("holderIdentity") or "somebody unnamed", spec.get("renewTime") or "never"
        raise Refused(
            f"This cluster is held by {holder} (installation/run), last heard of {beat}. Wait for its "
            "end; if nothing runs there any more, halt the cluster, which clears the grant."
        )


def lever_reason(api: KubernetesApi, settings: LitmusSettings) -> str:
    """Why the halt lever is down; "" while it is up."""
    try:
        lever = api.get(CONFIG_MAPS, settings.namespace, LEVER)
    except NotFound:
        return ""
    return (lever.get("data") or {}).get("reason") or "no reason was given."


def _age(wall: Callable[[], datetime]) -> Callable[[], float]:
    """Seconds since now, by both clocks: of a machine that was paused the one stands still, and the other may
    be set."""
    began, at = time.monotonic(), wall()
    return lambda: max(time.monotonic() - began, (wall() - at).total_seconds())
