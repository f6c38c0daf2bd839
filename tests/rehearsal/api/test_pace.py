"""The pace of a real control plane, and the routes that others mount."""

import time

import pytest
import urllib3
from kubernetes import client

from deploy.rehearsal.api import Pace
from deploy.rehearsal.api.http import Receive, Request, Scope, Send
from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.store import CONFIG_MAPS, NAMESPACES, PODS, Kind, Store
from tests.rehearsal.api.things import config, pod
from tests.support.rehearsal_api import running_api


def _request(**query: str) -> Request:
    return Request("GET", "/", {name: [value] for name, value in query.items()}, {}, b"")


def _seconds(verb: str, kind: Kind = PODS, subresource: str = "") -> float:
    return Pace().seconds(Store(), Target(kind, verb, "payments", "a", subresource), _request())


def test_each_request_takes_as_long_as_on_a_real_server():
    assert _seconds("get") == _seconds("watch") == 0.002
    assert _seconds("create") == _seconds("patch") == _seconds("delete", CONFIG_MAPS) == 0.005
    assert _seconds("delete") == 0.010
    assert _seconds("create", PODS, "eviction") == 0.100


def test_a_list_of_a_quiet_kind_waits_for_writes_elsewhere_once():
    store, pace = Store(), Pace()
    store.create(NAMESPACES, {"metadata": {"name": "payments"}})
    target = Target(PODS, "list", "payments")

    def listing(**query: str) -> float:
        return pace.seconds(store, target, _request(**query))

    listing()
    again = listing()
    store.create(CONFIG_MAPS, config("a"))
    stale = listing(resourceVersion="0")
    first, second = listing(), listing()
    store.create(PODS, pod("a"))
    own = listing()
    assert [again, stale, second, own] == [0.002] * 4
    assert first == pytest.approx(0.097)


def test_the_server_keeps_this_pace_and_adds_little_of_its_own():
    with running_api(pace=1.0) as api:
        core = client.CoreV1Api(api.client())
        taken = []
        for _ in range(12):
            begun = time.perf_counter()
            core.read_namespace("payments")
            taken.append(time.perf_counter() - begun)
        api.do(lambda: api.store.create(PODS, pod("a"), keep_status=True))
        eviction = {"metadata": {"name": "a", "namespace": "payments"}}
        begun = time.perf_counter()
        core.create_namespaced_pod_eviction("a", "payments", eviction)
        evicted = time.perf_counter() - begun
    assert 0.002 <= min(taken) < 0.035, "40 ms more would be Nagle's algorithm"
    assert evicted >= 0.100


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": f"hello {scope['path']}".encode()})


@pytest.mark.parametrize(("path", "status"), [("/metrics", 200), ("/metrics/deep", 200), ("/metricsx", 401)])
def test_mounted_routes_answer_without_a_token(path: str, status: int):
    with running_api(mounts={"/metrics": _hello}) as api:
        answer = urllib3.PoolManager().request("GET", api.url + path)
    assert answer.status == status
    assert (answer.data.decode() == f"hello {path}") is (status == 200)
