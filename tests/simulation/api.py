"""The Cluster port of one process: as `chaos.adapters.litmus` does it, call by call, over a bad network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from chaos.adapters.litmus_ending import Ended
from chaos.domain.errors import GamedayError, Refused, Transient
from chaos.domain.injection import Injection
from chaos.domain.sight import (
    ClusterSight,
    EnginePod,
    EngineSeen,
    Node,
    Pod,
    Residue,
    ResidueKind,
    ResultSeen,
)
from chaos.faults.catalogue import FAULTS
from chaos.faults.experiments import experiment
from chaos.ports import Cleared, RunRef
from tests.simulation import start
from tests.simulation.calls import Calls
from tests.simulation.cluster import Cluster
from tests.simulation.ending import end_once
from tests.simulation.hazards import Hazards
from tests.simulation.kernel import Kernel, Process
from tests.simulation.objects import Engine, Grant
from tests.simulation.ports import Clock

WORKLOADS = (ResidueKind.ENGINE, ResidueKind.POD)
EXPERIMENTS = tuple(experiment(fault) for fault in FAULTS.values() if fault.name)


class Api(Calls):
    """See chaos.ports.Cluster. Acts go out as several calls, each with a fate of its own."""

    looked_at = 0.0
    """When the watchdog, whose port it is, began the last look that told it anything."""

    def __init__(
        self, kernel: Kernel, process: Process, cluster: Cluster, hazards: Hazards, clock: Clock
    ) -> None:
        super().__init__(kernel, process, hazards)
        self.cluster, self.clock = cluster, clock
        self._known: dict[str, tuple[str, str]] = {}
        """UIDs of engines that this process remembers, with run and name."""
        self.last_notes: tuple[Injection, ...] = ()
        """Of the grant that was read last, while it may have to be set back by them."""

    # Grant and lever

    def take_grant(self, ref: RunRef) -> None:
        said = self._now().isoformat()
        if not self.call("create the grant", lambda: self.cluster.create_grant(ref, said), writes=True):
            self._own_grant(ref)

    def beat(self, ref: RunRef) -> None:
        grant, said = self._own_grant(ref), self._now().isoformat()
        self.cluster.touched(self.process, grant.uid)
        self.call("beat", lambda: self.cluster.beat(grant, said))

    def _own_grant(self, ref: RunRef) -> Grant:
        return _of(ref, self.call("read the grant", lambda: self.cluster.grant))

    def pull_lever(self, reason: str) -> None:
        halt = self.cluster.halt
        self.call("pull the lever", lambda: halt.set(halt.reason or reason), writes=True)

    def release_lever(self) -> None:
        self.call("release the lever", lambda: self.cluster.halt.set(""), writes=True)

    # Injecting

    def experiments(self) -> tuple[Mapping[str, Any], ...]:
        return self.call("list experiments", lambda: EXPERIMENTS)  # type: ignore[no-any-return]

    def inject(
        self, ref: RunRef, injection: Injection, last_word: Callable[[], None] | None = None
    ) -> Mapping[str, Any]:
        manifest = start.engine_for(self, ref, injection, last_word)
        meta = manifest["metadata"]
        name, owners = meta["name"], meta.get("ownerReferences") or [{"uid": ""}]
        create = partial(self.cluster.create_engine, ref, injection, name, owners[0]["uid"])
        made = self.call(f"create {name}", create, writes=True, is_the_start=True)
        found = self.call(f"read {name}", lambda: self._engine(name))
        if not made and (found is None or found.is_leaving or found.ref != ref):
            raise Refused(f"The ChaosEngine {name} is being deleted; it is not made again.")
        if found:
            self._known[found.uid] = (ref.run, name)
        return manifest

    def _engine(self, name: str) -> Engine | None:
        return next((one for one in self.cluster.engines.values() if one.name == name), None)

    # Looking

    def look(self, ref: RunRef, injections: Sequence[Injection]) -> ClusterSight:
        began_at = self._now()
        try:
            return self._sight(ref, began_at)
        except GamedayError as error:
            return ClusterSight(began_at, self._now(), unseen=str(error))

    def _sight(self, ref: RunRef, began_at: datetime) -> ClusterSight:
        """Engines first, then what they make."""
        first = self.call("look", self._first, within=3.0)
        helpers, residue = self._made_of(ref)
        for engine in first["all"]:
            self._known[engine.uid] = (engine.ref.run, engine.name)
        return ClusterSight(
            began_at=began_at,
            at=self._now(),
            pods=first["pods"],
            nodes=first["nodes"],
            engines=tuple(item for item, run in first["engines"] if run == ref.run),
            engine_pods=helpers,
            results=first["results"],
            residue=residue,
            has_grant=bool(first["grant"] and first["grant"].ref == ref),
            lever_reason=first["lever"],
        )

    def _made_of(self, ref: RunRef) -> tuple[tuple[EnginePod, ...], tuple[Residue, ...]]:
        seen = partial(self.call, "look", lambda: (self._helpers(), self._residue(ref.run)))
        return seen(within=3.0)  # type: ignore[no-any-return]

    def _first(self) -> dict[str, Any]:
        cluster = self.cluster
        return {
            "all": tuple(cluster.engines.values()),
            "pods": tuple(cluster.pods.values()),
            "nodes": tuple(cluster.nodes.values()),
            "engines": tuple(
                (EngineSeen(one.name, one.uid, "active", one.status, "", one.is_leaving), one.ref.run)
                for one in cluster.engines.values()
            ),
            "results": tuple(
                ResultSeen(f"{name}-x", name, targets=dict(said)) for name, said in cluster.results.items()
            ),
            "grant": cluster.grant,
            "lever": cluster.lever,
        }

    def _helpers(self) -> tuple[EnginePod, ...]:
        return tuple(
            EnginePod(one.engine.name, one.name, one.node, is_running=True)
            for one in self.cluster.helpers.values()
        )

    def _residue(self, run: str = "") -> tuple[Residue, ...]:
        cluster, found = self.cluster, []
        for one in cluster.engines.values():
            found.append((ResidueKind.ENGINE, one.name, one.uid, one.ref))
        for pod in cluster.helpers.values():
            found.append((ResidueKind.POD, pod.name, pod.uid, pod.engine.ref))
        for name, ref in cluster.result_refs.items():
            found.append((ResidueKind.RESULT, name, f"result-{name}", ref))
        if cluster.grant:
            found.append((ResidueKind.GRANT, "gameday-grant", cluster.grant.uid, cluster.grant.ref))
        return tuple(
            Residue(kind, "chaos", name, uid, ref.run, ref.installation)
            for kind, name, uid, ref in found
            if not run or ref.run == run
        )

    def namespace_uid(self, name: str) -> str:
        return self.call("get namespace", lambda: f"uid-{name}")  # type: ignore[no-any-return]

    def pods(self, namespace: str, labels: Mapping[str, str | None]) -> tuple[Pod, ...]:
        pods = self.cluster.pods
        return self.call("list pods", lambda: tuple(pods.values()))  # type: ignore[no-any-return]

    def pods_on(self, node: str) -> tuple[Pod, ...]:
        pods = self.cluster.pods
        return self.call("list pods", lambda: tuple(one for one in pods.values() if one.node == node))  # type: ignore[no-any-return]

    def results(self, ref: RunRef, injections: Sequence[Injection]) -> tuple[Mapping[str, Any], ...]:
        self.call("read results", lambda: None)
        return ()

    def residue(self) -> tuple[Residue, ...]:
        return self.call("list everything", self._residue)  # type: ignore[no-any-return]

    # Taking away

    def revert(self, ref: RunRef) -> None:
        found, errors = self.seen(WORKLOADS, ref.run)
        known = [
            Residue(ResidueKind.ENGINE, "chaos", name, uid, run)
            for uid, (run, name) in self._known.items()
            if errors and run == ref.run and uid not in {item.uid for item in found}
        ]
        _raise_first(self.removed([*found, *known]) + errors)

    def seen(self, kinds: Sequence[ResidueKind], run: str = "") -> tuple[list[Residue], list[GamedayError]]:
        """As far as they can be seen: each kind has a list of its own, which may fail."""
        found: list[Residue] = []

        def see(kind: ResidueKind) -> None:
            seen = self.call(f"list {kind.value}s", lambda: self._residue(run))
            found.extend(item for item in seen if item.kind is kind)

        return found, self.together([partial(see, kind) for kind in kinds])

    def revert_all(self) -> Cleared:
        ended = self.end_everything()
        return Cleared(ended.told, tuple(str(error) for error in ended.errors), ended.is_over)

    def end_everything(self) -> Ended:
        return end_once(self)

    def clear(self, ref: RunRef) -> None:
        ours = self.call("list everything", lambda: self._residue(ref.run))
        self.remove([item for item in ours if item.kind in (ResidueKind.RESULT, ResidueKind.GRANT)])

    def remove(self, residue: Sequence[Residue]) -> None:
        _raise_first(self.removed(residue))

    def removed(self, residue: Sequence[Residue]) -> list[GamedayError]:
        """Engines, helpers and pods first; what they are owned by after them."""
        last = (ResidueKind.RESULT, ResidueKind.GRANT)
        early = [item for item in residue if item.kind not in last]
        errors = self.together([partial(self._delete, item) for item in early])
        return errors + self.together([partial(self._delete, item) for item in residue if item.kind in last])

    def _delete(self, item: Residue) -> None:
        self.cluster.touched(self.process, item.uid)
        self.call(f"delete {item.uid}", lambda: self._deleted(item), writes=True)

    def _deleted(self, item: Residue) -> None:
        cluster = self.cluster
        if item.kind is ResidueKind.ENGINE:
            cluster.delete_engine(item.uid)
        elif item.kind is ResidueKind.GRANT:
            cluster.delete_grant(item.uid)
        elif item.kind is ResidueKind.RESULT:
            cluster.results.pop(item.name, None)
            cluster.result_refs.pop(item.name, None)
        else:
            cluster.delete_helper(item.uid)
            cluster.delete_pod(item.uid)

    def restore_node(self, pre: Node, taint_keys: Sequence[str], cordons: bool) -> None:
        cluster = self.cluster
        now = self.call(f"read {pre.name}", lambda: cluster.nodes.get(pre.name))
        if now is None or now.uid != pre.uid:
            return
        version = cluster.versions.get(pre.name, 0)
        patch = partial(cluster.set_schedulable, pre.name, pre.uid, version, pre.is_schedulable)
        if not self.call(f"set {pre.name} back", patch, writes=True):
            raise Transient("Somebody else wrote to the node in between.", retry_after=0.5)

    def _now(self) -> datetime:
        return self.clock.now()


def _of(ref: RunRef, grant: Grant | None) -> Grant:
    if grant is None or grant.ref != ref:
        raise Refused("The grant is gone, or another's.")
    return grant


def _raise_first(errors: Sequence[GamedayError]) -> None:
    if errors:
        raise errors[0]
