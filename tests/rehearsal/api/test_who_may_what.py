"""Authentication, rules, and the questions about oneself, through the official client."""

from typing import Any

import pytest
from kubernetes import client

from deploy.rehearsal.api import Rule
from deploy.rehearsal.store import PODS
from tests.rehearsal.api.things import config, pod, refused
from tests.support.rehearsal_api import RunningApi

USER = "system:serviceaccount:chaos:gameday"


@pytest.fixture
def reader(api: RunningApi) -> Any:
    """A client that may read pods in payments, and one config map."""
    api.do(lambda: api.store.create(PODS, pod("a"), keep_status=True))
    rules = (
        Rule(("get", "list", "watch"), ("",), ("pods",), namespaces=("payments",)),
        Rule(("get",), ("",), ("configmaps",), names=("halt",), namespaces=("chaos",)),
    )
    return api.client(api.account("reader-token", USER, *rules))


@pytest.mark.parametrize("token", ["", "wrong"])
def test_nobody_gets_in_without_a_known_token(api: RunningApi, token: str):
    core = client.CoreV1Api(api.client(token))
    refusal = refused(core.list_namespace)
    assert (refusal.status, '"reason":"Unauthorized"' in refusal.body) == (401, True)


def test_health_and_version_are_open_to_all(api: RunningApi):
    stranger = api.client("")
    assert client.VersionApi(stranger).get_code().major == "1"


def test_a_rule_allows_what_it_says_and_nothing_else(reader: Any):
    core = client.CoreV1Api(reader)
    assert [one.metadata.name for one in core.list_namespaced_pod("payments").items] == ["a"]
    for act in (
        lambda: core.delete_namespaced_pod("a", "payments"),
        lambda: core.list_namespaced_pod("chaos"),
        lambda: core.list_pod_for_all_namespaces(),
        lambda: core.list_node(),
        lambda: core.create_namespaced_config_map("payments", config("a")),
        lambda: core.read_namespaced_config_map("other", "chaos"),
    ):
        assert refused(act).status == 403
    assert refused(lambda: core.read_namespaced_config_map("halt", "chaos")).status == 404


def test_a_refusal_says_who_may_not_do_what_where(reader: Any):
    core = client.CoreV1Api(reader)
    body = {"metadata": {"name": "a", "namespace": "payments"}}
    evict = refused(lambda: core.create_namespaced_pod_eviction("a", "payments", body))
    assert (
        f'pods \\"a\\" is forbidden: User \\"{USER}\\" cannot create resource \\"pods/eviction\\" '
        'in API group \\"\\" in the namespace \\"payments\\"'
    ) in evict.body
    assert "at the cluster scope" in refused(core.list_node).body


def test_a_withdrawn_token_is_worth_nothing(api: RunningApi, reader: Any):
    api.do(lambda: api.tokens.withdraw("reader-token"))
    assert refused(lambda: client.CoreV1Api(reader).list_namespaced_pod("payments")).status == 401


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ({"verb": "list", "resource": "pods", "namespace": "payments"}, True),
        ({"verb": "delete", "resource": "pods", "namespace": "payments"}, False),
        ({"verb": "list", "resource": "pods"}, False),
        ({"verb": "create", "resource": "pods", "subresource": "eviction", "namespace": "payments"}, False),
        ({"verb": "get", "resource": "configmaps", "name": "halt", "namespace": "chaos"}, True),
        (
            {"verb": "create", "group": "litmuschaos.io", "resource": "chaosengines", "namespace": "chaos"},
            False,
        ),
    ],
)
def test_an_access_review_answers_as_the_request_would(
    api: RunningApi, reader: Any, asked: dict[str, str], allowed: bool
):
    body = {"spec": {"resourceAttributes": asked}}
    for who, expected in ((reader, allowed), (api.client(), True)):
        answer = client.AuthorizationV1Api(who).create_self_subject_access_review(body)
        assert answer.status.allowed is expected


def test_a_rules_review_lists_what_one_may_do_in_a_namespace(reader: Any):
    body = {"spec": {"namespace": "payments"}}
    status = client.AuthorizationV1Api(reader).create_self_subject_rules_review(body).status
    assert [(rule.verbs, rule.resources) for rule in status.resource_rules] == [
        (["get", "list", "watch"], ["pods"])
    ]
    assert status.incomplete is False


def test_one_is_told_who_one_is(reader: Any):
    answer = client.AuthenticationV1Api(reader).create_self_subject_review({})
    assert answer.status.user_info.username == USER
    assert "system:serviceaccounts:chaos" in answer.status.user_info.groups
