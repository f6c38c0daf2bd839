"""Targets are looked at by name too: whoever takes a pod's labels off takes no fault out of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_kinds import PODS
from chaos.domain.injection import Injection
from chaos.domain.sight import Pod
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults import example
from chaos.faults.catalogue import find, plan_injections
from tests.adapters.practice import Practice
from tests.adapters.things import a_run

REF = a_run()
NAMES = ("api-0", "api-1", "api-2")
EVERY = pytest.mark.parametrize("fault", ["pod-network-latency", "pod-delete", "container-kill"])


@pytest.fixture
def api(practice: Practice) -> KubernetesApi:
    return practice.admin_api()


@pytest.fixture
def pods(api: KubernetesApi) -> Iterator[dict[str, str]]:
    """Three pods of the selector: their UIDs by name."""
    yield {name: _make(api, name) for name in NAMES}
    for name in NAMES:
        with suppress(NotFound):
            api.delete(PODS, "payments", name, grace=0)


@pytest.fixture
def cluster(practice: Practice) -> LitmusCluster:
    return practice.cluster()


def _make(api: KubernetesApi, name: str) -> str:
    pod = {
        "metadata": {"name": name, "namespace": "payments", "labels": {"app": "api"}},
        "spec": {"containers": [{"name": "main", "image": "bank/api:1"}]},
    }
    return str(api.create(PODS, "payments", pod)["metadata"]["uid"])


def _seen(cluster: LitmusCluster, injection: Injection) -> dict[str, str]:
    sight = cluster.look(REF, [injection])
    assert sight.unseen == ""
    return {pod.name: pod.uid for pod in sight.pods}


def _injection(fault: str, pods: dict[str, str]) -> Injection:
    targets = TargetSpec("payments", "deployment", {"app": "api"}, count=2)
    parameters = find(fault).canonical(example.parameters(find(fault)))
    spec = FaultSpec(fault, timedelta(seconds=60), targets, parameters)
    named = tuple(
        Pod("payments", name, uid, "node-0", True, False, {"app": "api"}) for name, uid in pods.items()
    )
    (planned,) = plan_injections(REF.short, 0, spec, Targets("payments", named[:2], 3, 3))
    return planned


def relabel(api: KubernetesApi, name: str) -> None:
    labels = {"app": None, "quarantined-by": "ravi"}
    api.merge_patch(PODS, "payments", name, {"metadata": {"labels": labels}})


@EVERY
def test_a_target_whose_labels_somebody_took_off_is_still_seen(
    fault: str, api: KubernetesApi, cluster: LitmusCluster, pods: dict[str, str]
) -> None:
    injection = _injection(fault, pods)
    assert _seen(cluster, injection) == pods
    relabel(api, "api-0")
    assert _seen(cluster, injection) == pods


def test_a_pod_that_is_no_target_is_not_followed(
    api: KubernetesApi, cluster: LitmusCluster, pods: dict[str, str]
) -> None:
    relabel(api, "api-2")
    assert set(_seen(cluster, _injection("pod-network-latency", pods))) == {"api-0", "api-1"}


@EVERY
def test_what_comes_back_under_a_target_s_name_is_seen_as_another(
    fault: str, api: KubernetesApi, cluster: LitmusCluster, pods: dict[str, str]
) -> None:
    injection = _injection(fault, pods)
    api.delete(PODS, "payments", "api-0", grace=0)
    assert set(_seen(cluster, injection)) == {"api-1", "api-2"}
    again = _make(api, "api-0")
    assert again != pods["api-0"]
    assert _seen(cluster, injection) == pods | {"api-0": again}


@EVERY
def test_a_target_is_asked_for_by_name_only_when_its_selector_no_longer_finds_it(
    fault: str,
    api: KubernetesApi,
    cluster: LitmusCluster,
    pods: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    get = KubernetesApi.get

    def counted(self: KubernetesApi, resource: object, namespace: str, name: str, **more: float) -> object:
        asked.append(name)
        return get(self, resource, namespace, name, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(KubernetesApi, "get", counted)
    injection = _injection(fault, pods)
    _seen(cluster, injection)
    assert not set(asked) & set(NAMES)
    api.delete(PODS, "payments", "api-0", grace=0)
    _seen(cluster, injection)
    assert set(asked) & set(NAMES) == {"api-0"}
