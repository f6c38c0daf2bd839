"""deploy/halt.sh on a real API server, with nothing but the rights of who may end faults and begin none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chaos.adapters.litmus_manifests import GRANT, LEVER
from chaos.faults.own_rights import REVERTER
from deploy.cluster.handle import Answered, Cluster
from tests.adapters.things import until
from tests.cluster.accounts import an_account, status_as
from tests.support import kubectl

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(not kubectl.program(), reason=kubectl.WHY_NOT),
]

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "halt.sh"
OURS = {"app.kubernetes.io/managed-by": "gameday", "gameday/run": "0a1b2c3d"}
NAME = "gd-0a1b2c3d-0"


def test_the_reverters_rights_end_it_all_and_what_they_do_not_show_is_said(
    litmus_kinds: Cluster, namespace: str, tmp_path: Path
):
    cluster = litmus_kinds
    token = an_account(cluster, namespace, "reverter", *(right.rule for right in REVERTER.here))
    litmus = f"/apis/litmuschaos.io/v1alpha1/namespaces/{namespace}/chaosengines"
    leases = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
    pods = f"/api/v1/namespaces/{namespace}/pods"
    until(lambda: status_as(cluster, token, "GET", leases), lambda status: status == 200)

    noted = {"name": GRANT, "labels": OURS, "annotations": {"gameday/note": "n1 was schedulable"}}
    grant = cluster.ask("POST", leases, {"metadata": noted})
    owner = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "name": GRANT,
        "uid": grant["metadata"]["uid"],
    }
    engine = {
        "apiVersion": "litmuschaos.io/v1alpha1",
        "kind": "ChaosEngine",
        "metadata": {"name": NAME, "labels": OURS, "ownerReferences": [owner]},
        "spec": {"engineState": "stop", "experiments": [{"name": "pod-delete"}]},
    }
    uid = cluster.ask("POST", litmus, engine)["metadata"]["uid"]
    helper = {
        "metadata": {"name": "helper-x1", "labels": {"chaosUID": uid}},
        "spec": {"containers": [{"name": "it", "image": "it"}], "schedulerName": "nobody"},
    }
    cluster.ask("POST", pods, helper)

    config = kubectl.kubeconfig(tmp_path / "config", cluster.server, token, _authority(cluster, tmp_path))
    done = subprocess.run(
        ["/bin/sh", str(SCRIPT), "--reason", "A drill", "--by", "omar", "--namespace", namespace],
        capture_output=True,
        text=True,
        timeout=150,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "KUBECTL": kubectl.program(),
            "KUBECONFIG": str(config),
        },
    )
    said = done.stdout + done.stderr
    assert "gameday/note: n1 was schedulable" in said
    assert "Nodes may not be listed with these rights" in said
    assert "NetworkPolicies may not be listed with these rights" in said
    lever = cluster.ask("GET", f"/api/v1/namespaces/{namespace}/configmaps/{LEVER}")
    assert lever["data"]["reason"] == "A drill (by omar)"
    for gone in (f"{litmus}/{NAME}", f"{leases}/{GRANT}"):
        with pytest.raises(Answered, match="404"):
            cluster.ask("GET", gone)
    assert cluster.ask("GET", pods)["items"] == [], said
    assert done.returncode == 2, "that no policy is left was not seen"


def _authority(cluster: Cluster, folder: Path) -> Path:
    file = folder / "ca.crt"
    file.write_text(cluster.authority)
    return file
