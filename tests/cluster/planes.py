"""A control plane for tests that leave nothing as it was: their own, unless KUBECONFIG names a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from deploy.cluster import build, handle, starting, state
from deploy.cluster.handle import Cluster
from deploy.cluster.plane import PROGRAMS, Plane
from deploy.local import ports


@contextlib.contextmanager
def own_plane(folder: Path) -> Iterator[Cluster]:
    """Started in that folder, and stopped afterwards; KUBECONFIG's is taken as it is, and left so."""
    given = handle.given()
    if given is not None:
        yield given
        return
    with state.alone(folder), ports.elsewhere(ports.CLUSTER):
        starting.start(Plane(folder, build.binaries(*PROGRAMS), ports.CLUSTER.number()))
        try:
            yield handle.ours(folder)
        finally:
            state.stop(folder)
