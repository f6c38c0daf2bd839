"""ServiceAccounts of the tests' own, and requests made as them."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from deploy.cluster.handle import Cluster

RBAC = "/apis/rbac.authorization.k8s.io/v1"


def an_account(cluster: Cluster, namespace: str, name: str, *rules: Mapping[str, Any]) -> str:
    """Create a ServiceAccount with a Role of these rules in its namespace; returns a token of it."""
    metadata = {"metadata": {"name": name}}
    subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    cluster.ensure(f"/api/v1/namespaces/{namespace}/serviceaccounts", metadata)
    cluster.ensure(f"{RBAC}/namespaces/{namespace}/roles", {**metadata, "rules": list(rules)})
    cluster.ensure(
        f"{RBAC}/namespaces/{namespace}/rolebindings", {**metadata, "roleRef": role, "subjects": [subject]}
    )
    return cluster.account_token(namespace, name)


def status_as(
    cluster: Cluster, token: str, method: str, path: str, body: Mapping[str, Any] | None = None
) -> int:
    """The HTTP status that somebody with that token gets."""
    request = urllib.request.Request(  # noqa: S310 - the cluster's own address
        cluster.server + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method=method,
    )
    trust = ssl.create_default_context(cadata=cluster.authority or None)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
    try:
        with opener.open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
