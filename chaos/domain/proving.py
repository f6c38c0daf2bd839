"""Does the probe that proves a fault gone say anything of the fault at all?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chaos.domain.run import RunView
from chaos.domain.sight import Reading


def unmoved(view: RunView, readings: Mapping[str, Sequence[Reading]]) -> tuple[str, ...]:
    """Probes that were to be back in their tolerance and never left it, from the injection until the fault
    was measured to be gone: that they are in it proves nothing. One that was never known is none of them."""
    times: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for injection, progress in zip(view.injections, view.progress, strict=True):
        probe = injection.postcondition.probe
        if probe and progress.injected_at:
            times.setdefault(probe, []).append((progress.injected_at, progress.reverted_at))
    return tuple(probe for probe, spans in times.items() if _is_unmoved(view, readings.get(probe, ()), spans))


def _is_unmoved(
    view: RunView,
    readings: Sequence[Reading],
    spans: Sequence[tuple[datetime, datetime | None]],
) -> bool:
    known = [
        reading.value
        for reading in readings
        if reading.value is not None
        and any(since <= reading.at and (until is None or reading.at <= until) for since, until in spans)
    ]
    tolerances = view.tallies[readings[0].probe].tolerances if known else ()
    return bool(known) and all(item.comparison.is_true_of(value) for item in tolerances for value in known)
