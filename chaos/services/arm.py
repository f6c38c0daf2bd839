"""Arming: look at what a launch right now would hit, and at all that would stand in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chaos.domain.errors import Refused
from chaos.domain.targets import Targets
from chaos.ports import Cluster
from chaos.services import clusters
from chaos.services import launch_checks as checks
from chaos.services.launch import Order, first_injections


@dataclass(frozen=True, slots=True)
class Outlook:
    """`targets` go with the spec's faults; empty when they could not be named. `missing` is, in sentences,
    every reason for which a launch would be refused now."""

    targets: tuple[Targets | None, ...]
    missing: tuple[str, ...]


def look(order: Order, port: Cluster) -> Outlook:
    """The same checks as a launch makes, all of them, and nothing is written.

    Raises Refused for an unknown cluster, Transient when the cluster does not answer.
    """
    row = clusters.row(order.cluster)
    limits = clusters.info(row).limits
    targets: list[Targets | None] = []

    def name_targets() -> None:
        targets.extend(clusters.preview(order.spec, limits, port))
        checks.ceiling(order.ceiling, targets)

    looks: tuple[Callable[[], object], ...] = (
        lambda: checks.lever(row),
        checks.clock,
        checks.spool_has_room,
        lambda: checks.identity(row, order.approved_uid, port),
        lambda: checks.nothing_live(row),
        lambda: checks.nothing_left(port),
        name_targets,
        lambda: checks.preflight(port, first_injections("", order.spec, limits, port), limits),
    )
    missing: dict[str, None] = {}
    for each in looks:
        try:
            each()
        except Refused as reason:
            missing[str(reason)] = None
    return Outlook(tuple(targets), tuple(missing))
