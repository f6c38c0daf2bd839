"""Delete, its conditions and what follows from it, through the official client."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from kubernetes import client

from deploy.rehearsal.store import CONFIG_MAPS, JOBS, LEASES, NAMESPACES, PODS, Object
from tests.rehearsal.api.things import config, owner, pod, refused
from tests.support.rehearsal_api import RunningApi, running_api


@pytest.fixture
def core(admin: Any) -> client.CoreV1Api:
    return client.CoreV1Api(admin)


def _soon(true: Callable[[], bool], within: float = 3.0) -> bool:
    """Whether it becomes true within seconds."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def _there(api: RunningApi, name: str) -> Object | None:
    return api.do(lambda: api.store.find(CONFIG_MAPS, name, "payments"))


def test_a_delete_with_the_wrong_uid_or_version_conflicts(core: client.CoreV1Api):
    made = core.create_namespaced_config_map("payments", config("a")).metadata
    for wrong in ({"uid": "someone-else"}, {"resourceVersion": "1"}):
        body = {"preconditions": wrong}
        refusal = refused(lambda body=body: core.delete_namespaced_config_map("a", "payments", body=body))
        assert (refusal.status, "Precondition failed" in refusal.body) == (409, True)
    right = {"preconditions": {"uid": made.uid, "resourceVersion": made.resource_version}}
    answer = core.delete_namespaced_config_map("a", "payments", body=right)
    assert answer["status"] == "Success"
    assert refused(lambda: core.delete_namespaced_config_map("a", "payments")).status == 404


def test_a_pod_keeps_its_own_grace_unless_another_is_asked(api: RunningApi, core: client.CoreV1Api):
    api.do(lambda: [api.store.create(PODS, pod(name), keep_status=True) for name in ("a", "b", "c")])
    assert core.delete_namespaced_pod("a", "payments").metadata.deletion_grace_period_seconds == 30
    five = core.delete_namespaced_pod("b", "payments", grace_period_seconds=5)
    assert five.metadata.deletion_grace_period_seconds == 5
    core.delete_namespaced_pod("c", "payments", body={"gracePeriodSeconds": 0})
    assert [one.metadata.name for one in core.list_namespaced_pod("payments").items] == ["a", "b"]


def test_a_kubelet_ends_what_was_deleted(api: RunningApi, core: client.CoreV1Api):
    api.play_kubelet()
    api.do(lambda: api.store.create(PODS, pod("a"), keep_status=True))
    core.delete_namespaced_pod("a", "payments")
    assert refused(lambda: core.read_namespaced_pod("a", "payments")).status == 404


def test_a_finalizer_holds_an_object_and_none_can_be_added_later(core: client.CoreV1Api):
    core.create_namespaced_config_map("payments", config("a", finalizers=["example.org/hold"]))
    core.delete_namespaced_config_map("a", "payments")
    assert core.read_namespaced_config_map("a", "payments").metadata.deletion_timestamp is not None
    late = {"metadata": {"finalizers": ["example.org/hold", "example.org/late"]}}
    refusal = refused(lambda: core.patch_namespaced_config_map("a", "payments", late))
    assert (refusal.status, "no new finalizers can be added" in refusal.body) == (422, True)
    core.patch_namespaced_config_map("a", "payments", {"metadata": {"finalizers": None}})
    assert refused(lambda: core.read_namespaced_config_map("a", "payments")).status == 404


def test_a_collection_is_deleted_by_its_labels(api: RunningApi, core: client.CoreV1Api):
    for name, labels in (("a", {"chaosUID": "1"}), ("b", {"chaosUID": "1"}), ("c", {"chaosUID": "2"})):
        core.create_namespaced_config_map("payments", config(name, labels=labels))
    core.delete_collection_namespaced_config_map("payments", label_selector="chaosUID=1")
    assert [one.metadata.name for one in core.list_namespaced_config_map("payments").items] == ["c"]


def test_what_is_owned_goes_with_its_owner(api: RunningApi, admin: Any, core: client.CoreV1Api):
    grant = api.do(lambda: api.store.create(LEASES, {"metadata": {"name": "grant", "namespace": "payments"}}))
    other = api.do(lambda: api.store.create(CONFIG_MAPS, config("other")))
    core.create_namespaced_config_map("payments", config("a", ownerReferences=[owner(grant)]))
    core.create_namespaced_config_map("payments", config("b", ownerReferences=[owner(grant), owner(other)]))
    client.CoordinationV1Api(admin).delete_namespaced_lease("grant", "payments")
    assert _soon(lambda: _there(api, "a") is None)
    assert _there(api, "b"), "one owner is left"


def test_what_is_created_after_its_owner_went_is_collected_too(api: RunningApi, core: client.CoreV1Api):
    grant = core.create_namespaced_config_map("payments", config("grant"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "grant", "uid": grant.metadata.uid}
    core.delete_namespaced_config_map("grant", "payments")
    core.create_namespaced_config_map("payments", config("late", ownerReferences=[reference]))
    assert _soon(lambda: _there(api, "late") is None)


def test_an_owner_in_another_namespace_counts_as_absent(api: RunningApi, core: client.CoreV1Api):
    grant = core.create_namespaced_config_map("chaos", {"metadata": {"name": "grant"}})
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "grant", "uid": grant.metadata.uid}
    core.create_namespaced_config_map("payments", config("a", ownerReferences=[reference]))
    assert _soon(lambda: _there(api, "a") is None)


@pytest.mark.parametrize(("policy", "pod_left"), [(None, True), ("Orphan", True), ("Background", False)])
def test_a_job_leaves_its_pods_behind_unless_told_otherwise(
    api: RunningApi, admin: Any, policy: str | None, pod_left: bool
):
    def make() -> None:
        job = api.store.create(JOBS, {"metadata": {"name": "j", "namespace": "payments"}, "spec": {}})
        api.store.create(PODS, pod("j-1", node="", ownerReferences=[owner(job, controller=True)]))

    api.do(make)
    options = {"propagation_policy": policy} if policy else {}
    client.BatchV1Api(admin).delete_namespaced_job("j", "payments", **options)
    assert _soon(lambda: api.do(lambda: api.store.find(JOBS, "j", "payments")) is None)
    if pod_left:
        left = api.do(lambda: api.store.get(PODS, "j-1", "payments"))
        assert left["metadata"].get("ownerReferences", []) == []
    else:
        assert _soon(lambda: api.do(lambda: api.store.find(PODS, "j-1", "payments")) is None)


def test_foreground_waits_for_what_blocks_its_owner(api: RunningApi, admin: Any):
    def make() -> None:
        job = api.store.create(JOBS, {"metadata": {"name": "j", "namespace": "payments"}, "spec": {}})
        references = [owner(job, controller=True, blockOwnerDeletion=True)]
        api.store.create(PODS, pod("j-1", ownerReferences=references), keep_status=True)

    api.do(make)
    client.BatchV1Api(admin).delete_namespaced_job("j", "payments", propagation_policy="Foreground")
    assert _soon(
        lambda: "deletionTimestamp" in api.do(lambda: api.store.get(PODS, "j-1", "payments"))["metadata"]
    )
    assert api.do(lambda: api.store.find(JOBS, "j", "payments")), "its pod is still ending"
    api.do(lambda: api.store.delete(PODS, "j-1", "payments", grace=0))
    assert _soon(lambda: api.do(lambda: api.store.find(JOBS, "j", "payments")) is None)


def test_a_namespace_goes_with_all_that_is_in_it(api: RunningApi, core: client.CoreV1Api):
    api.do(lambda: api.store.create(PODS, pod("a"), keep_status=True))
    core.create_namespaced_config_map("payments", config("a"))
    assert core.delete_namespace("payments")["status"]["phase"] == "Terminating"
    assert core.read_namespace("payments").status.phase == "Terminating"
    refusal = refused(lambda: core.create_namespaced_config_map("payments", config("late")))
    assert (refusal.status, "it is being terminated" in refusal.body) == (403, True)
    assert _soon(lambda: _there(api, "a") is None)
    assert core.read_namespace("payments"), "a pod is still ending"
    api.do(lambda: api.store.delete(PODS, "a", "payments", grace=0))
    assert _soon(lambda: api.do(lambda: api.store.find(NAMESPACES, "payments")) is None)


def test_garbage_is_left_for_as_long_as_a_real_collector_takes():
    with running_api(collect_after=0.3) as api:
        core = client.CoreV1Api(api.client())
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "gone"}
        core.create_namespaced_config_map("payments", config("a", ownerReferences=[reference]))
        time.sleep(0.1)
        assert _there(api, "a")
        assert _soon(lambda: _there(api, "a") is None)


def test_a_collector_that_is_away_collects_what_was_left_once_it_is_back(
    api: RunningApi, core: client.CoreV1Api
):
    api.mishaps.collector_is_away = True
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "gone"}
    core.create_namespaced_config_map("payments", config("a", ownerReferences=[reference]))
    time.sleep(0.3)
    assert _there(api, "a")
    api.mishaps.collector_is_away = False
    assert _soon(lambda: _there(api, "a") is None)
