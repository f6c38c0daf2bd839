"""The practice bank on a real API server, for the contract that the rehearsal cluster keeps as well."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.kubernetes_api import Connection
from chaos.adapters.kubernetes_paths import Resource
from deploy.cluster import litmus_chaos
from deploy.cluster.bank.fit import has_litmus
from deploy.cluster.bank.wire import Wire
from deploy.cluster.handle import Cluster
from deploy.cluster.litmus import LitmusForReal
from deploy.local.ports import free
from deploy.local.readiness import http_answers
from tests.adapters.practice import ROOT, Practice
from tests.adapters.things import until
from tests.cluster.planes import own_plane

TIMES_FASTER = 10
OPERATOR = "/apis/apps/v1/namespaces/litmus/deployments/litmus"
ON_THE_WATCHERS_NODE = {"kubernetes.io/hostname": "worker-node-02"}
TARGETS = ("payments", "kafka")


@contextmanager
def bank_on_a_real_api(folder: Path, *, is_litmus: bool) -> Iterator[Practice]:
    """On a control plane of its own with Litmus or its stand-in; on KUBECONFIG's with what is there."""
    with own_plane(folder / "plane") as cluster:
        if cluster.folder is None and has_litmus(Wire(cluster)) != is_litmus:
            pytest.skip(f"{cluster.server}, which KUBECONFIG names, has {'no ' * is_litmus}Litmus installed")
        litmus = LitmusForReal(cluster) if is_litmus and cluster.folder else None
        if litmus:
            start(litmus, cluster)
        with beside(cluster, folder) as practice:
            yield practice
        if litmus:
            litmus.stop()


def start(litmus: LitmusForReal, cluster: Cluster) -> None:
    """Its operator keeps to the node of those who watch, as everybody does who is never to be hit."""
    litmus.start()
    litmus.scale(0)
    pinned = {"spec": {"template": {"spec": {"nodeSelector": ON_THE_WATCHERS_NODE}}}}
    cluster.ask("PATCH", OPERATOR, pinned, "merge-patch+json")
    litmus.scale(1)


@contextmanager
def beside(cluster: Cluster, folder: Path) -> Iterator[Practice]:
    """The bank laid on it, with what is played beside it; the chaos namespace as we ship it."""
    port, product, administrator = free()[0], folder / "gameday.token", folder / "administrator.token"
    authority = folder / "authority.crt"
    authority.write_text(cluster.authority)
    command = [sys.executable, "-m", "deploy.cluster.bank", "--kubeconfig", str(cluster.kubeconfig)]
    command += ["--port", str(port), "--time-scale", str(TIMES_FASTER), "--token-file", str(product)]
    command += ["--administrator-token-file", str(administrator)]
    with (folder / "bank.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=log, stderr=log)
    try:
        until(http_answers(f"http://127.0.0.1:{port}/readyz"), lambda ready: ready or process.poll(), 120)
        assert process.poll() is None, (folder / "bank.log").read_text()
        for manifest in litmus_chaos.manifests(TARGETS):
            install(cluster, manifest)
        yield Practice(
            url=f"http://127.0.0.1:{port}",
            kubeconfig=cluster.kubeconfig,
            product=Connection(cluster.server, str(authority), str(product), read_timeout=10.0),
            administrator=Connection(cluster.server, str(authority), str(administrator), read_timeout=10.0),
            look_within=10.0,
        )
    finally:
        process.terminate()
        process.wait(15)


def install(cluster: Cluster, manifest: dict[str, Any]) -> None:
    """Create it, unless it is there."""
    resource = Resource(manifest["apiVersion"], f"{manifest['kind'].lower()}s")
    cluster.ensure(resource.path(manifest["metadata"].get("namespace", "")), manifest)
