"""How a process starts a fault: by `chaos.adapters.litmus_start` and the manifests of production, over the
simulated network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from chaos.adapters import litmus_manifests as manifests
from chaos.adapters import litmus_start, litmus_undo
from chaos.adapters.kubernetes_errors import Conflict, NotFound
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus_kinds import LEASES
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.injection import Injection
from chaos.ports import RunRef
from tests.simulation.objects import Grant

if TYPE_CHECKING:
    from tests.simulation.api import Api

SETTINGS = LitmusSettings("chaos", "chaos-{family}")

Json = Mapping[str, Any]


def engine_for(
    api: Api, ref: RunRef, injection: Injection, last_word: Callable[[], None] | None
) -> dict[str, Any]:
    """The engine as it is sent, once all was looked at. Raises what keeps it from being sent."""

    def said() -> None:
        if last_word:
            last_word()
        api.hazards.strike_the_start(api.process, "kill", "freeze")

    grant = litmus_start.cleared(
        _Reads(api),  # type: ignore[arg-type]
        SETTINGS,
        ref,
        litmus_undo.note(injection),
        said,
        lambda: api.kernel.instant(api.process.skew),
    )
    return manifests.engine(ref, injection, grant["metadata"]["uid"], SETTINGS)


class _Reads:
    """`chaos.adapters.kubernetes_api`, as far as a start asks it. Grant and lever are read in one call."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._seen: Mapping[str, Json | None] = {}

    def get(self, resource: Resource, namespace: str, name: str) -> Json:
        if resource is LEASES:
            self._seen = self._api.call("read grant and lever", self._read)
        found = self._seen[name]
        if found is None:
            raise NotFound(f"Not found: {name}.")
        return found

    def merge_patch(self, resource: Resource, namespace: str, name: str, body: Json) -> None:
        meta = body["metadata"]
        self._api.cluster.touched(self._api.process, meta["uid"])

        def write() -> bool:
            grant = self._api.cluster.grant
            if grant is None or grant.uid != meta["uid"]:
                return False
            grant.notes |= meta["annotations"]
            return True

        if not self._api.call("write its inverse ahead", write, writes=True):
            raise Conflict("The grant is gone, or another's.")

    def _read(self) -> dict[str, Json | None]:
        grant, lever = self._api.cluster.grant, self._api.cluster.lever
        return {
            manifests.GRANT: _as_sent(grant) if grant else None,
            manifests.LEVER: {"data": {"reason": lever}} if lever else None,
        }


def _as_sent(grant: Grant) -> Json:
    meta = {"uid": grant.uid, "labels": manifests.labels_of(grant.ref), "annotations": dict(grant.notes)}
    return {"metadata": meta, "spec": {"renewTime": grant.renewed}}


def one_by_one(calls: Mapping[str, Callable[[], Any]], within: float) -> dict[str, Any]:
    """In the place of `chaos.adapters.parallel.gather`: what it would ask beside each other is one call."""
    return {name: call() for name, call in calls.items()}
