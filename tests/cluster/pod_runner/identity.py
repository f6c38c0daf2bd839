"""As whom a pod speaks to the API server: a token bound to it, as a kubelet asks for it, in a kubeconfig."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import yaml

from tests.cluster.pod_runner.api import Api, Json

SECONDS = 24 * 3600


class Identity:
    """The token ends with the pod's object: what outlives it is not let in any more."""

    def __init__(self, pod: Json, api: Api, folder: Path) -> None:
        self._pod, self._api = pod, api
        self._folder = folder / "identities" / str(pod["metadata"]["uid"])

    def kubeconfig(self) -> Path:
        """Raises ApiError where the account gets no token."""
        file: Path = self._folder / "kubeconfig"
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_text(yaml.safe_dump(self._content(self._token())))
        return file

    def forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _token(self) -> str:
        meta = self._pod["metadata"]
        account = self._pod["spec"].get("serviceAccountName") or "default"
        path = f"/api/v1/namespaces/{meta['namespace']}/serviceaccounts/{account}/token"
        bound = {"kind": "Pod", "apiVersion": "v1", "name": meta["name"], "uid": meta["uid"]}
        asked = {"spec": {"audiences": [], "expirationSeconds": SECONDS, "boundObjectRef": bound}}
        return str(self._api.call("POST", path, asked)["status"]["token"])

    def _content(self, token: str) -> Json:
        cluster: Json = {"server": self._api.server}
        if self._api.authority:
            encoded = base64.b64encode(self._api.authority.encode()).decode()
            cluster["certificate-authority-data"] = encoded
        namespace = self._pod["metadata"]["namespace"]
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": cluster}],
            "users": [{"name": "pod", "user": {"token": token}}],
            "contexts": [
                {"name": "pod", "context": {"cluster": "here", "user": "pod", "namespace": namespace}}
            ],
            "current-context": "pod",
        }
