"""deploy/halt.sh against a rehearsal API: the cluster, what is in it, the script with the real kubectl."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaos.faults.own_rights import GRANT
from deploy.rehearsal.api import Listener, make
from deploy.rehearsal.store import CHAOS_ENGINES, JOBS, LEASES, NETWORK_POLICIES, NODES, PODS, Kind, Object
from tests.support import kubectl
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

SCRIPT = Path(__file__).resolve().parents[3] / "deploy" / "halt.sh"
MANAGED = {"app.kubernetes.io/managed-by": "gameday"}
OURS = {**MANAGED, "gameday/run": "0a1b2c3d-0000"}
NAME = "gd-0a1b2c3d-0"
ENGINE = {"engineState": "active", "experiments": [{"name": "pod-delete"}]}
Halt = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RunningApi]:
    certificates = make(tmp_path / "tls")
    listener = Listener(certificate=certificates.certificate, key=certificates.key)
    with running_api(listeners=[listener]) as api:
        api.play_kubelet()
        yield api


@pytest.fixture
def halt(cluster: RunningApi, tmp_path: Path) -> Halt:
    def run(*words: str, token: str = ADMIN, program: str = "") -> subprocess.CompletedProcess[str]:
        config = kubectl.kubeconfig(tmp_path / "config", cluster.url, token, tmp_path / "tls" / "ca.crt")
        return subprocess.run(
            ["/bin/sh", str(SCRIPT), *words],
            capture_output=True,
            text=True,
            timeout=60,
            env={
                "PATH": os.defpath,
                "HOME": str(tmp_path),
                "KUBECTL": program or kubectl.program(),
                "KUBECONFIG": str(config),
                "USER": "omar",
            },
        )

    return run


@pytest.fixture
def lame(tmp_path: Path) -> Callable[..., str]:
    """A kubectl that fails, `times` times, where these words are among its own."""

    def program(words: str, times: int = 1000, says: str = "the server has no time") -> str:
        file, count = tmp_path / "kubectl", tmp_path / "failed"
        file.write_text(
            f"""#!/bin/sh
            case "$*" in *'{words}'*)
                if [ "$(cat {count} 2>/dev/null | wc -l)" -lt {times} ]; then
                    echo failed >>{count}
                    echo "{says}" >&2
                    exit 1
                fi ;;
            esac
            exec {kubectl.program()} "$@"
            """
        )
        file.chmod(0o755)
        return str(file)

    return program


def put(cluster: RunningApi, kind: Kind, name: str, labels: dict[str, str], **rest: object) -> Object:
    place = {} if kind is NODES else {"namespace": "chaos"}
    meta = {"name": name, "labels": labels, **place, **rest.pop("meta", {})}  # type: ignore[dict-item]
    return cluster.do(lambda: cluster.store.create(kind, {"metadata": meta, **rest}))


def of_litmus(engine: str = "") -> dict[str, object]:
    env = [{"name": "CHAOSENGINE", "value": engine}] if engine else []
    return {"spec": {"containers": [{"name": "it", "image": "it", "env": env}]}}


def names(cluster: RunningApi, kind: Kind) -> list[str]:
    return cluster.do(lambda: sorted(item["metadata"]["name"] for item in cluster.store.view(kind)))


@pytest.fixture
def full(cluster: RunningApi) -> RunningApi:
    """An engine of ours with what Litmus made for it, what an earlier one left, and what is others'."""
    put(cluster, LEASES, GRANT, OURS)
    uid = put(cluster, CHAOS_ENGINES, NAME, OURS, spec=ENGINE)["metadata"]["uid"]
    put(cluster, JOBS, "pod-delete-x1", {"chaosUID": uid}, spec={"template": of_litmus()})
    put(cluster, PODS, "pod-delete-x1-abc", {"chaosUID": uid}, **of_litmus())
    put(cluster, PODS, "helper-of-a-lost-engine", {"chaosUID": "gone"}, **of_litmus("gd-99999999-1"))
    put(cluster, PODS, "its-sidekick", {"chaosUID": "gone"}, **of_litmus())
    put(cluster, CHAOS_ENGINES, "theirs", {"team": "other"}, spec=ENGINE)
    put(cluster, PODS, "theirs-1", {"chaosUID": "other"}, **of_litmus("theirs"))
    put(cluster, NODES, "n1", {}, spec={"unschedulable": True})
    return cluster


def cut(cluster: RunningApi, name: str, selects: dict[str, str], uid: str = "unheard-of") -> None:
    """A NetworkPolicy as Litmus makes it beside its target."""
    labels = {"app.kubernetes.io/part-of": "litmus", "chaosUID": uid}
    meta = {"name": name, "namespace": "payments", "labels": labels}
    spec = {"podSelector": {"matchLabels": selects}}
    cluster.do(lambda: cluster.store.create(NETWORK_POLICIES, {"metadata": meta, "spec": spec}))
