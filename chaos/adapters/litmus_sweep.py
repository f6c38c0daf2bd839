"""Finding everything of ours in the chaos namespace and taking it away, in the order that ends faults.

Engine first, and at once, beside it, Jobs and then Pods: a Job would replace its Pod, and Litmus' operator
works off one engine after another or may not be there at all. Deleted with grace: the helpers undo the
fault when they are asked to stop, not when they are killed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import Conflict, NotFound
from chaos.adapters.litmus_kinds import ENGINES, JOBS, LEASES, OF_KIND, PODS, RESULTS
from chaos.adapters.litmus_manifests import MANAGED_BY, RUN, LitmusSettings, label_value
from chaos.adapters.litmus_parse import Belonging, Owner, residue
from chaos.adapters.litmus_policies import Policies
from chaos.adapters.parallel import gather, try_all
from chaos.domain.errors import GamedayError
from chaos.domain.sight import Residue, ResidueKind
from chaos.ports import RunRef

CHAOS_UID: dict[str, str | None] = {"chaosUID": None}
_WITHIN = 15.0

Found = Mapping[ResidueKind, Sequence[Mapping[str, Any]]]


def unique(*lists: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({obj["metadata"]["uid"]: obj for objects in lists for obj in objects}.values())


def run_label(ref: RunRef) -> dict[str, str | None]:
    return {RUN: label_value(ref.run)}


def workload_calls(
    api: KubernetesApi, namespace: str, labels: Mapping[str, str | None], within: float | None = None
) -> dict[str, Callable[[], Any]]:
    """Jobs and Pods, both by our label and by Litmus'."""
    return {
        f"{resource.plural}{number}": partial(api.list, resource, namespace, wanted, within=within)
        for resource in (JOBS, PODS)
        for number, wanted in enumerate((labels, CHAOS_UID))
    }


def learned(found: Found, known: Mapping[str, Owner]) -> Belonging:
    belonging = Belonging(known)
    belonging.learn(found.get(ResidueKind.ENGINE, ()), are_engines=True)
    for kind in (ResidueKind.RESULT, ResidueKind.JOB, ResidueKind.POD):
        belonging.learn(found.get(kind, ()))
    return belonging


def residues(found: Found, belonging: Belonging, now: datetime, ref: RunRef | None = None) -> list[Residue]:
    """What of `found` is ours, of any run or of the one given."""
    return [
        residue(kind, obj, owner_of(ref) if ref else owner, now)
        for kind, objects in found.items()
        for obj in objects
        if (owner := belonging.owner(obj)) and (ref is None or owner.is_of(ref))
    ]


def owner_of(ref: RunRef, engine: str = "") -> Owner:
    return Owner(ref.short, label_value(ref.run), label_value(ref.installation), engine)


def everything(
    api: KubernetesApi,
    settings: LitmusSettings,
    known: Mapping[str, Owner],
    now: datetime,
    policies: Policies,
    ref: RunRef | None = None,
) -> tuple[Residue, ...]:
    """Everything of ours, of any run and installation or of the one run.

    Raises the first error: half a list proves nothing.
    """
    namespace, ours = settings.namespace, {**MANAGED_BY}
    calls: dict[str, Callable[[], Any]] = {
        "engines": partial(api.list, ENGINES, namespace, ours),
        "results": partial(api.list, RESULTS, namespace),
        "leases": partial(api.list, LEASES, namespace, ours),
        "policies": partial(policies.everywhere, now),
        **workload_calls(api, namespace, {**MANAGED_BY}),
    }
    seen = gather(calls, _WITHIN)
    if seen["policies"] is None:
        seen["policies"] = policies.where_cut(seen["leases"])
    found = {
        ResidueKind.ENGINE: seen["engines"],
        ResidueKind.JOB: unique(seen["jobs0"], seen["jobs1"]),
        ResidueKind.POD: unique(seen["pods0"], seen["pods1"]),
        ResidueKind.RESULT: seen["results"],
        ResidueKind.GRANT: seen["leases"],
        ResidueKind.POLICY: seen["policies"],
    }
    return tuple(residues(found, learned(found, known), now, ref))


def as_far_as_seen(
    api: KubernetesApi,
    settings: LitmusSettings,
    known: Mapping[str, Owner],
    now: datetime,
    ref: RunRef | None = None,
) -> tuple[list[Residue], list[GamedayError]]:
    """The engines, Jobs and Pods of the run, as far as they can be seen, and what kept us from seeing more.
    Without a run: of every run and installation, the grants too.

    Engines that we remember are in it also when they cannot be listed.
    """
    namespace, labels = settings.namespace, run_label(ref) if ref else {**MANAGED_BY}
    calls = workload_calls(api, namespace, labels)
    calls["engines"] = partial(api.list, ENGINES, namespace, labels)
    kinds = {"engines": ResidueKind.ENGINE, "jobs": ResidueKind.JOB, "pods": ResidueKind.POD}
    if ref is None:
        calls["leases"] = partial(api.list, LEASES, namespace, labels)
        kinds["leases"] = ResidueKind.GRANT
    answers, errors = try_all(
        partial(lambda kind, call: (kind, call()), kinds[key.rstrip("01")], call)
        for key, call in calls.items()
    )
    found = {kind: unique(*(objects for seen, objects in answers if seen is kind)) for kind in kinds.values()}
    items = residues(found, learned(found, known), now, ref)
    if errors:
        seen = {item.uid for item in items}
        items += [item for item in remembered(settings, known, ref) if item.uid not in seen]
    return items, errors


def remembered(
    settings: LitmusSettings, known: Mapping[str, Owner], ref: RunRef | None = None
) -> list[Residue]:
    """The engines that this process has made or seen, of the run or of any; they may be gone by now."""
    return [
        Residue(ResidueKind.ENGINE, settings.namespace, owner.engine, uid, owner.run, owner.installation)
        for uid, owner in list(known.items())
        if owner.engine and (ref is None or owner.is_of(ref))
    ]


def remove(api: KubernetesApi, items: Sequence[Residue], grace: int) -> list[GamedayError]:
    """Deletes each with its UID, tries all, gives back the errors. What is gone already is done."""

    def kind(*kinds: ResidueKind) -> list[Callable[[], None]]:
        return [partial(_delete, api, item, grace) for item in items if item.kind in kinds]

    def workloads() -> list[GamedayError]:
        return try_all(kind(ResidueKind.JOB))[1] + try_all(kind(ResidueKind.POD))[1]

    def engines() -> list[GamedayError]:
        return try_all(kind(ResidueKind.ENGINE))[1]

    def policies() -> list[GamedayError]:
        return try_all(kind(ResidueKind.POLICY))[1]

    answers, errors = try_all([engines, policies, workloads])
    errors = [error for failed in answers for error in failed] + errors
    errors += try_all(kind(ResidueKind.RESULT))[1]
    return errors + try_all(kind(ResidueKind.GRANT))[1]


def _delete(api: KubernetesApi, item: Residue, grace: int) -> None:
    """A Conflict means that the name is another object's by now: the one we meant is gone."""
    try:
        api.delete(
            OF_KIND[item.kind],
            item.namespace,
            item.name,
            uid=item.uid,
            grace=grace if item.kind is ResidueKind.POD else None,
        )
    except (NotFound, Conflict):
        return
