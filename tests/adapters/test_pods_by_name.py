"""Targets are looked at by name too: whoever takes a pod's labels off takes no fault out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.injection import Injection
from chaos.domain.sight import Pod
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults import example
from chaos.faults.catalogue import find, plan_injections
from deploy.rehearsal.store import PODS
from tests.adapters.things import a_run
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

REF = a_run()
NAMES = ("api-0", "api-1", "api-2")
EVERY = pytest.mark.parametrize("fault", ["pod-network-latency", "pod-delete", "container-kill"])


@pytest.fixture(scope="module")
def api() -> Iterator[RunningApi]:
    with running_api() as running:
        yield running


@pytest.fixture
def pods(api: RunningApi) -> Iterator[dict[str, str]]:
    """Three pods of the selector: their UIDs by name."""
    yield {name: _make(api, name, {"app": "api"}) for name in NAMES}
    api.do(lambda: api.store.delete_all(PODS, "payments"))


@pytest.fixture
def cluster(api: RunningApi, tmp_path: Path) -> LitmusCluster:
    file = tmp_path / "token"
    file.write_text(ADMIN)
    return LitmusCluster(
        KubernetesApi(Connection(api.url, token_file=str(file))), LitmusSettings("chaos", "x")
    )


def _make(api: RunningApi, name: str, labels: dict[str, str]) -> str:
    pod = {
        "metadata": {"name": name, "namespace": "payments", "labels": labels},
        "spec": {"containers": [{"name": "main", "image": "bank/api:1"}]},
    }
    return str(api.do(lambda: api.store.create(PODS, pod))["metadata"]["uid"])


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


@pytest.fixture
def relabel(api: RunningApi) -> Callable[[str], None]:
    def take_off(name: str) -> None:
        def do() -> None:
            pod = api.store.get(PODS, name, "payments")
            pod["metadata"]["labels"] = {"quarantined-by": "ravi"}
            api.store.update(PODS, pod)

        api.do(do)

    return take_off


@EVERY
def test_a_target_whose_labels_somebody_took_off_is_still_seen(
    fault: str, cluster: LitmusCluster, pods: dict[str, str], relabel: Callable[[str], None]
) -> None:
    injection = _injection(fault, pods)
    assert _seen(cluster, injection) == pods
    relabel("api-0")
    assert _seen(cluster, injection) == pods


def test_a_pod_that_is_no_target_is_not_followed(
    cluster: LitmusCluster, pods: dict[str, str], relabel: Callable[[str], None]
) -> None:
    relabel("api-2")
    assert set(_seen(cluster, _injection("pod-network-latency", pods))) == {"api-0", "api-1"}


@EVERY
def test_what_comes_back_under_a_target_s_name_is_seen_as_another(
    fault: str, api: RunningApi, cluster: LitmusCluster, pods: dict[str, str]
) -> None:
    injection = _injection(fault, pods)
    api.do(lambda: api.store.delete(PODS, "api-0", "payments", grace=0))
    assert set(_seen(cluster, injection)) == {"api-1", "api-2"}
    again = _make(api, "api-0", {"app": "api"})
    assert again != pods["api-0"]
    assert _seen(cluster, injection) == pods | {"api-0": again}


@EVERY
def test_a_target_is_asked_for_by_name_only_when_its_selector_no_longer_finds_it(
    fault: str, api: RunningApi, cluster: LitmusCluster, pods: dict[str, str], monkeypatch: pytest.MonkeyPatch
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
    api.do(lambda: api.store.delete(PODS, "api-0", "payments", grace=0))
    _seen(cluster, injection)
    assert set(asked) & set(NAMES) == {"api-0"}
