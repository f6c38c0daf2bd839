"""The cluster that the tests talk to: ours, or the one that KUBECONFIG names."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from kubernetes import config
from kubernetes.client import ApiClient

from deploy.local.say import Trouble

from . import state

Json = dict[str, Any]
CONNECT, READ = 5.0, 60.0  # seconds
ADMINISTRATOR = "gameday-tests-administrator"
CONSENT = "gameday-tests-allowed"
FOLDER_VARIABLE = "GAMEDAY_CLUSTER_FOLDER"


class Answered(Exception):
    """The API server refused something: its status and what it said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status}: {said}")
        self.status = status


@dataclass(frozen=True)
class Cluster:
    """A cluster and its administrator's way in. `folder` is None for one that is not ours to stop."""

    kubeconfig: Path
    folder: Path | None
    client: ApiClient = field(repr=False)

    @property
    def server(self) -> str:
        """The API's address."""
        return str(self.client.configuration.host)

    @property
    def authority(self) -> str:
        """The certificate (PEM) that the server's is checked with; empty: the system's are trusted."""
        file = self.client.configuration.ssl_ca_cert
        return Path(file).read_text() if file else ""

    def version(self) -> str:
        """The API server's own, such as v1.36.3."""
        return str(self.ask("GET", "/version")["gitVersion"])

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, kind: str = "json") -> Json:
        """One request as the administrator. `kind` of a PATCH: merge-patch+json and its like.

        Raises Answered where the server refuses, and urllib3's errors where it does not answer.
        """
        headers = {"Accept": "application/json", "Content-Type": f"application/{kind}"}
        # The certificate, the token or what a plugin hands out: whatever the kubeconfig says.
        self.client.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        answer = self.client.rest_client.request(
            method,
            self.server.rstrip("/") + path,
            headers=headers,
            body=body,
            _request_timeout=(CONNECT, READ),
        )
        said = answer.response.data.decode(errors="replace")
        if not 200 <= answer.status < 300:
            raise Answered(answer.status, said[:2000])
        return dict(json.loads(said))

    def ensure(self, path: str, body: Mapping[str, Any]) -> None:
        """Create it below `path`, unless it is there already. Raises Answered."""
        try:
            self.ask("POST", path, body)
        except Answered as refused:
            if refused.status != 409:
                raise

    def account_token(self, namespace: str, account: str, seconds: int = 3600) -> str:
        """A token of that ServiceAccount, by TokenRequest. Raises Answered."""
        body = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": seconds},
        }
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        return str(self.ask("POST", path, body)["status"]["token"])

    def administrator_token(self, seconds: int = 3600) -> str:
        """A token that may do everything, for clients that take tokens only. Raises Answered."""
        subject = {"kind": "ServiceAccount", "name": ADMINISTRATOR, "namespace": "kube-system"}
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
        metadata = {"metadata": {"name": ADMINISTRATOR}}
        self.ensure("/api/v1/namespaces/kube-system/serviceaccounts", metadata)
        self.ensure(
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            {**metadata, "roleRef": role, "subjects": [subject]},
        )
        return self.account_token("kube-system", ADMINISTRATOR, seconds)


def running() -> Cluster:
    """The cluster to test on: KUBECONFIG's where that is set, else ours (GAMEDAY_CLUSTER_FOLDER says where).

    Raises Trouble where it is not up, in part or at all, or somebody's cluster was not released for tests.
    """
    return given() or ours(Path(os.environ.get(FOLDER_VARIABLE) or state.FOLDER))


def ours(folder: Path = state.FOLDER) -> Cluster:
    """The control plane of ours in `folder`. Raises Trouble where it is not up, in part or at all."""
    state.check(folder)
    return _opened(folder / "kubeconfig", folder)


def given() -> Cluster | None:
    """The cluster that KUBECONFIG names, if it was released for tests; None where that is not set.

    Raises Trouble where it cannot be reached or was not released.
    """
    named = os.environ.get("KUBECONFIG", "").strip()
    if not named or Path(named).resolve() == state.FOLDER / "kubeconfig":  # ours is ours by any name
        return None
    return allowed(somebodys(Path(named)))


def somebodys(kubeconfig: Path) -> Cluster:
    """The cluster that a kubeconfig of the user's names. Raises Trouble where it cannot be read."""
    if not any(Path(one).is_file() for one in str(kubeconfig).split(os.pathsep)):  # kubectl takes several
        raise Trouble(f"KUBECONFIG names {kubeconfig}, which is no file. Name a kubeconfig, or unset it.")
    return _opened(kubeconfig, None)


def allowed(cluster: Cluster) -> Cluster:
    """The same cluster, if it says itself that it may be tested on. Raises Trouble."""
    try:
        cluster.ask("GET", f"/api/v1/namespaces/{CONSENT}")
    except Answered as refused:
        if refused.status != 404:
            raise Trouble(f"{cluster.server}, which KUBECONFIG names, refuses you: {refused}") from refused
        raise Trouble(
            f"KUBECONFIG names {cluster.server}. The tests drain nodes there, make and delete nodes, "
            f"pods and the namespaces payments and kafka, and leave behind Litmus' kinds, the namespace "
            f"chaos and an administrator's account of their own ({ADMINISTRATOR}). "
            f"If they may: kubectl create namespace {CONSENT}. Else unset KUBECONFIG."
        ) from None
    except Exception as error:
        raise Trouble(f"{cluster.server}, which KUBECONFIG names, does not answer: {error}") from error
    return cluster


def _opened(kubeconfig: Path, folder: Path | None) -> Cluster:
    try:
        client = config.new_client_from_config(config_file=str(kubeconfig))
    except (config.ConfigException, yaml.YAMLError, OSError) as error:
        raise Trouble(f"{kubeconfig} cannot be used as a kubeconfig: {error}") from error
    return Cluster(kubeconfig, folder, client)
