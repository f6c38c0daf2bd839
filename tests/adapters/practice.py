"""A cluster with the practice bank on it, whatever is behind it: the rehearsal, or a real API server."""

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

import yaml

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from tests.adapters.things import UnderTest, pods_of, until

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = LitmusSettings("chaos", "chaos-{family}")
WELL: dict[str, Any] = {"api": [], "operator": "up", "revert": "ok", "helper": "ok", "kubelet": "up"}


@dataclass(frozen=True)
class Practice:
    """The platform's pages at `url`, the product's way into the cluster and the administrator's.

    `look_within` seconds are enough for the adapter to look at a run.
    """

    url: str
    kubeconfig: Path
    product: Connection
    administrator: Connection
    look_within: float = 3.0

    def admin_api(self) -> KubernetesApi:
        return KubernetesApi(self.administrator)

    def api(self) -> KubernetesApi:
        return KubernetesApi(self.product)

    def cluster(self, look_within: float | None = None) -> LitmusCluster:
        """The product's adapter, knowing nothing of those before."""
        return LitmusCluster(self.api(), SETTINGS, look_within=look_within or self.look_within)

    def state(self) -> dict[str, Any]:
        """GET /rehearsal/state."""
        return dict(self._page("state"))

    def turn(self, **switches: Any) -> None:
        self._page("switches", json.dumps(switches).encode())

    def without_operator(self) -> None:
        """Returns when Litmus' operator is gone."""
        self.turn(operator="down")
        until(self.state, lambda seen: not [key for key in seen["pods"] if key.startswith("litmus/")])

    def set_right(self) -> None:
        """Every switch that there is, as it should be."""
        self.turn(**{name: WELL[name] for name in self._page("switches") if name in WELL})

    def _page(self, name: str, given: bytes | None = None) -> Any:
        with urllib.request.urlopen(f"{self.url}/rehearsal/{name}", given, timeout=10) as answer:  # noqa: S310
            return json.load(answer)


def bank(practice: Practice) -> UnderTest:
    return UnderTest(practice.cluster, "payments", {"app": "payments-api"})


def whole_bank(practice: Practice) -> None:
    """Returns when all six pods serve, and none is on its way out."""
    under_test = bank(practice)
    until(
        lambda: pods_of(under_test),
        lambda pods: len(pods) == 6 and all(pod.is_ready and not pod.is_leaving for pod in pods),
    )


@contextmanager
def practising(folder: Path, times_faster: int) -> Iterator[Practice]:
    """The rehearsal cluster as a process of its own."""
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
        url = line.split()[-1]
        product = Connection(url, token_file=str(token), read_timeout=2.0)
        practice = Practice(url, kubeconfig, product, _administrator(kubeconfig))
        whole_bank(practice)
        yield practice
    finally:
        process.terminate()
        process.wait(10)


def _administrator(kubeconfig: Path) -> Connection:
    """Over TLS with the cluster's own CA."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    ca, token = kubeconfig.with_suffix(".ca"), kubeconfig.with_suffix(".token")
    ca.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    token.write_text(user["token"])
    return Connection(cluster["server"], str(ca), str(token))
