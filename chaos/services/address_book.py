"""Where the clusters are, beside the database: for a halt on the day that the database is away.

No secrets in the clear: files of tokens are named, kept tokens stay sealed, and opening them takes a key out
of the environment or the state folder. Written whenever a cluster is registered; for its owner only.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
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
    sealed_token: str = ""
    ca_pem: str = ""


def address_of(row: Cluster) -> Address:
    return Address(**{item.name: getattr(row, item.name) for item in fields(Address)})


def write(addresses: list[Address]) -> None:
    """Replace the book, whole or not at all."""
    book = path()
    book.parent.mkdir(parents=True, exist_ok=True)
    draft = book.with_name(f"{book.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(item) for item in addresses], file, indent=1)
    draft.replace(book)


def read() -> list[Address]:
    """The book as last written; empty when there is none, or none that can be read."""
    try:
        return [Address(**item) for item in json.loads(path().read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def path() -> Path:
    return Path(settings.STATE_DIR) / "clusters.json"
