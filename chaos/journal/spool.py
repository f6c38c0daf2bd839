"""What could not be put on record at the time: kept on disk, and taken into the journal late, marked so.

Only stopping is ever spooled: a stop waits for no record, and a start that cannot be recorded is refused.
One file a record, whole or not there at all, so that a torn one spoils no other.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from chaos.domain import codec
from chaos.journal import ORGANISATION
from chaos.journal.models import JournalEntry
from chaos.journal.record import append, lock

LATE = "It was put on record late, out of the spool."
SUFFIX, ASIDE = ".json", ".unreadable"
ROOM = 64 * 2**20
"""Bytes that are to be free on its disk before anything starts: a few thousand records, and the log's."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spooled:
    """One record that waits: `at` is the instant of the deed, `text` its sentence, `why` what kept it.

    `halts`: the clusters that it halts, by name, "" for every one; `reason` is then that of the halt.
    """

    at: datetime
    kind: str
    text: str
    actor: str
    why: str
    run: str = ""
    stream: str = ORGANISATION
    halts: tuple[str, ...] = ()
    reason: str = ""


def keep(record: Spooled) -> str:
    """Write it to the disk, through to the disk; where, or "" when even that failed. Raises nothing.

    What cannot be kept stands in the log as a whole: that is the last place there is.
    """
    line = json.dumps(codec.to_plain(record), ensure_ascii=False)
    try:
        return str(_written(f"{record.at:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}{SUFFIX}", line))
    except OSError as error:
        log.error("The spool cannot be written (%s). The record is: %s", error, line)
        return ""


def why_not() -> str:
    """Why nothing could be kept now, in a sentence that says what to do, or ""."""
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = _drafted(folder / f"trial-{secrets.token_hex(4)}", "{}")
        draft.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return f"the spool {folder} cannot be written ({error.strerror or error}). Mend it."
    if free < ROOM:
        left, needed = free // 2**20, ROOM // 2**20
        return f"the disk of the spool {folder} has {left} MB left, {needed} are needed. Make room."
    return ""


def waiting() -> list[Path]:
    """The files that wait for the journal, oldest first."""
    return sorted(_folder().glob(f"*{SUFFIX}"))


def unreadable() -> list[Path]:
    """What was kept aside."""
    return sorted(_folder().glob(f"*{ASIDE}"))


@dataclass(frozen=True, slots=True)
class Ingested:
    """The sentences that were taken into the journal, and the files that could not be read, kept aside."""

    taken: tuple[str, ...]
    aside: tuple[Path, ...]


def ingest(now: datetime, first: Callable[[Spooled], object] = lambda record: None) -> Ingested:
    """Take what waits into the journal, each with its own instant. Safe to repeat, also beside another.

    `first` is done with each before it is taken: what it raises keeps the record waiting. Raises that, and
    what the database raises; what was not taken by then goes on waiting.
    """
    taken, aside = [], []
    for path in waiting():
        try:
            record = _read(path)
        except FileNotFoundError:  # taken by another meanwhile
            continue
        except (OSError, ValueError, TypeError, KeyError) as error:
            aside.append(_put_aside(path, error, now))
            continue
        first(record)
        if _take(record):
            taken.append(record.text)
        path.unlink(missing_ok=True)
    return Ingested(tuple(taken), tuple(aside))


def is_on_record(record: Spooled) -> bool:
    """Whether the journal has it: by this person, of this run, at this very instant."""
    there = JournalEntry.objects.filter(at=record.at, actor=record.actor, run=record.run)
    return there.exists()


def _read(path: Path) -> Spooled:
    record = codec.from_plain(Spooled, json.loads(path.read_text(encoding="utf-8")))
    if record.at.tzinfo is None:
        raise ValueError("its instant has no time zone")
    return record


def _take(record: Spooled) -> bool:
    with transaction.atomic():
        lock(record.stream)  # so that of two who take it one finds it there
        if is_on_record(record):
            return False
        append(
            record.stream,
            record.kind,
            f"{record.text} {LATE}",
            at=record.at,
            actor=record.actor,
            actor_name=record.actor,
            run=record.run,
            body={"is_late": True, "why": record.why},
        )
    return True


def _put_aside(path: Path, error: Exception, now: datetime) -> Path:
    kept = path.with_suffix(ASIDE)
    path.replace(kept)
    log.error("%s is no record that can be read (%s); it is kept as %s.", path, error, kept.name)
    text = f"A record in the spool could not be read and was kept aside as {kept.name}."
    with transaction.atomic():
        append(ORGANISATION, "spool.unreadable", text, at=now, body={"file": kept.name})
    return kept


def _written(name: str, line: str) -> Path:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    _drafted(path, line).replace(path)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return path


def _drafted(path: Path, line: str) -> Path:
    """Through to the disk, under a name that nobody reads."""
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _folder() -> Path:
    return Path(settings.SPOOL_DIR)
