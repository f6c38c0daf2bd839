"""Discovery, get, list and logs, through the official client."""

import json
from typing import Any

import pytest
from kubernetes import client
from kubernetes.dynamic import DynamicClient

from deploy.rehearsal.store import EVENTS, PODS
from tests.rehearsal.api.things import pod, refused
from tests.support.rehearsal_api import RunningApi


@pytest.fixture
def core(api: RunningApi, admin: Any) -> client.CoreV1Api:
    def fill() -> None:
        for number in range(5):
            tier = "front" if number < 2 else "back"
            labels = {"app": "web", "tier": tier, "number": str(number)}
            api.store.create(
                PODS, pod(f"web-{number}", node=f"n{number % 2}", labels=labels), keep_status=True
            )
        api.store.create(PODS, pod("lonely", ready=False), keep_status=True)

    api.do(fill)
    return client.CoreV1Api(admin)


def _names(found: Any) -> list[str]:
    return [one.metadata.name for one in found.items]


def test_the_versions_of_all_groups_are_discovered(admin: Any):
    groups = {group.name for group in client.ApisApi(admin).get_api_versions().groups}
    assert {"apps", "batch", "policy", "coordination.k8s.io", "litmuschaos.io"} <= groups
    assert client.VersionApi(admin).get_code().git_version.startswith("v1.")
    assert client.CoreApi(admin).get_api_versions().versions == ["v1"]


def test_the_dynamic_client_finds_and_reads_every_kind(admin: Any, core: client.CoreV1Api):
    dynamic = DynamicClient(admin)
    for api_version, kind in (
        ("v1", "Pod"),
        ("apps/v1", "Deployment"),
        ("litmuschaos.io/v1alpha1", "ChaosEngine"),
    ):
        resource = dynamic.resources.get(api_version=api_version, kind=kind)
        assert resource.get(namespace="payments").kind == f"{kind}List"


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        ("tier=front", "01"),
        ("tier==front", "01"),
        ("tier!=front,app", "234"),
        ("tier in (front, back),number notin (0,3)", "124"),
        ("app,!missing,number=4", "4"),
        ("number in (9)", ""),
    ],
)
def test_label_selectors_select(core: client.CoreV1Api, selector: str, numbers: str):
    found = core.list_namespaced_pod("payments", label_selector=selector)
    assert _names(found) == [f"web-{number}" for number in numbers]


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("metadata.name=web-1", ["web-1"]),
        ("spec.nodeName=n1,status.phase!=Failed", ["lonely", "web-1", "web-3"]),
        ("metadata.namespace=elsewhere", []),
        ("status.phase=Pending", []),
    ],
)
def test_field_selectors_select(core: client.CoreV1Api, selector: str, names: list[str]):
    assert _names(core.list_pod_for_all_namespaces(field_selector=selector)) == names


def test_events_are_selected_by_what_they_are_about(api: RunningApi, core: client.CoreV1Api):
    for name in ("web-0", "web-1"):
        event = {
            "metadata": {"name": f"{name}.1", "namespace": "payments"},
            "involvedObject": {"kind": "Pod", "name": name, "namespace": "payments"},
            "reason": "Killing",
        }
        api.do(lambda event=event: api.store.create(EVENTS, event))
    selector = "involvedObject.name=web-1,involvedObject.kind=Pod"
    assert _names(core.list_namespaced_event("payments", field_selector=selector)) == ["web-1.1"]


def test_a_selector_nobody_understands_is_refused(core: client.CoreV1Api):
    assert refused(lambda: core.list_namespaced_pod("payments", label_selector="a=(")).status == 400
    assert refused(lambda: core.list_namespaced_pod("payments", field_selector="spec.image=a")).status == 400


def test_a_list_comes_in_pages_that_miss_nothing(core: client.CoreV1Api):
    seen, token, pages = [], None, 0
    while token != "":
        page = core.list_namespaced_pod("payments", limit=4, _continue=token)
        seen += _names(page)
        pages += 1
        token = page.metadata._continue or ""
        assert page.metadata.remaining_item_count in (2, None)
    assert (pages, seen) == (2, ["lonely", *(f"web-{number}" for number in range(5))])


def test_a_page_after_its_version_is_forgotten_has_expired(api: RunningApi, core: client.CoreV1Api):
    page = core.list_namespaced_pod("payments", limit=2)
    api.do(lambda: api.store.patch(PODS, "web-0", {"metadata": {"labels": {"x": "y"}}}, "payments"))
    api.do(lambda: api.store.shelf.forget(PODS))
    token = page.metadata._continue
    assert refused(lambda: core.list_namespaced_pod("payments", limit=2, _continue=token)).status == 410


def test_what_is_not_there_is_not_found(core: client.CoreV1Api, admin: Any):
    refusal = refused(lambda: core.read_namespaced_pod("missing", "payments"))
    assert refusal.status == 404
    assert 'pods \\"missing\\" not found' in refusal.body
    objects = client.CustomObjectsApi(admin)
    assert refused(lambda: objects.list_cluster_custom_object("nobody.io", "v1", "things")).status == 404


def test_a_log_is_what_the_pod_wrote(api: RunningApi, core: client.CoreV1Api):
    api.do(lambda: api.store.log_append("payments", "web-0", "one\ntwo\nthree\n"))
    assert core.read_namespaced_pod_log("web-0", "payments") == "one\ntwo\nthree\n"
    assert core.read_namespaced_pod_log("web-0", "payments", tail_lines=1) == "three\n"
    assert refused(lambda: core.read_namespaced_pod_log("missing", "payments")).status == 404


def test_a_client_that_prefers_tables_gets_one(api: RunningApi, core: client.CoreV1Api):
    answer = api.client().call_api(
        "GET",
        f"{api.url}/api/v1/namespaces/payments/pods",
        header_params={
            "Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
            "authorization": "Bearer admin-token",
        },
    )
    table = json.loads(answer.read())
    assert [column["name"] for column in table["columnDefinitions"]][:4] == [
        "Name",
        "Ready",
        "Status",
        "Restarts",
    ]
    assert table["rows"][1]["cells"][:3] == ["web-0", "0/1", "Running"]
