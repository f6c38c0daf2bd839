"""Ending everything of ours when there is nobody to ask: what a halt and the watchdog do.

In two passes at least. The first deletes what could inject, with grace, so that the helpers undo their
faults. Once their pods are gone a later one sets back what they left, as the grant says it was. The grant
goes last: with it would go what nobody else knows. What it said is remembered for one pass more, since an
engine may have landed, and injected, between the look that saw nothing and the grant's end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from chaos.adapters import litmus_nodes, litmus_sweep, litmus_undo, litmus_workloads
from chaos.adapters import litmus_parse as parse
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import Conflict, NotFound
from chaos.adapters.litmus_kinds import LEASES, NODES, PODS, RESULTS
from chaos.adapters.litmus_manifests import GRANT, INSTALLATION, RUN, LitmusSettings
from chaos.adapters.litmus_policies import Policies
from chaos.adapters.parallel import try_all
from chaos.domain.errors import GamedayError, Transient
from chaos.domain.injection import Injection, Progress
from chaos.domain.postcondition import WORKLOADS, not_freed, not_restored, not_scaled_back
from chaos.domain.sight import ClusterSight, Pod, Residue, ResidueKind
from chaos.ports import RunRef


@dataclass(frozen=True, slots=True)
class Ended:
    """One pass: what was told to go, what is seen to be set back (sentences), what did not go through.

    `is_over`: nothing of ours was seen any more, its grant neither, and nothing is as a fault left it.
    """

    told: tuple[Residue, ...]
    set_back: tuple[str, ...]
    errors: tuple[GamedayError, ...]
    is_over: bool


REMEMBERED_FOR = 120.0
"""Seconds. Whoever changes a node after that is not overruled by what a grant said of it."""


@dataclass(slots=True)
class LastNotes:
    """The grant with notes that was read last, for all of a process's endings of one cluster.

    By a clock that nobody sets: one that jumps would make it forget too early, or too late. Another run's
    grant makes it forget at once: a node that somebody has cordoned under that run stays cordoned.
    """

    grant: Mapping[str, Any] | None = None
    read_at: float = 0.0

    def keep(self, grant: Mapping[str, Any]) -> None:
        self.grant, self.read_at = grant, time.monotonic()

    def forget_unless(self, seen: Collection[str]) -> None:
        """`seen`: the UIDs of the grants that are there, if any."""
        if self.grant and seen and self.grant["metadata"]["uid"] not in seen:
            self.grant = None

    def still(self) -> Mapping[str, Any] | None:
        return self.grant if time.monotonic() < self.read_at + REMEMBERED_FOR else None


@dataclass(frozen=True, slots=True)
class Ending:
    api: KubernetesApi
    settings: LitmusSettings
    known: Mapping[str, parse.Owner]
    policies: Callable[[], Sequence[Residue]]
    """Policies of ours, wherever they are seen."""
    now: Callable[[], datetime]
    last: LastNotes = field(default_factory=LastNotes)

    def once(self) -> Ended:
        """One pass. Raises nothing: it does what it can, and says what it could not."""
        items, unseen = litmus_sweep.as_far_as_seen(self.api, self.settings, self.known, self.now())
        grants = [item for item in items if item.kind is ResidueKind.GRANT]
        self.last.forget_unless([item.uid for item in grants])
        live = [item for item in items if item.kind is not ResidueKind.GRANT]
        errors = [*unseen, *self._removed(live)]
        found, unlisted = try_all([self.policies])
        policies = [item for listed in found for item in listed]
        errors += self._removed(policies) + (unlisted if not errors else [])
        may_run = bool(unseen) or any(item.kind in WORKLOADS for item in live)
        back = self._set_back(may_run) if grants else self._set_back_after(may_run)
        errors += back.errors
        # Without a note there is nothing to lose, and deleting it collects engines that land late.
        is_done = not (errors or live or policies or back.is_open)
        if not back.is_kept or is_done:
            errors += self._given_back(grants, back)
            live += grants
        is_over = is_done and not errors and not back.is_kept
        if is_over:
            self.last.grant = None
        return Ended((*live, *policies, *back.told), tuple(back.done), tuple(errors), is_over)

    def _removed(self, items: Sequence[Residue]) -> list[GamedayError]:
        return litmus_sweep.remove(self.api, items, self.settings.grace_seconds)

    def _given_back(self, grants: Sequence[Residue], back: _Back) -> list[GamedayError]:
        """The one whose notes were read goes just as it was then: with it would go what was noted since."""
        read = [item for item in grants if item.uid == back.uid]
        errors = try_all(partial(self._delete_as_read, item, back.version) for item in read)[1]
        return errors + self._removed([item for item in grants if item not in read])

    def _delete_as_read(self, grant: Residue, version: str) -> None:
        try:
            self.api.delete(LEASES, grant.namespace, grant.name, uid=grant.uid, version=version)
        except NotFound:
            return
        except Conflict as error:
            raise Transient("The grant was written to as it was read; it is read again.") from error

    def _set_back(self, may_run: bool) -> _Back:
        """What the grant says, once nothing runs any more that could do it again."""
        try:
            grant = self.api.get(LEASES, self.settings.namespace, GRANT)
            self.last.forget_unless([grant["metadata"]["uid"]])
            injections = litmus_undo.read(grant)
        except NotFound:
            return self._set_back_after(may_run)
        except GamedayError as error:
            return _Back(is_kept=True, is_open=True, errors=(error,))
        back = _Back(is_kept=bool(injections), is_open=bool(injections))
        if injections:
            self.last.keep(grant)
        if injections and not may_run:
            back = self._as_it_says(grant, injections)
        meta = grant["metadata"]
        return replace(back, uid=meta["uid"], version=meta["resourceVersion"])

    def _set_back_after(self, may_run: bool) -> _Back:
        """The same for a grant that is gone by now."""
        grant = self.last.still()
        if grant is None:
            return _Back()
        if may_run:
            return _Back(is_open=True)
        return replace(self._as_it_says(grant, litmus_undo.read(grant)), is_kept=False)

    def _as_it_says(self, grant: Mapping[str, Any], injections: Sequence[Injection]) -> _Back:
        labels = grant["metadata"].get("labels") or {}
        ref = RunRef(labels.get(RUN, ""), labels.get(INSTALLATION, ""), "")
        first = _Difference.seen(self, ref, injections)
        if not first.is_any:
            return _Back(is_kept=True, is_open=bool(first.errors), errors=first.errors)
        errors = (*first.errors, *try_all(first.acts(self))[1], *self._removed(first.residue))
        last = _Difference.seen(self, ref, injections)
        is_open = bool(errors or last.errors) or last.is_any
        # What cannot be seen any more is not therefore as it was.
        done = () if last.errors else tuple(one for one in first.sentences if one not in last.sentences)
        return _Back(True, is_open, first.residue, done, (*errors, *last.errors))


NOT_FREED = "a target, to be replaced: no helper has taken its fault out of it"


@dataclass(frozen=True, slots=True)
class _Back:
    is_kept: bool = False
    """Whether the grant holds something that must not be lost yet."""
    is_open: bool = False
    """Whether anything is still to be set back, or may be."""
    told: tuple[Residue, ...] = ()
    done: tuple[str, ...] = ()
    errors: tuple[GamedayError, ...] = ()
    uid: str = ""
    """Of the grant that was read, which had this version then."""
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Difference:
    """How things are and were not before the faults of a run; `errors` is what could not be looked at."""

    of_each: tuple[tuple[Injection, ClusterSight], ...]
    residue: tuple[Residue, ...]
    """Policies that still cut something off, and pods that no helper has taken its fault out of."""
    errors: tuple[GamedayError, ...]

    @classmethod
    def seen(cls, ending: Ending, ref: RunRef, injections: Sequence[Injection]) -> _Difference:
        of_each, residue, errors = [], [], []
        cuts = Policies(ending.api)
        cuts.remember(ref, injections)
        found, failed = try_all([partial(cuts.of, ref, ending.now())])
        residue += [item for listed in found for item in listed]
        errors += failed
        for injection in injections:
            sight, failed = _sight(ending, injection)
            errors += failed
            of_each.append((injection, sight))
            # Just the pods that the helpers were sent to are replaced: whoever has the name by now may be the
            # replacement of the last pass.
            held = not_freed(injection, Progress(injection.index), sight)
            residue += [
                Residue(
                    ResidueKind.POD, pod.namespace, pod.name, pod.uid, ref.run, ref.installation, NOT_FREED
                )
                for pod in sight.pods
                if pod.name in held
            ]
        return cls(tuple(of_each), tuple(residue), tuple(errors))

    @property
    def sentences(self) -> tuple[str, ...]:
        nodes = [f"node {pre.name} ({how})" for one in self.of_each for pre, how in not_restored(*one)]
        return (*nodes, *(f"{pre} ({how})" for one in self.of_each for pre, how in not_scaled_back(*one)))

    @property
    def is_any(self) -> bool:
        return bool(self.residue or self.sentences)

    def acts(self, ending: Ending) -> list[Callable[[], None]]:
        acts: list[Callable[[], None]] = []
        for injection, sight in self.of_each:
            post = injection.postcondition
            for node, _ in not_restored(injection, sight):
                acts.append(partial(litmus_nodes.restore, ending.api, node, post.taint_keys, post.cordons))
            for workload, _ in not_scaled_back(injection, sight):
                acts.append(partial(litmus_workloads.restore, ending.api, workload))
        return acts


def _sight(ending: Ending, injection: Injection) -> tuple[ClusterSight, list[GamedayError]]:
    """The nodes, workloads and pods that the injection names, as they are, and what its helpers said."""
    api, post, began_at = ending.api, injection.postcondition, ending.now()
    nodes, failed = try_all([partial(_maybe, api, NODES, "", pre.name) for pre in post.nodes])
    workloads, errors = try_all([partial(litmus_workloads.seen, api, pre) for pre in post.workloads])
    failed += errors
    pods: list[Pod] = []
    results: list[Any] = []
    if post.freed:
        named = [partial(_maybe, api, PODS, injection.namespace, name) for name, _ in post.freed]
        found, errors = try_all(named)
        uids = {uid for _, uid in post.freed}
        pods = [parse.pod(obj) for obj in found if obj and obj["metadata"]["uid"] in uids]
        failed += errors
        listed, errors = try_all([partial(api.list, RESULTS, ending.settings.namespace)])
        results = [obj for objects in listed for obj in objects]
        failed += errors
    sight = ClusterSight(
        began_at,
        ending.now(),
        pods=tuple(pods),
        results=tuple(map(parse.result, results)),
        nodes=tuple(parse.node(obj) for obj in nodes if obj),
        workloads=tuple(one for one in workloads if one),
    )
    return sight, failed


def _maybe(api: KubernetesApi, resource: Any, namespace: str, name: str) -> Mapping[str, Any] | None:
    try:
        return api.get(resource, namespace, name)
    except NotFound:
        return None
