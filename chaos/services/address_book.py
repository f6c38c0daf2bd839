"""Where the clusters are, beside the database: for a halt on the day that the database is away.

No secrets in the clear: files of tokens are named, kept tokens stay sealed, and opening them takes a key out
of the environment or the state folder. Written whenever a cluster is registered; for its owner only.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.db import Error, connections

from chaos.models import Cluster
from chaos.services.patience import each_answered_within

KEEP_EVERY = 30.0
"""Seconds."""
KNOWN_WITHIN = timedelta(seconds=3)
"""How long who is in a hurry lets the database take for each answer: what it does not say by then is done
without it."""
SHELL = (
    "From a shell, load the environment of the service first (its venv, DATABASE_URL, GAMEDAY_STATE_DIR and "
    "GAMEDAY_SECRET_KEYS), or use the shell of its web process or worker."
)
"""What is said to somebody who finds nothing: most often it is there, and their shell looks elsewhere."""

log = logging.getLogger(__name__)


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


def registered() -> list[Address]:
    """Every cluster, as the database has it now."""
    return [address_of(row) for row in Cluster.objects.order_by("name")]


def known() -> tuple[list[Address], str]:
    """Every cluster, and why it is the book that says so: the database is away, or hangs; else ""."""
    try:
        with each_answered_within(KNOWN_WITHIN):
            return registered(), ""
    except Error as error:
        return read(), f"{' '.join(str(error).split()).rstrip('.')}."


def keep() -> None:
    """Let the book have what the database has, and say that it did so now. A disk that does not take it keeps
    nobody from what they came for: it is said in the log."""
    addresses = registered()
    try:
        if addresses == read():
            os.utime(path())
        else:
            write(addresses)
    except OSError as error:
        log.warning("The address book %s could not be written: %s", path(), error)


def begin_keeping() -> None:
    """From now on, for as long as this process lives. The database is asked beside all else: one that hangs
    holds nobody up."""
    threading.Thread(target=_keep_on, name="address book", daemon=True).start()


def _keep_on() -> NoReturn:
    said = ""
    while True:
        why = missed()
        if why and why != said:
            log.log(logging.WARNING if read() else logging.ERROR, why)
        said = why
        time.sleep(KEEP_EVERY)


def missed() -> str:
    """Keep it; why the database could not be asked, and how far the book can be relied upon then, or ""."""
    try:
        keep()
    except Error as error:
        return f"The database is away ({' '.join(str(error).split())}). {as_known()}"
    finally:
        connections.close_all()
    return ""


def write(addresses: list[Address]) -> None:
    """Replace the book, whole or not at all."""
    book = path()
    book.parent.mkdir(parents=True, exist_ok=True)
    draft = book.with_name(f"{book.name}.{os.getpid()}.{threading.get_ident()}")
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


def known_at() -> datetime | None:
    """When the database last said what is in the book; None without one."""
    try:
        return datetime.fromtimestamp(path().stat().st_mtime, UTC)
    except OSError:
        return None


def as_known() -> str:
    """How far the book can be relied upon, for people, in a sentence or two."""
    at = known_at() if read() else None
    if at is None:
        return f"The address book {path()} has no cluster: without the database none is known here."
    return f"The clusters are those of the address book, as known at {at:%Y-%m-%d %H:%M:%S} UTC."


def path() -> Path:
    return Path(settings.STATE_DIR) / "clusters.json"
