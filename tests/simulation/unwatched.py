"""What the watchdog owes: no fault lives on unheard of, and no run that is heard of ends by it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from chaos.adapters.litmus_manifests import GRANT_SECONDS
from tests.simulation.cluster import Cluster
from tests.simulation.hazards import Hazards
from tests.simulation.objects import Fault
from tests.simulation.scenario import RUN
from tests.simulation.watchdog import EVERY, WITHIN, Ending

OBEYED, KILLED = 10.0, 25.0
"""Seconds over the grant's own within which a fault is over whose driver is silent: where the helpers obey,
and where they are killed, so that pods must be replaced and nodes set back, one after the other."""
A_ROUND = 2.0
"""Ways to an API server and back: those of a slow one are no time of the watchdog's."""


def left_alone(cluster: Cluster, hazards: Hazards) -> list[str]:
    """Faults that lived too long after the last heartbeat, though a watchdog was there and was answered."""
    temper = cluster.temper
    if not hazards.spares_the_watchdog or temper.helper_lies:
        return []
    slow = A_ROUND * hazards.pace
    within = GRANT_SECONDS + (KILLED if temper.helper_killed else OBEYED) + slow
    found, now = [], cluster.kernel.now
    for fault in cluster.history.faults:
        since, last = fault.engine.made_at, fault.until or now
        if temper.helper_killed and _is_unknown(cluster, fault):
            continue
        beats = [at for at in cluster.history.beats if since < at < last]
        for heard_at, until in pairwise([since, *beats, last]):
            if until - heard_at > within and not _nobody_was_answered(hazards, heard_at, until):
                lived = f"lived on from {heard_at:.1f} to {until:.1f}, unheard of"
                found.append(f"the fault of {fault.engine.uid} {lived}")
    return found


def _is_unknown(cluster: Cluster, fault: Fault) -> bool:
    """Where a helper does not obey, the watchdog has the note on the grant and no more: with the grant goes
    what was known of what lands after it, and a pod that took a target's name was never in it."""
    is_stranger = fault.target not in fault.engine.meant_for
    return is_stranger or cluster.history.is_garbage(fault.engine, fault.engine.made_at)


def _nobody_was_answered(hazards: Hazards, since: float, until: float) -> bool:
    return any(begin < until and end > since for begin, end in hazards.partitions.get("", []))


def ended_in_vain(cluster: Cluster, endings: Sequence[Ending]) -> list[str]:
    """That the watchdog ended the run while it was heard of. Its last look may have been a while ago, and
    what it was answered may have been read as long before as a look takes."""
    found = []
    for ending in endings:
        if f"Run {RUN} has not been heard of" not in ending.why:
            continue
        heard_at = max((at for at in cluster.history.beats if at <= ending.at - WITHIN), default=0.0)
        if ending.at - heard_at < GRANT_SECONDS - 2 * EVERY:
            found.append(f"ended at {ending.at:.1f}, heard of at {heard_at:.1f}: {ending.why}")
    return found
