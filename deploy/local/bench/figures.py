"""What the bench measured, in lines for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

P95_DUE = 300
"""Milliseconds from an event to its viewers that are promised, at the 95th percentile."""


def percentile(counts: Mapping[int, int], share: float) -> int:
    """The smallest value that `share` of all are not above. Raises ValueError when there are none."""
    due = share * sum(counts.values())
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= due:
            return value
    raise ValueError("nothing was counted")


def lines(measured: Mapping[str, Any]) -> list[str]:
    """`measured`: what the company and the room gave back, and `viewers`, `seconds`, `cpu` (s) and
    `memory` (MB) of the web process, `processors` and `load` (of the last minute) of the machine."""
    delays = {int(ms): count for ms, count in measured["delays"].items()}
    if not delays:
        return ["No note reached any viewer."]
    p50, p95, p99 = (percentile(delays, share) for share in (0.5, 0.95, 0.99))
    told = sum(delays.values())
    notes, seconds = measured["notes"], measured["seconds"]
    whole = (
        f"{told} notes told; {measured['missed']} missed, {measured['doubled']} told twice, "
        f"{measured['lost']} streams lost"
    )
    return [
        "",
        f"{measured['viewers']} viewers of one run, {notes / seconds:.1f} notes a second for {seconds:.0f} s,"
        " one web process",
        f"  event to viewer   p50 {p50} ms   p95 {p95} ms   p99 {p99} ms   longest {max(delays)} ms"
        f"   (p95 is to be {P95_DUE} ms at most: {p95 / P95_DUE:.0%} of it)",
        f"  deliveries        {whole}",
        f"  web process       {measured['cpu'] / seconds:.0%} of one processor, {measured['memory']} MB",
        f"  machine           {measured['processors']} processors, load {measured['load']:.1f} at the end",
        *(_probe(probe) for probe in measured["probes"]),
    ]


def _probe(probe: Mapping[str, Any]) -> str:
    kept = probe["readings"] / probe["due"]
    return (
        f"  probe {probe['probe']:<18} {probe['readings']} of {probe['due']} readings due ({kept:.1%}), "
        f"every {probe['interval']:g} s; {probe['widest']:.2f} s between two at the most"
    )
