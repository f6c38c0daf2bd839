"""A mirror of a rehearsal API server, which stands for a cluster elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.cluster.bank.mirror import Mirror
from deploy.cluster.bank.wire import Wire
from deploy.cluster.handle import Cluster
from deploy.rehearsal.store import (
    CHAOS_ENGINES,
    CHAOS_EXPERIMENTS,
    CHAOS_RESULTS,
    CONFIG_MAPS,
    DEPLOYMENTS,
    NODES,
    PODS,
)
from tests.support.rehearsal_api import RunningApi, running_api

KINDS = (NODES, PODS, CONFIG_MAPS, DEPLOYMENTS, CHAOS_ENGINES, CHAOS_EXPERIMENTS, CHAOS_RESULTS)
WITHIN = 5.0  # seconds


@pytest.fixture
def elsewhere() -> Iterator[RunningApi]:
    with running_api(history=20) as api:
        yield api


@pytest.fixture
def wire(elsewhere: RunningApi) -> Wire:
    return Wire(Cluster(Path("nowhere"), None, elsewhere.client()))


@pytest.fixture
def mirror(wire: Wire) -> Iterator[Mirror]:
    made = Mirror(wire, KINDS)
    made.start()
    yield made
    made.stop()


def hears(mirror: Mirror, happened: Callable[[], object]) -> None:
    """Wait until the mirror has heard of it."""
    deadline = time.monotonic() + WITHIN
    while not happened():
        assert time.monotonic() < deadline, "the mirror did not hear of it"
        time.sleep(0.01)
        mirror.catch_up()
