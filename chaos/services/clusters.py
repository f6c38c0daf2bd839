"""Clusters: registered by an administrator, asked by everyone else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from chaos.domain import codec
from chaos.domain.errors import Refused
from chaos.domain.injection import Injection
from chaos.domain.limits import LimitsChange, in_words
from chaos.domain.sight import ZONE
from chaos.domain.spec import FaultSpec, RunSpec, TargetSpec
from chaos.domain.target_nodes import check_aboard, resolve_nodes, with_aboard
from chaos.domain.targets import Limits, Targets, check_limits, resolve
from chaos.faults.catalogue import UNPROVABLE, plan_injections
from chaos.faults.catalogue import find as find_fault
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from chaos.models import Cluster as ClusterRow
from chaos.models import Installation
from chaos.ports import Cluster
from chaos.services import address_book, own_places


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """What others may know of a cluster; `limits` are its administrator's."""

    id: int
    name: str
    uid: str
    environment: str
    limits: Limits


UNCHANGED = LimitsChange()
USUAL_PERCENT = {"rehearsal": 50, "staging": 50, "production": 25}
USUAL_NODES = {"rehearsal": 2, "staging": 2, "production": 1}


def find(name: str) -> ClusterInfo:
    """Raises Refused, naming the clusters there are."""
    return info(row(name))


def info(cluster: ClusterRow) -> ClusterInfo:
    limits = limits_of(cluster)
    # Whatever its administrator says: what injects, undoes and sees is itself no target.
    ours = (cluster.chaos_namespace, *own_places.namespaces(cluster))
    protected = dict.fromkeys((*limits.protected_namespaces, *ours))
    limits = replace(limits, protected_namespaces=tuple(protected))
    return ClusterInfo(cluster.pk, cluster.name, cluster.uid, cluster.environment, limits)


def limits_of(cluster: ClusterRow) -> Limits:
    """The administrator's own, as entered."""
    return codec.from_plain(Limits, cluster.limits)


def row(name: str) -> ClusterRow:
    try:
        return ClusterRow.objects.get(name=name)
    except ClusterRow.DoesNotExist:
        names = ", ".join(ClusterRow.objects.order_by("name").values_list("name", flat=True)) or "none yet"
        raise Refused(f"There is no cluster {name!r}; registered: {names}.", "cluster") from None


def names() -> list[str]:
    return [*ClusterRow.objects.order_by("name").values_list("name", flat=True)]


def all_rows() -> list[ClusterRow]:
    return list(ClusterRow.objects.order_by("name"))


def register(
    name: str,
    port: Cluster,
    by: str,
    by_name: str,
    now: datetime,
    change: LimitsChange = UNCHANGED,
    **fields: Any,
) -> ClusterInfo:
    """Add or update a cluster after having asked it who it is. A known name never changes its identity.

    A known cluster keeps its limits but for what `change` names; a new one begins with the usual ones.
    `fields` are the columns of chaos.models.Cluster. Raises Refused or Transient.
    """
    uid, environment = port.identity(), fields["environment"]
    with transaction.atomic():
        known = ClusterRow.objects.select_for_update().filter(name=name).first()
        if known and known.uid != uid:
            raise Refused(
                f"{fields['server']} is another cluster (UID {uid}) than the registered {name} "
                f"(UID {known.uid}). Approvals bind to the UID; register it under a new name.",
                "name",
            )
        twin = ClusterRow.objects.filter(uid=uid).exclude(name=name).first()
        if twin:
            raise Refused(f"This cluster is registered already, as {twin.name}.", "name")
        before = codec.from_plain(Limits, known.limits) if known else None
        percent, nodes = USUAL_PERCENT[environment], USUAL_NODES[environment]
        limits = before or Limits(max_percent=percent, max_nodes=nodes)
        if known and known.environment != environment:  # limits of a rehearsal are none for production
            limits = replace(
                limits,
                max_percent=min(limits.max_percent, percent),
                max_nodes=min(limits.max_nodes, nodes),
                allow_unprovable=False,
            )
        limits = change.applied(limits)
        columns = {**fields, "uid": uid, "limits": codec.to_plain(limits)}
        changed = [key for key in fields if known and getattr(known, key) != fields[key]]
        cluster, _ = ClusterRow.objects.update_or_create(name=name, defaults=columns)
        body = {"name": name, "uid": uid, "environment": environment, "limits": limits}
        text = f"{by_name} registered {name} ({environment}) at {cluster.server}."
        if known:
            what = ", ".join(key.removeprefix("sealed_").replace("_", " ") for key in changed)
            text = f"{by_name} changed {name} ({environment}) at {cluster.server}: {what}."
        if changed or not known:
            append(ORGANISATION, "cluster.registered", text, at=now, actor=by, actor_name=by_name,
                   body={**body, "server": cluster.server, "changed": changed})  # fmt: skip
        if before not in (None, limits):
            text = f"{by_name} changed the limits of {name}. {' '.join(in_words(limits))}"
            append(ORGANISATION, "cluster.limits_changed", text, at=now, actor=by, actor_name=by_name,
                   body={**body, "before": before})  # fmt: skip
    write_address_book()
    return info(cluster)


def write_address_book() -> None:
    """As the database has it: for a halt without one."""
    address_book.write(address_book.registered())


Rungs = tuple[Targets | None, ...]
"""What each rung of a fault touches; None where it has no targets. One rung where there is no ladder."""


def preview(spec: RunSpec, limits: Limits, port: Cluster) -> tuple[Targets | None, ...]:
    """The targets by name that a launch right now would hit, one per fault: of a ladder those of the rung
    that touches the most. Raises Refused or Transient."""
    return tuple(map(widest, by_rung(spec, limits, port)))


def widest(rungs: Rungs) -> Targets | None:
    return max((found for found in rungs if found), key=lambda targets: targets.size, default=None)


def by_rung(spec: RunSpec, limits: Limits, port: Cluster) -> tuple[Rungs, ...]:
    """As `preview`, each fault rung by rung. What cannot be injected is refused here already."""
    check_limits(spec, limits, UNPROVABLE)
    return tuple(_rungs(fault, limits, port) for fault in spec.faults)


def _rungs(fault: FaultSpec, limits: Limits, port: Cluster) -> Rungs:
    found = []
    for index, rung in enumerate(fault.rungs):
        targets = named(rung, limits, port)
        plan_injections("", index, rung, targets)
        found.append(targets)
    return tuple(found)


def named(fault: FaultSpec, limits: Limits, port: Cluster) -> Targets | None:
    """The targets by name of one rung; None for a fault without any. Raises Refused or Transient."""
    if fault.targets is None:
        return None
    targets = _resolve(fault.targets, limits, port)
    if find_fault(fault.fault).on_workloads:
        # As Litmus finds them: by the selector's first label alone.
        label = dict(sorted(fault.targets.labels.items())[:1])
        workloads = port.workloads(fault.targets.namespace, fault.targets.kind, label)
        targets = replace(targets, workloads=workloads)
    return targets


def at_home(injections: Sequence[Injection], port: Cluster) -> list[Injection]:
    """The same, each with which one the namespace of its targets is: another may come under its name."""
    names = {one.postcondition.namespace for one in injections} - {""}
    uids = {name: port.namespace_uid(name) for name in sorted(names)}
    posts = (one.postcondition for one in injections)
    kept = (replace(post, namespace_uid=uids.get(post.namespace, "")) for post in posts)
    return [replace(one, postcondition=post) for one, post in zip(injections, kept, strict=True)]


def _resolve(targets: TargetSpec, limits: Limits, port: Cluster) -> Targets:
    if not targets.is_of_nodes:
        return _resolve_pods(targets, limits, port)
    nodes = port.nodes({})
    if targets.kind == "node":
        found = resolve_nodes(targets, nodes, port.nodes(targets.labels), (), limits)
    else:
        found = resolve_nodes(targets, nodes, nodes, port.pods(targets.namespace, targets.labels), limits)
    found = with_aboard(found, [pod for node in found.nodes for pod in port.pods_on(node.name)], limits)
    namespaces = sorted({pod.namespace for pod in found.aboard})
    check_aboard(found, [pod for name in namespaces for pod in port.pods(name, {})], limits)
    return found


def _resolve_pods(targets: TargetSpec, limits: Limits, port: Cluster) -> Targets:
    """Of the nodes only those of a zone are read; all of them for a refusal, which names their zones."""
    pods = port.pods(targets.namespace, targets.labels)
    if not targets.zone:
        return resolve(targets, pods, limits)
    try:
        return resolve(targets, pods, limits, port.nodes({ZONE: targets.zone}))
    except Refused:
        return resolve(targets, pods, limits, port.nodes({}))


def installation() -> str:
    """This Gameday's own name in labels; made on first use."""
    found, _ = Installation.objects.get_or_create(id=1)
    return str(found.name)
