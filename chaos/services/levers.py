"""The halt levers in the clusters, looked at now and then: who has only a cluster can pull one, and be on no
record here; and one that a halt on record holds may be up again, or may never have come down.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from chaos.domain.errors import GamedayError
from chaos.models import Cluster as ClusterRow
from chaos.models import Contact as ContactRow
from chaos.ports import Cluster
from chaos.services.beside import begun, sentence
from chaos.services.releasing import released_since
from chaos.services.rows import lever_of

log = logging.getLogger(__name__)


def look(ports: Mapping[str, Cluster], now: datetime) -> None:
    """Ask all clusters at once why their lever is down, and keep the answers: `queries.halts` has them. Where
    it is up and a halt on record holds the cluster, it is pulled.

    A cluster that cannot say keeps its last answer. Raises what the database raises.
    """
    acts = {name: begun(port.lever_reason) for name, port in ports.items()}
    for name, act in acts.items():
        if error := act.exception():
            log.warning("Whether the lever of %s is down could not be asked: %s", name, sentence(error))
        else:
            _keep(name, ports[name], act.result(), now)


def _keep(name: str, port: Cluster, reason: str, asked_at: datetime) -> None:
    row = ClusterRow.objects.get(name=name)
    held = lever_of(row.pk)
    if held and not reason:
        reason = _pulled(row, port, held)
    elif reason and not held and released_since(asked_at, name):
        return  # taken off after it was looked at
    known = ContactRow.objects.filter(cluster=row, part=ContactRow.Part.CLUSTER)
    if reason:
        known.filter(lever="").update(lever_since=asked_at)
    known.update(lever=reason)


def _pulled(row: ClusterRow, port: Cluster, why: str) -> str:
    """Why it is down now, or "". What was released meanwhile is not held by this: a release is written down
    before the lever is taken off."""
    try:
        port.pull_lever(why)
        log.warning("The lever of %s was up while a halt held it; it is pulled: %s", row.name, why)
        reason = port.lever_reason()
        if lever_of(row.pk) or not why.startswith(reason):
            return reason
        port.release_lever()
    except GamedayError as error:
        log.error("The lever of %s may be up, though a halt holds it (%s): %s", row.name, why, error)
    return ""
