"""What must be so before anything is launched, one check each. Each raises Refused with what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from chaos.domain.errors import Refused
from chaos.domain.injection import Injection
from chaos.domain.targets import Limits, Targets
from chaos.journal import spool
from chaos.models import Cluster as ClusterRow
from chaos.models import Halt, Run
from chaos.models.run import LIVE
from chaos.ports import Cluster
from chaos.services import clusters, rows
from chaos.services.clock import database_now, utc_now

SKEW = timedelta(seconds=2)
"""How far the clock of this machine may be from the database's."""


def clock() -> None:
    """Window and deadline are told by this machine's clock, and kept by whoever drives by the database's."""
    before = utc_now()
    there = database_now()
    after = utc_now()
    apart = max(there - after, before - there)
    if apart > SKEW:
        where = "ahead of" if before > there else "behind"
        raise Refused(
            f"The clock of this machine is {apart.total_seconds():.1f} s {where} the database's; "
            f"{SKEW.total_seconds():.0f} s are allowed. Set both right, by NTP for instance."
        )


def spool_has_room() -> None:
    """A stop that the database does not take must have somewhere to be kept."""
    why = spool.why_not()
    if why:
        raise Refused(f"A stop could not be kept while the database is away: {why}")


def lever(row: ClusterRow) -> None:
    held = rows.lever_of(row.pk)
    if held:
        is_everything = Halt.objects.filter(released_at=None, cluster=None).exists()
        what = "Everything" if is_everything else row.name
        raise Refused(f"{what} is halted: {held}. An administrator must release it first.")


def identity(row: ClusterRow, approved_uid: str, port: Cluster) -> None:
    """It is the cluster that was registered and approved, whatever answers at its address now."""
    uid = port.identity()
    if not uid == row.uid == approved_uid:
        raise Refused(
            f"The cluster answers as {uid}, registered is {row.uid}, approved is {approved_uid}; "
            "nothing is launched. Check the server address of the cluster.",
            "cluster",
        )


def nothing_live(row: ClusterRow) -> None:
    if Run.objects.filter(cluster=row, state__in=LIVE).exists():
        raise Refused(who_is_live(row))


def nothing_left(port: Cluster) -> None:
    ours = clusters.installation()
    left = [str(item) for item in port.residue() if item.installation in ("", ours)]
    if left:
        raise Refused(
            f"Something of an earlier run is still in the cluster: {'; '.join(left)}. "
            "Run `manage.py sweep`; what stays, `manage.py halt` ends and sets back."
        )


def ceiling(most: int | None, targets: Iterable[Targets | None]) -> None:
    """`most` is what was approved; None: no targets at all."""
    count = sum(item.size for item in targets if item)
    if count > (most or 0):
        raise Refused(
            f"{count} targets would be hit now, {most or 0} were approved; the platform has grown. "
            "Have the plan approved again.",
            "targets",
        )


def as_armed(armed: Sequence[str] | None, targets: Iterable[Targets | None]) -> None:
    """What is hit is what was shown; None: nothing was shown."""
    names = [name for item in targets if item for name in item.names]
    if armed is not None and sorted(armed) != sorted(names):
        raise Refused(
            f"The targets have changed since it was armed: now {', '.join(names) or 'none'}. Arm it again.",
            "targets",
        )


def preflight(port: Cluster, injections: Iterable[Injection], limits: Limits) -> None:
    """What Litmus needs, and what we do: to see the faults gone where they are, and to undo them there."""
    planned = [item for item in injections if item.experiment]
    experiments = sorted({item.experiment for item in planned})
    namespaces = sorted({item.namespace for item in planned if item.namespace})
    found = (*port.preflight(experiments, limits.images), *port.rights(experiments, namespaces))
    unmet = [item.sentence for item in found if not item.is_met]
    if unmet:
        raise Refused("The cluster is not ready: " + " ".join(unmet))


def who_is_live(row: ClusterRow) -> str:
    live = Run.objects.filter(cluster=row, state__in=LIVE).first()
    which = f"{live.scenario} ({live.state}, launched by {live.launched_by})" if live else "another run"
    return f"{which} is live on {row.name}; one run at a time. Wait for its end, or stop it."
