"""`make day KUBECONFIG=…`: the command itself, from the plan file to the evidence, on a real API server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from deploy.cluster.handle import Cluster
from deploy.local import ports
from deploy.local.paths import ROOT
from tests.cluster.planes import own_plane

pytestmark = pytest.mark.cluster

STACK = (ports.REDIS, ports.PROMETHEUS, ports.REHEARSAL, ports.WEB)
WITHIN = 420.0  # seconds, for what takes one minute where nothing else runs
CHAOS = "/apis/litmuschaos.io/v1alpha1/namespaces/chaos/chaosengines"


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with own_plane(tmp_path_factory.mktemp("plane")) as cluster:
        yield cluster


def make_day(kubeconfig: str, scenario: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", "day", f"KUBECONFIG={kubeconfig}", f"SCENARIO={scenario}"]
    # The database that a tier runs on is none of the day's, which makes its own.
    known = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        command, cwd=ROOT, env=known, capture_output=True, text=True, timeout=WITHIN, check=False
    )


def test_a_scenario_of_the_sample_day_is_conducted_and_proven_gone_on_the_cluster_that_make_is_given(
    plane: Cluster,
) -> None:
    with ports.elsewhere(*STACK):
        done = make_day(str(plane.kubeconfig), "pod-failure")
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert plane.server in told
    assert "proven gone" in told
    assert plane.ask("GET", CHAOS)["items"] == []


def test_a_scenario_that_the_plan_does_not_have_is_refused_with_those_that_it_has(plane: Cluster) -> None:
    with ports.elsewhere(*STACK):
        done = make_day(str(plane.kubeconfig), "no-such-scenario")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "pod-failure" in done.stdout + done.stderr
