"""A kubeconfig for the person at kubectl, who is an administrator of the practice cluster."""

import base64
from pathlib import Path

import yaml

from deploy.rehearsal.platform.tokens import write_secret

NAME = "rehearsal"


def write(path: Path, server: str, authority: Path, token: str) -> None:
    """kubectl sends tokens over TLS only, so `server` is the https address."""
    encoded = base64.b64encode(authority.read_bytes()).decode()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": NAME,
        "clusters": [{"name": NAME, "cluster": {"server": server, "certificate-authority-data": encoded}}],
        "users": [{"name": NAME, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
    }
    write_secret(path, yaml.safe_dump(document, sort_keys=False))
