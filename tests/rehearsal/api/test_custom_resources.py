"""Litmus' resources: pruning, validation, no status subresource; and CRDs as such."""

import json
import time
from typing import Any

import pytest
from kubernetes import client

from deploy.rehearsal.api.crds import definitions
from deploy.rehearsal.store import CHAOS_ENGINES
from tests.rehearsal.api.things import ENGINES, engine, probe, refused
from tests.support.rehearsal_api import RunningApi, running_api


@pytest.fixture
def objects(admin: Any) -> client.CustomObjectsApi:
    return client.CustomObjectsApi(admin)


def _experiment(**spec: Any) -> list[dict[str, Any]]:
    return [{"name": "pod-delete", "spec": spec}]


def test_what_the_schema_does_not_know_is_pruned_with_a_warning(objects: client.CustomObjectsApi):
    body = engine(
        experiments=[
            {"name": "pod-delete", "rank": 1, "spec": {"probe": [probe(foo=1)], "components": {"kept": 1}}}
        ],
        annotationCheck="true",
    )
    made, code, headers = objects.create_namespaced_custom_object_with_http_info(*ENGINES, body)
    assert code == 201
    assert made["spec"]["annotationCheck"] == "true", "the spec itself keeps what it does not know"
    assert made["spec"]["experiments"] == _experiment(probe=[probe()], components={"kept": 1})
    warnings = headers.get("Warning")
    assert '299 - "unknown field \\"spec.experiments[0].rank\\""' in warnings
    assert "spec.experiments[0].spec.probe[0].foo" in warnings


def test_strict_field_validation_refuses_what_would_be_pruned(objects: client.CustomObjectsApi):
    body = engine(experiments=[{"name": "pod-delete", "rank": 1}])
    refusal = refused(
        lambda: objects.create_namespaced_custom_object(*ENGINES, body, field_validation="Strict")
    )
    assert refusal.status == 400
    assert 'strict decoding error: unknown field \\"spec.experiments[0].rank\\"' in refusal.body


@pytest.mark.parametrize(
    ("spec", "field", "reason", "message"),
    [
        ({"engineState": "paused"}, "spec.engineState", "FieldValueInvalid", "should match"),
        ({"appinfo": {"appkind": "Deployment"}}, "spec.appinfo.appkind", "FieldValueInvalid", "should match"),
        (
            {"defaultHealthCheck": "false"},
            "spec.defaultHealthCheck",
            "FieldValueTypeInvalid",
            'must be of type boolean: "string"',
        ),
        (
            {"experiments": _experiment(probe=[probe(runProperties={"probeTimeout": 5, "interval": "1s"})])},
            "spec.experiments[0].spec.probe[0].runProperties.probeTimeout",
            "FieldValueTypeInvalid",
            'Invalid value: "integer": spec.experiments[0].spec.probe[0].runProperties.probeTimeout '
            'in body must be of type string: "integer"',
        ),
        (
            {"experiments": _experiment(probe=[probe(runProperties={"probeTimeout": "5s", "retry": 1})])},
            "spec.experiments[0].spec.probe[0].runProperties.interval",
            "FieldValueRequired",
            "Required value",
        ),
        (
            {"experiments": _experiment(probe=[probe(mode="continuous")])},
            "spec.experiments[0].spec.probe[0].mode",
            "FieldValueInvalid",
            "should match",
        ),
        (
            {"experiments": _experiment(components={"env": [{"name": "A", "value": 1}]})},
            "spec.experiments[0].spec.components.env[0].value",
            "FieldValueTypeInvalid",
            "must be of type string",
        ),
        ({"selectors": {}}, "spec.selectors", "FieldValueInvalid", "one and only one schema (oneOf)"),
    ],
)
def test_what_the_schema_forbids_is_invalid_with_its_cause(
    objects: client.CustomObjectsApi, spec: dict[str, Any], field: str, reason: str, message: str
):
    refusal = refused(lambda: objects.create_namespaced_custom_object(*ENGINES, engine(**spec)))
    body = json.loads(refusal.body)
    assert (refusal.status, body["reason"]) == (422, "Invalid")
    assert body["message"].startswith(f'ChaosEngine.litmuschaos.io "run-1" is invalid: {field}: ')
    [cause] = body["details"]["causes"]
    assert (cause["field"], cause["reason"]) == (field, reason)
    assert message in cause["message"]


def test_a_patch_is_validated_as_well(objects: client.CustomObjectsApi):
    objects.create_namespaced_custom_object(*ENGINES, engine())
    patch = {"spec": {"engineState": "paused"}}
    assert refused(lambda: objects.patch_namespaced_custom_object(*ENGINES, "run-1", patch)).status == 422
    stopped = objects.patch_namespaced_custom_object(*ENGINES, "run-1", {"spec": {"engineState": "stop"}})
    assert (stopped["spec"]["engineState"], stopped["metadata"]["generation"]) == ("stop", 2)


def test_a_strategic_patch_of_a_custom_object_is_not_supported(objects: client.CustomObjectsApi):
    objects.create_namespaced_custom_object(*ENGINES, engine())
    refusal = refused(
        lambda: objects.patch_namespaced_custom_object(
            *ENGINES, "run-1", {}, _content_type="application/strategic-merge-patch+json"
        )
    )
    assert refusal.status == 415


def test_litmus_objects_have_no_status_subresource_and_keep_their_status_inside(
    objects: client.CustomObjectsApi,
):
    status = {"engineStatus": "initialized", "experiments": None}
    made = objects.create_namespaced_custom_object(*ENGINES, {**engine(), "status": status})
    assert made["status"] == status
    patch = {"status": {"engineStatus": "completed"}}
    denied = refused(lambda: objects.patch_namespaced_custom_object_status(*ENGINES, "run-1", patch))
    assert denied.status == 404
    new = objects.patch_namespaced_custom_object(*ENGINES, "run-1", patch)
    assert (new["status"]["engineStatus"], new["metadata"]["generation"]) == ("completed", 2)


def test_controllers_meet_the_same_schema(api: RunningApi):
    body = {**engine(experiments=[{"name": "a", "rank": 1}]), "metadata": {"name": "a", "namespace": "chaos"}}
    made = api.do(lambda: api.store.create(CHAOS_ENGINES, body))
    assert made["spec"]["experiments"] == [{"name": "a"}]


def test_a_new_definition_is_established_at_once_and_served_a_while_later():
    with running_api(litmus=False, pace=0.3) as api:
        client_ = api.client()
        extensions, objects = client.ApiextensionsV1Api(client_), client.CustomObjectsApi(client_)
        crd = next(one for one in definitions() if one["spec"]["names"]["kind"] == "ChaosEngine")
        extensions.create_custom_resource_definition(crd)
        now = extensions.read_custom_resource_definition("chaosengines.litmuschaos.io")
        assert {one.type: one.status for one in now.status.conditions} == {
            "NamesAccepted": "True",
            "Established": "True",
        }
        assert refused(lambda: objects.list_namespaced_custom_object(*ENGINES)).status == 404
        time.sleep(0.35)
        assert objects.list_namespaced_custom_object(*ENGINES)["items"] == []


def test_a_definition_goes_with_its_objects(api: RunningApi, admin: Any, objects: client.CustomObjectsApi):
    held = engine() | {"metadata": {"name": "held", "finalizers": ["example.org/hold"]}}
    for body in (engine(), held):
        objects.create_namespaced_custom_object(*ENGINES, body)
    extensions = client.ApiextensionsV1Api(admin)
    extensions.delete_custom_resource_definition("chaosengines.litmuschaos.io")
    left = objects.list_namespaced_custom_object(*ENGINES)["items"]
    assert [one["metadata"]["name"] for one in left] == ["held"]
    release = {"metadata": {"finalizers": None}}
    objects.patch_namespaced_custom_object(*ENGINES, "held", release)
    assert refused(lambda: objects.list_namespaced_custom_object(*ENGINES)).status == 404
    assert api.do(lambda: list(api.store.view(CHAOS_ENGINES))) == []
