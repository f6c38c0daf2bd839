"""Experiments installed on a cluster: created, made as ours where they differ, and read back."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import Forbidden
from chaos.domain.images import USUAL_IMAGES
from chaos.faults import experiments
from chaos.faults.catalogue import FAULTS, find
from chaos.ports import Preflight
from deploy.rehearsal.store import CHAOS_EXPERIMENTS
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api


@pytest.fixture(scope="module")
def api() -> Iterator[RunningApi]:
    with running_api() as running:
        running.account("nobody-token", "nobody")
        yield running


@pytest.fixture
def cluster(api: RunningApi, tmp_path: Path) -> Iterator[LitmusCluster]:
    yield as_account(api, tmp_path, ADMIN)
    api.do(lambda: api.store.delete_all(CHAOS_EXPERIMENTS, "chaos"))


def as_account(api: RunningApi, folder: Path, token: str) -> LitmusCluster:
    file = folder / token
    file.write_text(token)
    return LitmusCluster(
        KubernetesApi(Connection(api.url, token_file=str(file))), LitmusSettings("chaos", "x")
    )


def test_all_that_we_ship_can_be_installed_twice_and_is_then_as_we_ship_it(cluster: LitmusCluster) -> None:
    ours = [fault for fault in FAULTS.values() if fault.family]
    for _ in range(2):
        for fault in ours:
            cluster.install_experiment(experiments.experiment(fault))
    found = {one["metadata"]["name"]: one for one in cluster.experiments()}
    assert set(found) == {fault.name for fault in ours}
    assert {name: experiments.differences(find(name), one) for name, one in found.items()} == dict.fromkeys(
        found, ()
    )


def test_what_stood_there_beside_ours_is_taken_out(cluster: LitmusCluster) -> None:
    loose = copy.deepcopy(experiments.experiment(find("pod-delete")))
    loose["spec"]["definition"] |= {
        "image": "litmuschaos/go-runner:latest",
        "hostPID": True,
        "labels": {"name": "pod-delete", "extra": "yes"},
        "env": [{"name": "PODS_AFFECTED_PERC", "value": "100"}],
    }
    cluster.install_experiment(loose)
    ours = experiments.experiment(find("pod-delete"))
    cluster.install_experiment(ours)
    (found,) = cluster.experiments()
    assert found["spec"] == ours["spec"]


def told_of(cluster: LitmusCluster, name: str, images: Sequence[str] = USUAL_IMAGES) -> Preflight:
    (found,) = (one for one in cluster.preflight([name], images) if one.what == f"experiment {name}")
    return found


def test_an_experiment_with_a_foreign_image_is_not_ready_and_says_so(cluster: LitmusCluster) -> None:
    evil = copy.deepcopy(experiments.experiment(find("pod-cpu-hog")))
    for setting in evil["spec"]["definition"]["env"]:
        if setting["name"] == "LIB_IMAGE":
            setting["value"] = "evil.example/helper:1"
    cluster.install_experiment(evil)
    told = told_of(cluster, "pod-cpu-hog")
    assert not told.is_met
    assert "Its LIB_IMAGE 'evil.example/helper:1' is not on this cluster's list" in told.sentence
    cluster.install_experiment(experiments.experiment(find("pod-cpu-hog")))
    assert told_of(cluster, "pod-cpu-hog").is_met
    assert not told_of(cluster, "pod-cpu-hog", ("bank/",)).is_met


def test_without_the_right_the_verb_that_is_missing_is_named(api: RunningApi, tmp_path: Path) -> None:
    with pytest.raises(Forbidden, match="create chaosexperiments"):
        as_account(api, tmp_path, "nobody-token").install_experiment(
            experiments.experiment(find("pod-delete"))
        )
