"""Workloads by their own labels, how many replicas they are to have, and set back to that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import Refused
from chaos.domain.sight import Workload
from deploy.rehearsal.platform import manifests
from deploy.rehearsal.store import AUTOSCALERS, DEPLOYMENTS
from tests.adapters.things import a_run, an_injection
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

REF = a_run()


@pytest.fixture
def api() -> Iterator[RunningApi]:
    with running_api() as running:
        for name, replicas in (("api", 3), ("web", 2)):
            template = manifests.pod_template(name, "x:1", startup=1, shutdown=1)
            made = manifests.workload(name, "payments", replicas, template)
            running.do(lambda made=made: running.store.create(DEPLOYMENTS, made))
        yield running


@pytest.fixture
def cluster(api: RunningApi, tmp_path: Path) -> LitmusCluster:
    (tmp_path / "token").write_text(ADMIN)
    connection = Connection(api.url, token_file=str(tmp_path / "token"))
    return LitmusCluster(KubernetesApi(connection), LitmusSettings("chaos", "x"))


def scaled(api: RunningApi, replicas: int) -> None:
    patch = {"spec": {"replicas": replicas}}
    api.do(lambda: api.store.patch(DEPLOYMENTS, "api", patch, "payments"))


def replicas_now(api: RunningApi) -> int:
    return int(api.do(lambda: api.store.get(DEPLOYMENTS, "api", "payments"))["spec"]["replicas"])


def the_api(cluster: LitmusCluster) -> Workload:
    (found,) = cluster.workloads("payments", "deployment", {"app": "api"})
    return found


def test_what_sets_its_number_by_itself_is_found_with_it(api: RunningApi, cluster: LitmusCluster) -> None:
    for name, kind, of in (("by-load", "Deployment", "web"), ("by-queue", "StatefulSet", "api")):
        scaler = {
            "metadata": {"name": name, "namespace": "payments"},
            "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": of}, "maxReplicas": 9},
        }
        api.do(lambda scaler=scaler: api.store.create(AUTOSCALERS, scaler))
    assert the_api(cluster).scaled_by == "", "a StatefulSet of the same name is another workload"
    (web,) = cluster.workloads("payments", "deployment", {"app": "web"})
    assert web.scaled_by == "by-load"


def test_a_workload_is_found_by_its_own_labels_with_its_number(cluster: LitmusCluster) -> None:
    found = the_api(cluster)
    assert (found.kind, found.namespace, found.name, found.replicas) == ("deployment", "payments", "api", 3)
    assert cluster.workloads("payments", "statefulset", {"app": "api"}) == ()
    with pytest.raises(Refused, match="daemonset has no number of replicas"):
        cluster.workloads("payments", "daemonset", {"app": "api"})


def test_a_look_shows_how_many_it_is_to_have(api: RunningApi, cluster: LitmusCluster) -> None:
    pre = the_api(cluster)
    injection = an_injection(REF)
    injection = replace(injection, postcondition=replace(injection.postcondition, workloads=(pre,)))
    scaled(api, 9)
    assert cluster.look(REF, [injection]).workloads == (replace(pre, replicas=9),)
    api.do(lambda: api.store.delete(DEPLOYMENTS, "api", "payments"))
    assert cluster.look(REF, [injection]).workloads == ()


def test_it_is_set_back_and_safe_to_repeat(api: RunningApi, cluster: LitmusCluster) -> None:
    pre = the_api(cluster)
    scaled(api, 9)
    cluster.restore_workload(pre)
    cluster.restore_workload(pre)
    assert replicas_now(api) == 3


def test_another_of_its_name_or_none_is_left_alone(api: RunningApi, cluster: LitmusCluster) -> None:
    pre = the_api(cluster)
    scaled(api, 9)
    cluster.restore_workload(replace(pre, uid="of-another"))
    assert replicas_now(api) == 9
    api.do(lambda: api.store.delete(DEPLOYMENTS, "api", "payments"))
    cluster.restore_workload(pre)
