"""kubectl itself, over TLS: it sends no token otherwise."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.rehearsal.api import Listener, make
from deploy.rehearsal.store import BUDGETS, NODES, PODS
from tests.rehearsal.api.things import budget, pod
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

_KUBECTL = shutil.which("kubectl")
pytestmark = pytest.mark.skipif(_KUBECTL is None, reason="kubectl is not installed")
Kubectl = Callable[..., "subprocess.CompletedProcess[str]"]

_ENGINE = """
apiVersion: litmuschaos.io/v1alpha1
kind: ChaosEngine
metadata: {name: run-1, namespace: chaos}
spec: {engineState: %s, experiments: [{name: pod-delete%s}]}
"""
_DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: payments-api, namespace: payments}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: 'example/app:1', env: [{name: %s, value: x}]}]}
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RunningApi]:
    certificates = make(tmp_path / "tls")
    listener = Listener(certificate=certificates.certificate, key=certificates.key)
    with running_api(listeners=[listener]) as api:
        api.play_kubelet()

        def fill() -> None:
            ready = {"conditions": [{"type": "Ready", "status": "True"}]}
            api.store.create(NODES, {"metadata": {"name": "n1"}, "status": ready}, keep_status=True)
            api.store.create(PODS, pod("web-0", labels={"app": "web"}), keep_status=True)

        api.do(fill)
        yield api


@pytest.fixture
def kubectl(cluster: RunningApi, tmp_path: Path) -> Kubectl:
    def run(*words: str, stdin: str = "", fails: bool = False) -> "subprocess.CompletedProcess[str]":
        fixed = ["--server", cluster.url, "--token", ADMIN, "--cache-dir", str(tmp_path / "cache")]
        done = subprocess.run(
            [str(_KUBECTL), *fixed, "--certificate-authority", str(tmp_path / "tls" / "ca.crt"), *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done

    return run


def test_get_and_describe_show_what_people_expect(kubectl: Kubectl):
    lines = kubectl("get", "pods", "-A", "-o", "wide").stdout.splitlines()
    assert lines[0].split() == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"]
    assert lines[1].split()[:4] == ["payments", "web-0", "0/1", "Running"]
    assert "chaosengines" in kubectl("api-resources").stdout
    assert "Labels:           app=web" in kubectl("describe", "pod", "web-0", "-n", "payments").stdout
    assert "Unschedulable:      false" in kubectl("describe", "node", "n1").stdout
    assert "pod/web-0" in kubectl("get", "all", "-n", "payments").stdout


def test_apply_creates_changes_and_leaves_alone(kubectl: Kubectl):
    said = [
        kubectl("apply", "-f", "-", stdin=_DEPLOYMENT % (replicas, setting)).stdout.split()[-1]
        for replicas, setting in ((2, "A"), (2, "A"), (3, "B"))
    ]
    assert said == ["created", "unchanged", "configured"]
    spec = json.loads(kubectl("get", "deploy", "payments-api", "-n", "payments", "-o", "json").stdout)["spec"]
    settings = [one["name"] for one in spec["template"]["spec"]["containers"][0]["env"]]
    assert (spec["replicas"], settings) == (3, ["B"])


def test_apply_of_a_chaos_engine_meets_its_schema(kubectl: Kubectl):
    kubectl("apply", "-f", "-", stdin=_ENGINE % ("active", ""))
    unknown = kubectl("apply", "-f", "-", stdin=_ENGINE % ("active", ", rank: 1"), fails=True)
    assert 'strict decoding error: unknown field "spec.experiments[0].rank"' in unknown.stderr
    wrong = kubectl("apply", "-f", "-", stdin=_ENGINE % ("paused", ""), fails=True)
    assert 'The ChaosEngine "run-1" is invalid: spec.engineState' in wrong.stderr
    patch = '{"spec":{"engineState":"stop"}}'
    kubectl("patch", "chaosengine", "run-1", "-n", "chaos", "--type=merge", "-p", patch)
    assert (
        'chaosengine.litmuschaos.io "run-1" deleted'
        in kubectl("delete", "-f", "-", stdin=_ENGINE % ("stop", "")).stdout
    )


def test_cordon_and_drain_respect_the_budget(cluster: RunningApi, kubectl: Kubectl):
    kubectl("cordon", "n1")
    assert "Ready,SchedulingDisabled" in kubectl("get", "node", "n1").stdout
    cluster.do(lambda: cluster.store.create(BUDGETS, budget("web", minAvailable=1)))
    refused = kubectl("drain", "n1", "--force", "--timeout=1s", fails=True)
    assert "Cannot evict pod as it would violate the pod's disruption budget." in refused.stderr
    kubectl("delete", "pdb", "web", "-n", "payments")
    assert "node/n1 drained" in kubectl("drain", "n1", "--force", "--timeout=10s").stdout
    assert cluster.do(lambda: cluster.store.find(PODS, "web-0", "payments")) is None
    assert "node/n1 uncordoned" in kubectl("uncordon", "n1").stdout


def test_a_pod_is_deleted_and_kubectl_sees_it_go(kubectl: Kubectl):
    assert 'pod "web-0" deleted' in kubectl("delete", "pod", "web-0", "-n", "payments").stdout
    kubectl("get", "pod", "web-0", "-n", "payments", fails=True)
