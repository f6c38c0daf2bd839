"""Kubeconfigs: written for the clients of our own control plane."""

import base64
from pathlib import Path

import yaml

from .certificates import Authority, write_secret

NAME = "gameday-cluster"


def write(path: Path, server: str, authority: Authority, user: str, groups: tuple[str, ...] = ()) -> Path:
    """Write one that authenticates as that user by a certificate of its own; returns its path."""
    certificate, key = authority.client(user, groups)
    cluster = {"server": server, "certificate-authority-data": _encoded(authority.file.read_bytes())}
    who = {"client-certificate-data": _encoded(certificate), "client-key-data": _encoded(key)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": NAME,
        "clusters": [{"name": NAME, "cluster": cluster}],
        "users": [{"name": user, "user": who}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": user}}],
    }
    write_secret(path, yaml.safe_dump(document, sort_keys=False).encode())
    return path


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
