"""Launch: from an approved spec to a run that a driver takes up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from chaos.domain import codec
from chaos.domain.decide import BASELINE_GRACE, START_WITHIN
from chaos.domain.errors import Refused
from chaos.domain.injection import Injection, Progress
from chaos.domain.run import Marks
from chaos.domain.spec import RunSpec
from chaos.domain.states import RunState
from chaos.domain.targets import Limits
from chaos.faults import catalogue
from chaos.journal.record import append
from chaos.models import Cluster as ClusterRow
from chaos.models import Run, RunInjection
from chaos.ports import Cluster
from chaos.services import clusters
from chaos.services import launch_checks as checks

MARGIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Order:
    """What was approved and who launches it. The caller has checked the approval and holds its row.

    `approved_uid` is the cluster that the approval names, `closes` the end of the approved window,
    `ceiling` the most pods that an approver was shown (None: no pods), `armed` the targets by name that the
    person who launches was shown (None: nobody was shown any).
    """

    spec: RunSpec
    plan_digest: str
    stream: str
    cluster: str
    approved_uid: str
    ceiling: int | None
    closes: datetime
    by: str
    armed: tuple[str, ...] | None = None


def launch(
    order: Order,
    port: Cluster,
    now: datetime,
    ring: Callable[[str], object],
    still_approved: Callable[[], str],
    run: uuid.UUID | None = None,
) -> str:
    """Create the run and wake a driver; its id. Raises Refused with the reason, Transient when unreachable.

    `still_approved` is asked once more inside the transaction and answers with why not, or "". `ring` is
    called after the commit; if it fails, the sweep finds the run. With `run`, the id it is to have, asking
    twice is refused the second time, however the two fall together.
    """
    row = clusters.row(order.cluster)
    checks.lever(row)  # first: of all reasons not to launch it is the one to be told
    checks.clock()
    checks.spool_has_room()
    checks.identity(row, order.approved_uid, port)
    checks.nothing_live(row)
    checks.nothing_left(port)
    limits = clusters.info(row).limits
    targets = clusters.preview(order.spec, limits, port)
    run = run or uuid.uuid4()
    checks.ceiling(order.ceiling, targets)
    checks.as_armed(order.armed, targets)
    injections = clusters.at_home(first_injections(run.hex[:8], order.spec, limits, port), port)
    checks.preflight(port, injections, limits)
    not_after = min(order.closes, now + longest(order.spec))
    try:
        with transaction.atomic():
            checks.lever(row)
            reason = still_approved()
            if reason:
                raise Refused(reason)
            _write(run, row, order, injections, now, not_after)
            names = "; ".join(str(item) for item in targets if item) or "nothing; a person injects"
            rungs = len(order.spec.fault.rungs)
            where = f" on the largest of {rungs} rungs, as it is now" if rungs > 1 else ""
            append(
                order.stream,
                "run.launched",
                f"{order.spec.title} launched. Targets{where}: {names}.",
                at=now,
                actor=order.by,
                actor_name=order.by,
                audience="organisers",
                scenario=order.spec.scenario,
                run=str(run),
                body={
                    "spec_digest": order.spec.digest,
                    "plan_digest": order.plan_digest,
                    "targets": [item for entry in targets if entry for item in entry.names],
                    "not_after": codec.to_plain(not_after),
                },
            )
            transaction.on_commit(lambda: ring(str(run)), robust=True)
    except IntegrityError as error:
        raise Refused(checks.who_is_live(row)) from error
    return str(run)


def longest(spec: RunSpec) -> timedelta:
    """How long a fault of this spec may be live at the most, from the launch on."""
    wait = max((_person_within(spec), START_WITHIN))
    return (
        spec.durations.baseline
        + BASELINE_GRACE
        + wait
        + spec.fault.duration
        + (len(spec.fault.rungs) - 1) * (START_WITHIN + spec.fault.duration + spec.durations.revert_within)
        + spec.durations.observe
        + MARGIN
    )


def _person_within(spec: RunSpec) -> timedelta:
    fault = catalogue.find(spec.fault.fault)
    return timedelta(0) if fault.needs_targets else fault.part(spec.fault, None).person_within


def first_injections(short: str, spec: RunSpec, limits: Limits, port: Cluster) -> list[Injection]:
    """Those of the first rung, named after the run's `short` id; later ones are named when climbed."""
    injections: list[Injection] = []
    for fault in spec.faults:
        chosen = clusters.named(fault.rungs[0], limits, port)
        injections += catalogue.plan_injections(short, len(injections), fault.rungs[0], chosen)
    return injections


def _write(
    run: uuid.UUID,
    row: ClusterRow,
    order: Order,
    injections: list[Injection],
    now: datetime,
    not_after: datetime,
) -> None:
    Run.objects.create(
        id=run,
        cluster=row,
        lock_key=row.uid,
        stream=order.stream,
        plan_digest=order.plan_digest,
        scenario=order.spec.scenario,
        spec=codec.to_plain(order.spec),
        spec_digest=order.spec.digest,
        launched_at=now,
        launched_by=order.by,
        ceiling=order.ceiling or 0,
        not_after=not_after,
        state=RunState.PENDING.value,
        state_since=now,
        marks=codec.to_plain(Marks()),
    )
    RunInjection.objects.bulk_create(
        RunInjection(
            run_id=run,
            index=item.index,
            plan=codec.to_plain(item),
            progress=codec.to_plain(Progress(item.index)),
        )
        for item in injections
    )
