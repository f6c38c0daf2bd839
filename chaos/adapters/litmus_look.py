"""One look at the cluster for one run: all of it within a deadline, or not seen at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from chaos.adapters import litmus_parse as parse
from chaos.adapters import litmus_workloads
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.litmus_kinds import CONFIG_MAPS, ENGINES, LEASES, NAMESPACES, NODES, PODS, RESULTS
from chaos.adapters.litmus_manifests import GRANT, LEVER, LitmusSettings, is_of, result_name
from chaos.adapters.litmus_policies import Policies
from chaos.adapters.litmus_sweep import learned, residues, run_label, unique, workload_calls
from chaos.adapters.parallel import gather
from chaos.domain.errors import Forbidden, GamedayError
from chaos.domain.injection import Injection
from chaos.domain.sight import ClusterSight, Namespace, Pod, ResidueKind
from chaos.ports import RunRef

WITHIN = 3.0
"""Seconds for the whole look."""


@dataclass(frozen=True, slots=True)
class Looker:
    api: KubernetesApi
    settings: LitmusSettings
    now: Callable[[], datetime]
    known: dict[str, parse.Owner]
    """chaosUIDs of engines seen so far, with their names; grows with each look."""
    policies: Policies
    within: float = WITHIN

    def look(self, ref: RunRef, injections: Sequence[Injection]) -> ClusterSight:
        """Raises nothing: a look that failed is `unseen`, with the reason."""
        began_at = self.now()
        try:
            return self._sight(ref, injections, began_at)
        except GamedayError as error:
            reason = str(error)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            # An object without what every object has: not the API server's answer, so not believed.
            reason = f"The API server's answer has an unknown shape ({error!r})."
        return ClusterSight(began_at=began_at, at=self.now(), unseen=reason)

    def _sight(self, ref: RunRef, injections: Sequence[Injection], began_at: datetime) -> ClusterSight:
        """Engines first, then what they make, so that one that ends in between leaves nothing unseen."""
        until = time.monotonic() + self.within
        first = gather(self._first_calls(ref, injections), self.within)
        left = max(0.05, until - time.monotonic())
        listed = [pod for key, pods in first.items() if key.startswith("targets:") for pod in pods]
        calls = workload_calls(self.api, self.settings.namespace, run_label(ref), left)
        calls |= self._by_name(injections, listed, left) | self._homes(injections, listed, left)
        second = gather(calls, left)
        results = [obj for key, obj in first.items() if key.startswith("result:") and obj]
        grant = first["grant"]
        found = {
            ResidueKind.ENGINE: first["engines"],
            ResidueKind.JOB: unique(second["jobs0"], second["jobs1"]),
            ResidueKind.POD: unique(second["pods0"], second["pods1"]),
            ResidueKind.RESULT: results,
            ResidueKind.GRANT: [grant] if grant and is_of(grant, ref) else [],
        }
        self.policies.remember(ref, injections)
        policies = self.policies.of(ref, self.now(), max(0.05, until - time.monotonic()))
        belonging = learned(found, self.known)
        at = self.now()
        left_behind = residues(found, belonging, at, ref) + policies
        names = {obj["metadata"]["uid"]: obj["metadata"]["name"] for obj in first["engines"]}
        for uid, owner in belonging.by_uid.items():
            if owner.is_of(ref) and not (uid in self.known and self.known[uid].engine):
                self.known[uid] = replace(owner, engine=names.get(uid, ""))
        found_by_name = [pod for key, pod in second.items() if key.startswith("pod:") and pod]
        targets = {pod.uid: pod for pod in (*listed, *found_by_name)}
        return ClusterSight(
            began_at=began_at,
            at=at,
            pods=tuple(targets.values()),
            nodes=tuple(parse.node(obj) for key, obj in first.items() if key.startswith("node:") and obj),
            workloads=tuple(one for key, one in first.items() if key.startswith("workload:") and one),
            engines=tuple(parse.engine(obj) for obj in first["engines"]),
            engine_pods=parse.engine_pods(found[ResidueKind.POD], first["engines"]),
            results=tuple(parse.result(obj) for obj in results),
            residue=tuple(left_behind),
            has_grant=bool(found[ResidueKind.GRANT]),
            lever_reason=_reason(first["lever"]),
            namespaces=tuple(one for key, one in second.items() if key.startswith("namespace:") and one),
        )

    def _first_calls(self, ref: RunRef, injections: Sequence[Injection]) -> dict[str, Callable[[], Any]]:
        namespace, within = self.settings.namespace, self.within
        calls: dict[str, Callable[[], Any]] = {
            "engines": partial(self.api.list, ENGINES, namespace, run_label(ref), within=within),
            "grant": partial(self._maybe, LEASES, GRANT),
            "lever": partial(self._maybe, CONFIG_MAPS, LEVER),
        }
        for injection in injections:
            if injection.experiment:
                name = result_name(injection)
                calls[f"result:{name}"] = partial(self._maybe, RESULTS, name)
            for node in injection.nodes:
                calls[f"node:{node.name}"] = partial(self._node, node.name)
                if injection.leaving and not injection.postcondition.namespace:
                    fields = {"spec.nodeName": node.name}
                    calls[f"targets:{node.name}"] = partial(self._pods, "", fields=fields, within=within)
            post = injection.postcondition
            for pre in post.workloads:
                calls[f"workload:{pre.uid}"] = partial(litmus_workloads.seen, self.api, pre, within)
            if post.namespace:
                key = f"targets:{post.namespace}:{sorted(post.labels.items())}"
                calls[key] = partial(self._pods, post.namespace, {**post.labels}, within=within)
        return calls

    def _by_name(
        self, injections: Sequence[Injection], listed: Sequence[Pod], within: float
    ) -> dict[str, Callable[[], Any]]:
        """Targets that their selector no longer finds: one that lost its labels still has the fault."""
        found = {(pod.namespace, pod.name) for pod in listed}
        return {
            f"pod:{pod.namespace}/{pod.name}": partial(self._pod, pod.namespace, pod.name, within)
            for injection in injections
            for pod in injection.targets
            if (pod.namespace, pod.name) not in found
        }

    def _homes(
        self, injections: Sequence[Injection], listed: Sequence[Pod], within: float
    ) -> dict[str, Callable[[], Any]]:
        """Namespaces in which too few pods are ready: it may be that they are no more there."""
        wanted = {one.postcondition.namespace for one in injections if self._is_short(one, listed)}
        return {f"namespace:{name}": partial(self._namespace, name, within) for name in sorted(wanted)}

    @staticmethod
    def _is_short(injection: Injection, listed: Sequence[Pod]) -> bool:
        post = injection.postcondition
        ready = sum(
            pod.is_ready and not pod.is_leaving
            for pod in listed
            if pod.namespace == post.namespace and post.labels.items() <= pod.labels.items()
        )
        return ready < post.ready_at_least

    def _namespace(self, name: str, within: float) -> Namespace | None:
        """None where we may not look: then nothing is known of it."""
        try:
            return parse.namespace(self.api.get(NAMESPACES, "", name, within=within))
        except NotFound:
            return Namespace(name)
        except Forbidden:
            return None

    def _pods(self, namespace: str, labels: dict[str, str | None] | None = None, **how: Any) -> list[Pod]:
        """Of a large list of targets, no page is kept longer than it takes to read it."""
        return [parse.pod(obj) for obj in self.api.each(PODS, namespace, labels, **how)]

    def _pod(self, namespace: str, name: str, within: float) -> Pod | None:
        try:
            return parse.pod(self.api.get(PODS, namespace, name, within=within))
        except NotFound:
            return None

    def _node(self, name: str) -> Mapping[str, Any] | None:
        try:
            return self.api.get(NODES, "", name, within=self.within)
        except NotFound:
            return None

    def _maybe(self, resource: Any, name: str) -> Mapping[str, Any] | None:
        try:
            return self.api.get(resource, self.settings.namespace, name, within=self.within)
        except NotFound:
            return None


def _reason(lever: Mapping[str, Any] | None) -> str:
    if lever is None:
        return ""
    return (lever.get("data") or {}).get("reason") or "The halt lever is down; no reason was given."
