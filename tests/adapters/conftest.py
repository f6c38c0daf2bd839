"""The practice cluster as a process of its own, twenty times faster, and left clean after each test."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from tests.adapters.things import UnderTest, pods_of, until

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = LitmusSettings("chaos", "chaos-runner")


@dataclass(frozen=True)
class Practice:
    url: str
    token_file: str
    kubeconfig: Path

    def admin_api(self) -> KubernetesApi:
        """As its administrator, over TLS with the cluster's own CA."""
        config = yaml.safe_load(self.kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        ca, token = self.kubeconfig.with_suffix(".ca"), self.kubeconfig.with_suffix(".token")
        ca.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
        token.write_text(user["token"])
        return KubernetesApi(Connection(cluster["server"], str(ca), str(token)))

    def turn(self, **switches: Any) -> None:
        body = json.dumps(switches).encode()
        urllib.request.urlopen(f"{self.url}/rehearsal/switches", body, timeout=5).close()  # noqa: S310

    def api(self) -> KubernetesApi:
        return KubernetesApi(Connection(self.url, token_file=self.token_file, read_timeout=2.0))

    def cluster(self, look_within: float = 3.0) -> LitmusCluster:
        return LitmusCluster(self.api(), SETTINGS, look_within=look_within)


@pytest.fixture(scope="session")
def practice_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practising(tmp_path_factory.mktemp("practice"), times_faster=20) as practice:
        yield practice


@contextmanager
def practising(folder: Path, times_faster: int) -> Iterator[Practice]:
    token, kubeconfig = folder / "token", folder / "kubeconfig"
    command = [sys.executable, "-m", "deploy.rehearsal", "--port", "0", "--time-scale", str(times_faster)]
    process = subprocess.Popen(
        [*command, "--token-file", str(token), "--kubeconfig", str(kubeconfig)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, f"the practice cluster did not start: {line!r}"
        practice = Practice(line.split()[-1], str(token), kubeconfig)
        under_test = bank(practice)
        until(lambda: pods_of(under_test), lambda pods: len(pods) == 6 and all(pod.is_ready for pod in pods))
        yield practice
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def practice(practice_process: Practice) -> Iterator[Practice]:
    yield practice_process
    practice_process.turn(api=[], operator="up", revert="ok")
    cluster, under_test = practice_process.cluster(), bank(practice_process)

    def swept() -> object:
        cluster.remove(cluster.residue())
        return cluster.residue()

    until(swept, lambda left: not left)
    cluster.release_lever()
    until(
        lambda: pods_of(under_test),
        lambda pods: len(pods) == 6 and all(pod.is_ready and not pod.is_leaving for pod in pods),
    )


def bank(practice: Practice) -> UnderTest:
    return UnderTest(practice.cluster, "payments", {"app": "payments-api"})


@pytest.fixture(params=["rehearsal"])
def cluster_under_test(request: pytest.FixtureRequest) -> UnderTest:
    """Every implementation that the contract is run against, by name."""
    makers = {"rehearsal": lambda: bank(request.getfixturevalue("practice"))}
    return makers[request.param]()
