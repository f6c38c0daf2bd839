"""Create, update and patch, through the official client."""

from typing import Any

import pytest
from kubernetes import client

from deploy.rehearsal.store import DEPLOYMENTS, NODES, PODS
from tests.rehearsal.api.things import config, pod, refused
from tests.support.rehearsal_api import RunningApi


@pytest.fixture
def core(admin: Any) -> client.CoreV1Api:
    return client.CoreV1Api(admin)


def _deployment(replicas: int = 2) -> dict[str, Any]:
    return {
        "metadata": {"name": "payments-api", "namespace": "payments"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "example/app:1"}]},
            },
        },
    }


def test_a_created_object_has_identity_version_and_date(core: client.CoreV1Api):
    made, code, _ = core.create_namespaced_config_map_with_http_info("payments", config("a"))
    assert code == 201
    assert made.metadata.uid and made.metadata.resource_version and made.metadata.creation_timestamp
    assert core.read_namespaced_config_map("a", "payments") == made


def test_a_generated_name_begins_as_asked_and_is_new_each_time(core: client.CoreV1Api):
    body = {"metadata": {"generateName": "web-"}, "data": {}}
    names = [core.create_namespaced_config_map("payments", body).metadata.name for _ in range(3)]
    assert len(set(names)) == 3
    assert all(name.startswith("web-") and len(name) == 9 for name in names)


def test_a_name_is_taken_once(core: client.CoreV1Api):
    core.create_namespaced_config_map("payments", config("a"))
    refusal = refused(lambda: core.create_namespaced_config_map("payments", config("a")))
    assert (refusal.status, '"reason":"AlreadyExists"' in refusal.body) == (409, True)


def test_a_dry_run_checks_and_leaves_nothing(core: client.CoreV1Api):
    made = core.create_namespaced_config_map("payments", config("a"), dry_run="All")
    assert made.metadata.name == "a"
    assert core.list_namespaced_config_map("payments").items == []
    core.create_namespaced_config_map("payments", config("a"))
    taken = refused(lambda: core.create_namespaced_config_map("payments", config("a"), dry_run="All"))
    assert taken.status == 409
    core.patch_namespaced_config_map("a", "payments", {"data": {"a": "2"}}, dry_run="All")
    core.delete_namespaced_config_map("a", "payments", dry_run="All")
    assert core.read_namespaced_config_map("a", "payments").data == {"a": "1"}


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ({"name": "Not_A_Name"}, "metadata.name"),
        ({"labels": {"run": "x" * 64}}, "metadata.labels"),
    ],
)
def test_a_bad_name_or_label_is_invalid(core: client.CoreV1Api, meta: dict[str, Any], said: str):
    refusal = refused(lambda: core.create_namespaced_config_map("payments", config(**({"name": "a"} | meta))))
    assert (refusal.status, said in refusal.body) == (422, True)


def test_a_namespace_must_exist_and_agree_with_the_url(core: client.CoreV1Api):
    assert (
        refused(lambda: core.create_namespaced_config_map("nowhere", {"metadata": {"name": "a"}})).status
        == 404
    )
    assert refused(lambda: core.create_namespaced_config_map("chaos", config("a"))).status == 400


def test_an_update_of_an_old_version_conflicts(core: client.CoreV1Api):
    first = core.create_namespaced_config_map("payments", config("a"))
    core.patch_namespaced_config_map("a", "payments", {"data": {"a": "2"}})
    first.data = {"a": "3"}
    refusal = refused(lambda: core.replace_namespaced_config_map("a", "payments", first))
    assert refusal.status == 409
    assert "the object has been modified; please apply your changes to the latest version" in refusal.body
    stale = {"metadata": {"resourceVersion": first.metadata.resource_version}, "data": {"a": "4"}}
    assert refused(lambda: core.patch_namespaced_config_map("a", "payments", stale)).status == 409


@pytest.mark.parametrize(
    ("content_type", "patch"),
    [
        ("application/merge-patch+json", {"data": {"b": "2", "a": None}}),
        ("application/strategic-merge-patch+json", {"data": {"b": "2", "a": None}}),
        (
            "application/json-patch+json",
            [{"op": "remove", "path": "/data/a"}, {"op": "add", "path": "/data/b", "value": "2"}],
        ),
    ],
)
def test_each_kind_of_patch_is_taken(core: client.CoreV1Api, content_type: str, patch: Any):
    core.create_namespaced_config_map("payments", config("a"))
    new = core.patch_namespaced_config_map("a", "payments", patch, _content_type=content_type)
    assert new.data == {"b": "2"}


def test_server_side_apply_is_refused(core: client.CoreV1Api):
    core.create_namespaced_config_map("payments", config("a"))
    refusal = refused(
        lambda: core.patch_namespaced_config_map(
            "a",
            "payments",
            config("a"),
            _content_type="application/apply-patch+yaml",
            field_manager="x",
        )
    )
    assert refusal.status == 415


def test_a_cordon_is_a_strategic_patch_of_the_node(api: RunningApi, core: client.CoreV1Api):
    api.do(lambda: api.store.create(NODES, {"metadata": {"name": "n1"}, "spec": {}}))
    assert core.patch_node("n1", {"spec": {"unschedulable": True}}).spec.unschedulable is True
    assert core.patch_node("n1", {"spec": {"unschedulable": None}}).spec.unschedulable is None


def test_a_change_of_the_spec_bumps_the_generation_and_one_of_labels_does_not(admin: Any):
    apps = client.AppsV1Api(admin)
    assert apps.create_namespaced_deployment("payments", _deployment()).metadata.generation == 1
    labelled = apps.patch_namespaced_deployment(
        "payments-api", "payments", {"metadata": {"labels": {"a": "b"}}}
    )
    assert labelled.metadata.generation == 1
    scaled = apps.patch_namespaced_deployment("payments-api", "payments", {"spec": {"replicas": 3}})
    assert scaled.metadata.generation == 2


def test_the_status_has_its_own_door(api: RunningApi, core: client.CoreV1Api):
    api.do(lambda: api.store.create(PODS, pod("a"), keep_status=True))
    core.patch_namespaced_pod("a", "payments", {"status": {"phase": "Failed"}})
    assert core.read_namespaced_pod("a", "payments").status.phase == "Running"
    body = {"status": {"phase": "Failed"}, "metadata": {"labels": {"a": "b"}}}
    core.patch_namespaced_pod_status("a", "payments", body)
    now = core.read_namespaced_pod("a", "payments")
    assert (now.status.phase, now.metadata.labels, now.metadata.generation) == ("Failed", None, 1)


def test_a_scale_sets_the_replicas_alone(api: RunningApi, admin: Any):
    api.do(lambda: api.store.create(DEPLOYMENTS, _deployment()))
    apps = client.AppsV1Api(admin)
    assert apps.read_namespaced_deployment_scale("payments-api", "payments").spec.replicas == 2
    apps.patch_namespaced_deployment_scale("payments-api", "payments", {"spec": {"replicas": 5}})
    assert apps.read_namespaced_deployment("payments-api", "payments").spec.replicas == 5


def test_leases_and_jobs_and_network_policies_are_kept_as_they_are(admin: Any):
    lease = {"metadata": {"name": "grant"}, "spec": {"holderIdentity": "gameday", "leaseDurationSeconds": 15}}
    made = client.CoordinationV1Api(admin).create_namespaced_lease("chaos", lease)
    assert made.spec.holder_identity == "gameday"
    job = {
        "metadata": {"name": "j"},
        "spec": {"template": {"spec": {"containers": [{"name": "c"}], "restartPolicy": "Never"}}},
    }
    assert client.BatchV1Api(admin).create_namespaced_job("chaos", job).spec.backoff_limit == 6
    policy = {"metadata": {"name": "deny"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}
    networking = client.NetworkingV1Api(admin)
    assert networking.create_namespaced_network_policy("payments", policy).spec.policy_types == ["Ingress"]


def test_a_lease_is_replaced_only_by_who_knows_its_version(admin: Any):
    leases = client.CoordinationV1Api(admin)
    made = leases.create_namespaced_lease("chaos", {"metadata": {"name": "grant"}, "spec": {}})
    blind = {"metadata": {"name": "grant"}, "spec": {"holderIdentity": "two"}}
    refusal = refused(lambda: leases.replace_namespaced_lease("grant", "chaos", blind))
    assert (refusal.status, "must be specified for an update" in refusal.body) == (422, True)
    blind["metadata"]["resourceVersion"] = made.metadata.resource_version
    assert leases.replace_namespaced_lease("grant", "chaos", blind).spec.holder_identity == "two"


def test_a_resource_version_in_a_create_is_refused(core: client.CoreV1Api):
    refusal = refused(lambda: core.create_namespaced_config_map("payments", config("a", resourceVersion="5")))
    assert refusal.status == 400
