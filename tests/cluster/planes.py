"""A control plane for tests that leave nothing as it was: their own, unless KUBECONFIG names a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster import build, handle, starting, state
from deploy.cluster.bank.fit import is_played
from deploy.cluster.handle import Cluster
from deploy.cluster.plane import PROGRAMS, Plane
from deploy.local import ports


@contextlib.contextmanager
def own_plane(folder: Path) -> Iterator[Cluster]:
    """Started in that folder, and stopped afterwards; KUBECONFIG's is taken as it is, and left so."""
    given = handle.given()
    if given is not None:
        somebody_plays(given)
        yield given
        return
    with state.alone(folder), ports.elsewhere(ports.CLUSTER):
        starting.start(Plane(folder, build.binaries(*PROGRAMS), ports.CLUSTER.number()))
        try:
            yield handle.ours(folder)
        finally:
            state.stop(folder)


def somebody_plays(cluster: Cluster) -> None:
    """Skip where pods would never run: the bank's have images that do not exist."""
    if not any(is_played(node) for node in cluster.ask("GET", "/api/v1/nodes")["items"]):
        pytest.skip(f"KWOK plays no node of {cluster.server}: deploy/cluster/README.md says what it needs")
