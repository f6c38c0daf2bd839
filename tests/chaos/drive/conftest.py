from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from chaos.domain.spec import ProbeSpec, RunSpec
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
