"""The API server knows who asks, by certificate or token, and RBAC says what they may."""

from __future__ import annotations

import time

import pytest

from deploy.cluster.handle import Cluster
from deploy.cluster.parts import module_of
from tests.cluster.accounts import an_account, status_as

pytestmark = pytest.mark.cluster

READ_PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}


def test_the_server_is_the_one_that_was_built(our_cluster: Cluster) -> None:
    assert our_cluster.version() == module_of("kube-apiserver").version


def test_an_account_may_what_its_role_says_and_nothing_else(real_cluster: Cluster, namespace: str) -> None:
    token = an_account(real_cluster, namespace, "reader", READ_PODS)
    home = f"/api/v1/namespaces/{namespace}"

    def status(method: str, path: str) -> int:
        return status_as(real_cluster, token, method, path)

    deadline = time.monotonic() + 5  # the authorizer hears of a new binding a moment later
    while status("GET", f"{home}/pods") != 200:
        assert time.monotonic() < deadline
    assert status("DELETE", f"{home}/pods/any") == 403
    assert status("GET", f"{home}/secrets") == 403
    assert status("POST", f"{home}/pods/any/exec?command=id") == 403
    assert status("GET", "/api/v1/namespaces/default/pods") == 403
    assert status("GET", "/api/v1/nodes") == 403


def test_a_token_that_nobody_gave_is_refused(real_cluster: Cluster) -> None:
    assert status_as(real_cluster, "made-up", "GET", "/api/v1/nodes") == 401


def test_the_administrators_token_may_everything(real_cluster: Cluster) -> None:
    token = real_cluster.administrator_token()
    assert status_as(real_cluster, token, "GET", "/api/v1/secrets") == 200


def test_every_request_of_an_account_is_on_record(our_cluster: Cluster, namespace: str) -> None:
    token = an_account(our_cluster, namespace, "recorded")
    assert status_as(our_cluster, token, "GET", f"/api/v1/namespaces/{namespace}/secrets") == 403
    assert our_cluster.folder is not None
    record = (our_cluster.folder / "logs" / "audit.log").read_text()
    [line] = [
        line for line in record.splitlines() if f"{namespace}:recorded" in line and '"code":403' in line
    ]
    assert '"verb":"list"' in line
    assert '"resource":"secrets"' in line
