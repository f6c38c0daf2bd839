"""Evictions and disruption budgets, through the official client."""

import json
from typing import Any

import pytest
from kubernetes import client

from deploy.rehearsal.store import BUDGETS, DEPLOYMENTS, PODS, REPLICA_SETS, Object
from tests.rehearsal.api.things import budget, owner, pod, refused
from tests.support.rehearsal_api import RunningApi

_EVICTION = {
    "apiVersion": "policy/v1",
    "kind": "Eviction",
    "metadata": {"name": "web-0", "namespace": "payments"},
}


@pytest.fixture
def core(api: RunningApi, admin: Any) -> client.CoreV1Api:
    def fill() -> None:
        for number in range(3):
            api.store.create(PODS, pod(f"web-{number}", labels={"app": "web"}), keep_status=True)

    api.do(fill)
    return client.CoreV1Api(admin)


def _evict(core: client.CoreV1Api, name: str = "web-0", **more: Any) -> int:
    body = {**_EVICTION, "metadata": {"name": name, "namespace": "payments"}, **more}
    return int(core.create_namespaced_pod_eviction_with_http_info(name, "payments", body)[1])


def _status(api: RunningApi, name: str = "web") -> Object:
    return api.do(lambda: api.store.get(BUDGETS, name, "payments"))["status"]


def _add_budget(api: RunningApi, name: str = "web", **spec: Any) -> None:
    api.do(lambda: api.store.create(BUDGETS, budget(name, **spec)))


def test_an_eviction_without_a_budget_deletes_with_grace_and_says_why(core: client.CoreV1Api):
    assert _evict(core) == 201
    going = core.read_namespaced_pod("web-0", "payments")
    assert going.metadata.deletion_grace_period_seconds == 30
    assert [one.reason for one in going.status.conditions if one.type == "DisruptionTarget"] == [
        "EvictionByEvictionAPI"
    ]


def test_a_spent_budget_answers_429_with_its_numbers(api: RunningApi, core: client.CoreV1Api):
    _add_budget(api, minAvailable=3)
    refusal = refused(lambda: _evict(core))
    body = json.loads(refusal.body)
    assert (refusal.status, body["reason"]) == (429, "TooManyRequests")
    assert body["message"] == "Cannot evict pod as it would violate the pod's disruption budget."
    assert body["details"]["causes"] == [
        {
            "reason": "DisruptionBudget",
            "message": "The disruption budget web needs 3 healthy pods and has 3 currently",
        }
    ]
    assert "Retry-After" not in refusal.headers
    assert core.read_namespaced_pod("web-0", "payments").metadata.deletion_timestamp is None


def test_a_budget_of_one_lets_one_go_and_the_second_wait(api: RunningApi, core: client.CoreV1Api):
    _add_budget(api, maxUnavailable=1)
    assert _status(api)["disruptionsAllowed"] == 1
    assert _evict(core, "web-0") == 201
    assert _status(api)["disruptionsAllowed"] == 0
    assert refused(lambda: _evict(core, "web-1")).status == 429


def test_two_budgets_on_one_pod_are_an_error_of_the_server(api: RunningApi, core: client.CoreV1Api):
    _add_budget(api, "one", minAvailable=0)
    _add_budget(api, "two", minAvailable=0)
    refusal = refused(lambda: _evict(core))
    assert refusal.status == 500
    assert "more than one PodDisruptionBudget, which the eviction subresource does not" in refusal.body


def test_a_pending_pod_needs_no_budget(api: RunningApi, core: client.CoreV1Api):
    waiting = pod("waiting", node="", labels={"app": "web"}, ready=False)
    waiting["status"]["phase"] = "Pending"
    api.do(lambda: api.store.create(PODS, waiting, keep_status=True))
    _add_budget(api, minAvailable=3)
    assert _evict(core, "waiting") == 201


def test_a_dry_run_leaves_pod_and_budget_alone(api: RunningApi, core: client.CoreV1Api):
    _add_budget(api, minAvailable=2)
    assert _evict(core, deleteOptions={"dryRun": ["All"]}) == 201
    assert core.read_namespaced_pod("web-0", "payments").metadata.deletion_timestamp is None
    assert _status(api)["disruptionsAllowed"] == 1


def test_a_missing_pod_and_a_wrong_uid_are_told_apart(core: client.CoreV1Api):
    assert refused(lambda: _evict(core, "missing")).status == 404
    wrong = {"preconditions": {"uid": "someone-else"}}
    assert refused(lambda: _evict(core, deleteOptions=wrong)).status == 409


@pytest.mark.parametrize(
    ("spec", "desired"),
    [
        ({"minAvailable": 2}, 2),
        ({"minAvailable": "50%"}, 3),
        ({"maxUnavailable": "34%"}, 3),
        ({"maxUnavailable": 2}, 4),
    ],
)
def test_shares_are_of_the_replicas_asked_for(api: RunningApi, spec: dict[str, Any], desired: int):
    def fill() -> None:
        template = {"replicas": 6}
        deployment = api.store.create(
            DEPLOYMENTS, {"metadata": {"name": "d", "namespace": "payments"}, "spec": dict(template)}
        )
        meta = {
            "name": "rs",
            "namespace": "payments",
            "ownerReferences": [owner(deployment, controller=True)],
        }
        replica_set = api.store.create(REPLICA_SETS, {"metadata": meta, "spec": dict(template)})
        for number in range(5):
            references = [owner(replica_set, controller=True)]
            made = pod(f"web-{number}", labels={"app": "web"}, ownerReferences=references, ready=number > 0)
            api.store.create(PODS, made, keep_status=True)
        api.store.create(BUDGETS, budget("web", **spec))

    api.do(fill)
    status = _status(api)
    expected = 5 if spec == {"minAvailable": 2} else 6
    assert (status["expectedPods"], status["desiredHealthy"], status["currentHealthy"]) == (
        expected,
        desired,
        4,
    )
    assert status["disruptionsAllowed"] == max(0, 4 - desired)
