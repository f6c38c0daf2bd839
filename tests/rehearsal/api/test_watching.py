"""Watches, through the official client and bare HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from kubernetes import client, watch

from deploy.rehearsal.store import CONFIG_MAPS, PODS
from tests.rehearsal.api.things import config, pod, refused
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api


def _events(
    api: RunningApi, query: str, path: str = "/api/v1/namespaces/payments/configmaps"
) -> Iterator[Any]:
    answer = urllib3.PoolManager().request(
        "GET",
        f"{api.url}{path}?watch=true&{query}",
        headers={"authorization": f"Bearer {ADMIN}"},
        preload_content=False,
        timeout=10,
    )
    return (json.loads(line) for line in answer)


def _told(event: Any) -> tuple[str, str]:
    return event["type"], event["object"]["metadata"]["name"]


def test_a_watch_from_a_version_tells_what_came_after_it(api: RunningApi, admin: Any):
    core = client.CoreV1Api(admin)
    core.create_namespaced_config_map("payments", config("before"))
    version = core.list_namespaced_config_map("payments").metadata.resource_version
    core.create_namespaced_config_map("payments", config("a"))
    events = _events(api, f"resourceVersion={version}")
    assert _told(next(events)) == ("ADDED", "a")
    core.patch_namespaced_config_map("a", "payments", {"data": {"a": "2"}})
    core.delete_namespaced_config_map("a", "payments")
    changed, gone = next(events), next(events)
    assert [_told(changed), _told(gone)] == [("MODIFIED", "a"), ("DELETED", "a")]
    versions = [int(one["object"]["metadata"]["resourceVersion"]) for one in (changed, gone)]
    assert versions == sorted(set(versions)) and versions[0] > int(version)


def test_a_watch_without_a_version_begins_with_what_is_there(api: RunningApi, admin: Any):
    core = client.CoreV1Api(admin)
    core.create_namespaced_config_map("payments", config("a"))
    stream = watch.Watch().stream(core.list_namespaced_config_map, "payments", timeout_seconds=10)
    assert [(event["type"], event["object"].metadata.name) for event in [next(stream)]] == [("ADDED", "a")]


def test_a_watch_ends_at_its_timeout(api: RunningApi):
    assert list(_events(api, "resourceVersion=0&timeoutSeconds=1")) == []


def test_an_object_that_stops_matching_is_deleted_for_the_watcher(api: RunningApi):
    events = _events(api, "labelSelector=a%3Db&resourceVersion=0")
    api.do(lambda: api.store.create(CONFIG_MAPS, config("other")))
    api.do(lambda: api.store.create(CONFIG_MAPS, config("x")))
    for labels in ({"a": "b"}, {"a": "b", "c": "d"}, {"a": "z"}):
        api.do(
            lambda labels=labels: api.store.patch(
                CONFIG_MAPS, "x", {"metadata": {"labels": labels}}, "payments"
            )
        )
    assert [_told(next(events)) for _ in range(3)] == [("ADDED", "x"), ("MODIFIED", "x"), ("DELETED", "x")]


def test_a_watch_of_one_object_tells_of_no_other(api: RunningApi):
    events = _events(api, "fieldSelector=metadata.name%3Db&resourceVersion=0", "/api/v1/pods")
    api.do(lambda: [api.store.create(PODS, pod(name)) for name in ("a", "b")])
    assert _told(next(events)) == ("ADDED", "b")


def test_a_version_that_is_too_old_has_expired():
    with running_api(history=3) as api:
        begin = api.store.version
        for number in range(5):
            api.do(lambda number=number: api.store.create(CONFIG_MAPS, config(f"c{number}")))
        [event] = list(_events(api, f"resourceVersion={begin}"))
        assert (event["type"], event["object"]["code"], event["object"]["reason"]) == (
            "ERROR",
            410,
            "Expired",
        )
        core = client.CoreV1Api(api.client())
        stream = watch.Watch().stream(
            core.list_namespaced_config_map, "payments", resource_version=str(begin)
        )
        assert refused(lambda: next(stream)).status == 410


@pytest.mark.parametrize("version", ["x", "1.5"])
def test_a_version_that_is_no_number_is_refused(admin: Any, version: str):
    core = client.CoreV1Api(admin)
    stream = watch.Watch().stream(core.list_namespaced_config_map, "payments", resource_version=version)
    assert refused(lambda: next(stream)).status == 400


def test_a_watch_by_path_of_a_client_that_left_is_forgotten(api: RunningApi):
    before = len(api.store.shelf._callbacks)
    events = _events(api, "resourceVersion=0")
    api.do(lambda: api.store.create(CONFIG_MAPS, config("a")))
    next(events)
    assert len(api.store.shelf._callbacks) == before + 1
    events.close()  # type: ignore[attr-defined]
    assert len(list(_events(api, "resourceVersion=0&timeoutSeconds=1"))) == 1


def test_a_client_that_asks_for_it_is_told_when_it_has_seen_all_there_was(api: RunningApi):
    api.do(lambda: api.store.create(CONFIG_MAPS, config("a")))
    events = _events(api, "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")
    assert _told(next(events)) == ("ADDED", "a")
    bookmark = next(events)
    assert bookmark["type"] == "BOOKMARK"
    assert bookmark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    api.do(lambda: api.store.delete(CONFIG_MAPS, "a", "payments"))
    assert _told(next(events)) == ("DELETED", "a")
