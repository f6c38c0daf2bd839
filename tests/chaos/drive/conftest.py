from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chaos.domain.spec import ProbeSpec, RunSpec, Stage
from tests.support.builders import a_latency_spec, a_spec, injections_of
from tests.support.world import World


@pytest.fixture
def world_of() -> Callable[..., World]:
    """A world whose p99 follows the share of ready pods, unless `probe` says otherwise."""

    def make(spec: RunSpec | None = None, probe: Any = None, overload: float = 120.0) -> World:
        spec = spec or a_spec()

        def latency(asked: ProbeSpec, at: datetime) -> float:
            return 120.0 if world.cluster.ready == 6 else overload

        world = World(spec, injections_of(spec), probe or latency)
        return world

    return make


@pytest.fixture
def world(world_of: Callable[..., World]) -> World:
    """A world whose p99 is 300 ms while the fault is in any pod, or any pod is missing."""

    def latency(asked: ProbeSpec, at: datetime) -> float:
        whole = world.cluster.ready == 6 and not world.cluster.faulty
        return 120.0 if whole else 300.0

    world: World = world_of(a_latency_spec(), latency)
    return world


@pytest.fixture
def ladder(world_of: Callable[..., World]) -> Callable[..., World]:
    """Three rungs of five seconds; `bad_below` is the number of ready pods below which p99 breaches."""

    def make(bad_below: int = 0, ceiling: int = 3, spec: RunSpec | None = None) -> World:
        stages = (Stage(count=1), Stage(count=2), Stage(count=3))
        spec = spec or a_spec()
        spec = replace(spec, faults=(replace(spec.fault, duration=timedelta(seconds=5), stages=stages),))
        world = world_of(spec, probe=lambda probe, at: 900.0 if world.cluster.ready < bad_below else 120.0)
        first = injections_of(replace(spec, faults=spec.fault.rungs[:1]))
        world.store.record_ = replace(world.store.record_, injections=first, ceiling=ceiling)
        return world

    return make
