"""The pace of a real control plane, and the routes that others mount."""

import time
from collections.abc import Callable
from statistics import median

import pytest
import urllib3
from kubernetes import client

from deploy.rehearsal.api.http import Receive, Scope, Send
from deploy.rehearsal.store import CONFIG_MAPS, PODS
from tests.rehearsal.api.things import config, pod
from tests.support.rehearsal_api import running_api


def _milliseconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def test_requests_take_about_as_long_as_on_a_real_server():
    with running_api(pace=1.0) as api:
        core = client.CoreV1Api(api.client())
        core.list_namespace()

        def make(name: str) -> None:
            api.do(lambda: api.store.create(PODS, pod(name), keep_status=True))

        for name in ("a", "b", "c", "evicted"):
            make(name)
        read = [_milliseconds(lambda: core.read_namespaced_pod("a", "payments")) for _ in range(9)]
        write = [
            _milliseconds(lambda n=n: core.create_namespaced_config_map("payments", config(f"c{n}")))
            for n in range(9)
        ]
        gone = [_milliseconds(lambda n=n: core.delete_namespaced_pod(n, "payments")) for n in ("a", "b", "c")]
        eviction = {"metadata": {"name": "evicted", "namespace": "payments"}}
        evicted = _milliseconds(lambda: core.create_namespaced_pod_eviction("evicted", "payments", eviction))
    assert 2 <= median(read) < 30
    assert 5 <= median(write) < 40
    assert 10 <= median(gone) < 50
    assert 100 <= evicted < 180


def test_a_list_of_a_quiet_kind_waits_for_writes_elsewhere_once():
    with running_api(pace=1.0) as api:
        core = client.CoreV1Api(api.client())
        core.list_namespaced_pod("payments")
        again = _milliseconds(lambda: core.list_namespaced_pod("payments"))
        api.do(lambda: api.store.create(CONFIG_MAPS, config("a")))
        stale = _milliseconds(lambda: core.list_namespaced_pod("payments", resource_version="0"))
        first = _milliseconds(lambda: core.list_namespaced_pod("payments"))
        second = _milliseconds(lambda: core.list_namespaced_pod("payments"))
    assert first >= 95
    assert max(again, stale, second) < 60


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": f"hello {scope['path']}".encode()})


@pytest.mark.parametrize(("path", "status"), [("/metrics", 200), ("/metrics/deep", 200), ("/metricsx", 401)])
def test_mounted_routes_answer_without_a_token(path: str, status: int):
    with running_api(mounts={"/metrics": _hello}) as api:
        answer = urllib3.PoolManager().request("GET", api.url + path)
    assert answer.status == status
    assert (answer.data.decode() == f"hello {path}") is (status == 200)
