"""What the tests of clusters are about: a run, and the deletion of some pods."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from chaos.domain.injection import Injection
from chaos.domain.sight import Pod, Residue, ResidueKind
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Limits, Targets, resolve
from chaos.faults.catalogue import plan_injections
from chaos.ports import Cluster, RunRef

LIVE = (ResidueKind.ENGINE, ResidueKind.JOB, ResidueKind.POD)
PATIENCE = 60.0
"""Seconds that only a test that fails waits out; a real cluster on a busy machine needs many."""
T = TypeVar("T")


@dataclass(frozen=True)
class UnderTest:
    """An implementation of the Cluster port. `make` gives one that remembers nothing of the others."""

    make: Callable[[], Cluster]
    namespace: str
    labels: dict[str, str]
    kind: str = "deployment"


def a_run(installation: str = "bank-1") -> RunRef:
    return RunRef(str(uuid.uuid4()), installation, "Payments pods fail")


def pods_of(under_test: UnderTest) -> tuple[Pod, ...]:
    return under_test.make().pods(under_test.namespace, under_test.labels)


def a_deletion(under_test: UnderTest, ref: RunRef, count: int = 2, seconds: int = 60) -> Injection:
    targets = TargetSpec(under_test.namespace, under_test.kind, under_test.labels, count=count)
    spec = FaultSpec("pod-delete", timedelta(seconds=seconds), targets, {"force": "false"})
    found = resolve(targets, pods_of(under_test), Limits(max_percent=50))
    return plan_injections(ref.short, 0, spec, found)[0]


def an_injection(ref: RunRef) -> Injection:
    """The deletion of two of six pods, without a look at any cluster."""
    pods = tuple(Pod("payments", f"api-{n}", f"uid-{n}", f"node-{n}", True, False) for n in range(2))
    targets = TargetSpec("payments", "deployment", {"app": "payments-api"}, count=2)
    spec = FaultSpec("pod-delete", timedelta(seconds=30), targets, {"force": "false"})
    return plan_injections(ref.short, 0, spec, Targets("payments", pods, 6, 6))[0]


def of_another_index(injection: Injection) -> Injection:
    return replace(injection, index=injection.index + 1)


def live(residue: tuple[Residue, ...]) -> list[Residue]:
    return [item for item in residue if item.kind in LIVE]


def until(look: Callable[[], T], is_so: Callable[[T], object], seconds: float = PATIENCE) -> T:
    """The first sight of which `is_so` is true; fails with the last one otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if is_so(seen):
            return seen
        assert time.monotonic() < deadline, f"not so after {seconds:g} s: {seen}"
        time.sleep(0.03)
