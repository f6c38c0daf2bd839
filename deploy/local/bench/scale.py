"""`make bench-cluster`: what the product asks of a cluster of 1,000 nodes and 10,000 pods, and its cost.

A control plane of its own is started, filled, asked and stopped again. Prints a table of one run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

import django

from deploy.cluster import build, handle, starting, state
from deploy.cluster.handle import Cluster
from deploy.cluster.plane import PROGRAMS

from .. import ports
from ..interrupts import Interrupts
from ..paths import STATE
from ..say import Trouble, step, warn
from . import crowd, opened
from .calm import CalmPlane
from .counted import Call, CountedApi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameday.settings")
django.setup()
from .questions import Questions  # noqa: E402 - the product's services come up with Django

FOLDER = STATE / "bench-cluster"
WITHIN = 900.0  # seconds, for all pods to be ready


def main() -> int:
    """Returns 0 where it was measured, 1 where it could not be, 130 where it was interrupted."""
    parser = argparse.ArgumentParser(prog="make bench-cluster")
    parser.add_argument("--nodes", type=int, default=crowd.NODES)
    parser.add_argument("--pods", type=int, default=crowd.PODS)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    Interrupts()
    try:
        programs = build.binaries(*PROGRAMS)
        with state.alone(FOLDER), ports.elsewhere(ports.CLUSTER):
            starting.start(CalmPlane(FOLDER, programs, ports.CLUSTER.number()))
            try:
                _bench(handle.ours(FOLDER), asked.nodes, asked.pods, asked.rounds)
            finally:
                state.stop(FOLDER)
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        warn("interrupted; nothing is left running")
        return 130
    return 0


def _bench(cluster: Cluster, nodes: int, pods: int, rounds: int) -> None:
    began = time.monotonic()
    crowd.gather(cluster, nodes, pods)
    step(f"{nodes} nodes and {pods} pods are created ({time.monotonic() - began:.0f} s)")
    deadline = time.monotonic() + WITHIN
    while not crowd.is_running(cluster):
        if time.monotonic() > deadline:
            raise Trouble(f"Some of the {pods} pods do not run after {WITHIN:.0f} s.")
        time.sleep(2)
    step(f"all of them are ready ({time.monotonic() - began:.0f} s)")
    opened.kinds(cluster)
    opened.let_in(cluster, [crowd.namespace(0)])
    _measure(cluster, rounds)
    processors, load = os.cpu_count(), os.getloadavg()[0]
    python = sys.version.split()[0]
    print(f"\nKubernetes {cluster.version()}, Python {python}, {processors} processors, load {load:.1f}")


def _measure(cluster: Cluster, rounds: int) -> None:
    token = cluster.account_token("chaos", "gameday", 24 * 3600)
    api = CountedApi(opened.connection(cluster, token))
    asked = Questions(
        opened.port(cluster, token, api), crowd.namespace(0), {"app": crowd.app(0)}, {"tier": "backend"},
        {crowd.POOL: "small"}, crowd.ZONES[0],
    )  # fmt: skip
    print("| question | p50 ms | p95 ms | calls | objects | memory MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, ask in asked.every().items():
        ask()  # connections are open, as they are in a process that works
        with api.counted() as calls:
            ask()
        times = sorted(_milliseconds(ask) for _ in range(rounds))
        print(_row(name, times, calls, _megabytes(ask)), flush=True)


def _row(name: str, times: list[float], calls: list[Call], memory: float) -> str:
    p50, p95 = statistics.median(times), times[max(0, round(0.95 * len(times)) - 1)]
    objects = sum(call.items or 0 for call in calls)
    return f"| {name} | {p50:.0f} | {p95:.0f} | {len(calls)} | {objects} | {memory:.1f} |"


def _milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def _megabytes(ask: Callable[[], object]) -> float:
    """The most that Python held for it at any time."""
    tracemalloc.start()
    try:
        ask()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    sys.exit(main())
