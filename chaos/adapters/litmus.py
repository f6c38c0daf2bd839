"""The Cluster port on Kubernetes with LitmusChaos 3.x.

All engines live in one chaos namespace and are owned by one Lease of fixed name, the run's grant. Acts are
create-only under derived names; nothing is ever applied or patched to `active`, which would start again
what has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from chaos.adapters import (
    litmus_accounts,
    litmus_experiments,
    litmus_finalizer,
    litmus_nodes,
    litmus_preflight,
    litmus_rights,
    litmus_start,
    litmus_sweep,
    litmus_undo,
    litmus_watchdog,
    litmus_workloads,
)
from chaos.adapters import litmus_manifests as manifests
from chaos.adapters import litmus_parse as parse
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import Conflict, NotFound
from chaos.adapters.litmus_ending import Ended, Ending, LastNotes
from chaos.adapters.litmus_kinds import CONFIG_MAPS, ENGINES, LEASES, NAMESPACES, NODES, PODS, RESULTS
from chaos.adapters.litmus_look import WITHIN, Looker
from chaos.adapters.litmus_manifests import GRANT, LEVER, LitmusSettings
from chaos.adapters.litmus_parse import Owner
from chaos.adapters.litmus_policies import Policies
from chaos.adapters.parallel import try_all
from chaos.adapters.wall import utc_now
from chaos.domain.errors import Forbidden, GamedayError, Refused, Transient
from chaos.domain.injection import Injection
from chaos.domain.sight import ClusterSight, Node, Pod, Residue, ResidueKind, Workload
from chaos.ports import Cleared, Preflight, RunRef, Told

Json = Mapping[str, Any]


class LitmusCluster:
    """Safe for many threads. It remembers only which chaosUIDs are ours, and finds them again by itself."""

    def __init__(
        self,
        api: KubernetesApi,
        settings: LitmusSettings,
        now: Callable[[], datetime] = utc_now,
        look_within: float = WITHIN,
        wall: Callable[[], datetime] | None = None,
    ) -> None:
        """`look_within`: seconds for one look. `wall` is the machine's own clock, where `now` is another."""
        self._wall = wall or now
        self._api, self._settings, self._now = api, settings, now
        self._known: dict[str, Owner] = {}
        self._last_notes = LastNotes()
        self._policies = Policies(api)
        self._looker = Looker(api, settings, now, self._known, self._policies, look_within)

    def identity(self) -> str:
        return str(self._api.get(NAMESPACES, "", "kube-system")["metadata"]["uid"])

    def namespace_uid(self, name: str) -> str:
        try:
            return str(self._api.get(NAMESPACES, "", name)["metadata"]["uid"])
        except (NotFound, Forbidden):
            return ""

    def version(self) -> str:
        answer = self._api.read("/version", within=3.0)  # so that a sweep never waits long behind it
        return str(answer.get("gitVersion", "of an unknown version"))

    def rights(self, experiments: Sequence[str], namespaces: Sequence[str]) -> tuple[Preflight, ...]:
        return litmus_rights.checks(self._api, experiments, namespaces)

    def preflight(self, experiments: Sequence[str], images: Sequence[str]) -> tuple[Preflight, ...]:
        return litmus_preflight.checks(self._api, self._settings, experiments, images)

    def experiments(self) -> tuple[Json, ...]:
        return litmus_experiments.found(self._api, self._settings.namespace)

    def install_experiment(self, manifest: Json) -> None:
        litmus_experiments.install(self._api, self._settings.namespace, manifest)

    def accounts(self, manifests: Sequence[Json]) -> tuple[Json | None, ...]:
        return litmus_accounts.found(self._api, manifests)

    def bindings(self) -> tuple[Json, ...]:
        return litmus_accounts.bindings(self._api)

    def install_account(self, manifest: Json) -> None:
        litmus_accounts.install(self._api, manifest)

    def pods(self, namespace: str, labels: Mapping[str, str]) -> tuple[Pod, ...]:
        return tuple(parse.pod(obj) for obj in self._api.each(PODS, namespace, {**labels}))

    def pods_on(self, node: str) -> tuple[Pod, ...]:
        return tuple(
            parse.pod(obj)
            for obj in self._api.each(PODS, "", fields={"spec.nodeName": node})
            if not parse.is_finished(obj)
        )

    def nodes(self, labels: Mapping[str, str]) -> tuple[Node, ...]:
        return tuple(parse.node(obj) for obj in self._api.each(NODES, "", {**labels}))

    def workloads(self, namespace: str, kind: str, labels: Mapping[str, str]) -> tuple[Workload, ...]:
        return litmus_workloads.found(self._api, namespace, kind, labels)

    def restore_workload(self, pre: Workload) -> None:
        litmus_workloads.restore(self._api, pre)

    def restore_node(self, pre: Node, taint_keys: Sequence[str], cordons: bool) -> None:
        litmus_nodes.restore(self._api, pre, taint_keys, cordons)

    def take_grant(self, ref: RunRef) -> None:
        try:
            self._create(LEASES, manifests.grant(ref, self._settings, self._now()))
        except Conflict:
            litmus_start.check(self._grant(), ref)

    def beat(self, ref: RunRef) -> None:
        """Raises Refused when the grant is gone or another's; Conflict when it changed under our hands."""
        meta = litmus_start.grant_of(self._api, self._settings, ref)["metadata"]
        precondition = {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}
        body = {"metadata": precondition, "spec": {"renewTime": manifests.micro_time(self._now())}}
        self._api.merge_patch(LEASES, self._settings.namespace, GRANT, body)

    def inject(self, ref: RunRef, injection: Injection, last_word: Callable[[], None] | None = None) -> Json:
        """Refused while the halt lever is down or the grant is not ours. Its inverse is written first."""
        self._policies.remember(ref, [injection])
        note = litmus_undo.note(injection)
        grant = litmus_start.cleared(self._api, self._settings, ref, note, last_word, self._wall)
        manifest = manifests.engine(ref, injection, grant["metadata"]["uid"], self._settings)
        try:
            made = self._create(ENGINES, manifest)
        except Conflict:
            made = self._api.get(ENGINES, self._settings.namespace, injection.name)
            self._check_engine(made, ref, injection)
        self._known[made["metadata"]["uid"]] = litmus_sweep.owner_of(ref, injection.name)
        return manifest

    def look(self, ref: RunRef, injections: Sequence[Injection]) -> ClusterSight:
        return self._looker.look(ref, injections)

    def revert(self, ref: RunRef) -> None:
        """What is remembered goes at once, while the rest is looked for: lists take their time."""
        seen = partial(litmus_sweep.as_far_as_seen, self._api, self._settings, self._known, self._now(), ref)
        remembered = litmus_sweep.remembered(self._settings, self._known, ref)
        (failed, (items, errors)), _ = try_all([lambda: self._removed(remembered), seen])
        told = {item.uid for item in remembered}
        failed += self._removed([item for item in items if item.uid not in told])
        policies, unseen = try_all([lambda: self._policies.of(ref, self._now())])
        failed += self._removed([item for found in policies for item in found])
        self._raise_first(failed + errors + unseen)

    def revert_all(self) -> Cleared:
        ended = self.end_everything()
        return Cleared(ended.told, tuple(str(error) for error in ended.errors), ended.is_over)

    def end_everything(self) -> Ended:
        """One pass of `revert_all`, told in more detail. A grant that says how things were before a fault
        stays until they are so again, which takes another pass once the helpers' pods are gone."""
        policies, last = self._our_policies, self._last_notes
        return Ending(self._api, self._settings, self._known, policies, self._now, last).once()

    def results(self, ref: RunRef, injections: Sequence[Injection]) -> tuple[Json, ...]:
        namespace = self._settings.namespace
        found = self._api.list(ENGINES, namespace, litmus_sweep.run_label(ref))
        for injection in injections:
            if injection.experiment:
                try:
                    found.append(self._api.get(RESULTS, namespace, manifests.result_name(injection)))
                except NotFound:
                    continue
        for obj in found:
            obj["metadata"].pop("managedFields", None)
        return tuple(found)

    def clear(self, ref: RunRef) -> None:
        ours = self._everything(ref)
        self.remove([item for item in ours if item.kind in (ResidueKind.RESULT, ResidueKind.GRANT)])

    def residue(self) -> tuple[Residue, ...]:
        return self._everything()

    def remove(self, residue: Sequence[Residue]) -> None:
        self._raise_first(self._removed(residue))

    def watchdog_said(self) -> tuple[Told, ...]:
        return litmus_watchdog.said(self._api, self._settings.namespace)

    def strip(self, engine: Residue, finalizer: str) -> None:
        litmus_finalizer.strip(self._api, engine, finalizer)

    def pull_lever(self, reason: str) -> None:
        """A lever that is down already stays as it is: the first reason counts."""
        try:
            self._create(CONFIG_MAPS, manifests.lever(reason, self._settings, self._now()))
        except Conflict:
            return

    def lever_reason(self) -> str:
        return litmus_start.lever_reason(self._api, self._settings)

    def release_lever(self) -> None:
        try:
            self._api.delete(CONFIG_MAPS, self._settings.namespace, LEVER)
        except NotFound:
            return

    def _our_policies(self) -> list[Residue]:
        return [item for item in self._everything() if item.kind is ResidueKind.POLICY]

    def _everything(self, ref: RunRef | None = None) -> tuple[Residue, ...]:
        known, now = self._known, self._now()
        return litmus_sweep.everything(self._api, self._settings, known, now, self._policies, ref)

    def _removed(self, residue: Sequence[Residue]) -> list[GamedayError]:
        return litmus_sweep.remove(self._api, residue, self._settings.grace_seconds)

    def _create(self, resource: Any, manifest: Json) -> Json:
        return self._api.create(resource, self._settings.namespace, manifest)

    def _grant(self) -> Json:
        try:
            return self._api.get(LEASES, self._settings.namespace, GRANT)
        except NotFound as error:
            raise Transient("The grant went away while it was looked at.", retry_after=0.5) from error

    def _check_engine(self, found: Json, ref: RunRef, injection: Injection) -> None:
        labels = found["metadata"].get("labels") or {}
        if not manifests.is_of(found, ref) or labels.get(manifests.INJECTION) != str(injection.index):
            raise Refused(f"There is a ChaosEngine {injection.name} that is not this injection's.")
        if found["metadata"].get("deletionTimestamp"):
            raise Refused(f"The ChaosEngine {injection.name} is being deleted; it is not made again.")

    @staticmethod
    def _raise_first(errors: Sequence[GamedayError]) -> None:
        if errors:
            raise errors[0]
