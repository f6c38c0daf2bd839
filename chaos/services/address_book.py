"""Where the clusters are, beside the database: for a halt on the day that the database is away.

No secrets: the files of tokens and CAs are named, not copied. Written whenever a cluster is registered.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from chaos.models import Cluster


@dataclass(frozen=True, slots=True)
class Address:
    """What it takes to reach a cluster and to find what is ours on it."""

    name: str
    server: str
    token_file: str
    ca_file: str
    chaos_namespace: str
    service_account: str


def address_of(row: Cluster) -> Address:
    return Address(
        row.name, row.server, row.token_file, row.ca_file, row.chaos_namespace, row.service_account
    )


def write(addresses: list[Address]) -> None:
    """Replace the book, whole or not at all."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps([asdict(item) for item in addresses], indent=1), encoding="utf-8")
    draft.replace(path)


def read() -> list[Address]:
    """The book as last written; empty when there is none, or none that can be read."""
    try:
        return [Address(**item) for item in json.loads(_path().read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _path() -> Path:
    return Path(settings.STATE_DIR) / "clusters.json"
