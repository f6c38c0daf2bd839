"""`journal verify` proves the record; `journal export STREAM` writes one stream as JSON lines; `journal
ingest` takes in what could not be put on record at the time."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from chaos.domain.errors import StoreUnavailable
from chaos.journal import spool
from chaos.journal.chain import verify_rows
from chaos.journal.checkpoints import checkpoint, exported
from chaos.journal.models import JournalStream
from chaos.journal.verify import lines, verify
from chaos.services import latching


class Command(BaseCommand):
    help = "Prove, export and sign the journal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        prove = acts.add_parser("verify", help="exit status 0 when the journal is sound, 1 when it is not")
        prove.add_argument("--stream", help="only this stream, like plan:payments-day")
        prove.add_argument("--anchor", type=Path, help="an exported checkpoint that must still hold")
        prove.add_argument("--file", type=Path, help="an exported stream instead of the database")
        export = acts.add_parser("export", help="one stream as JSON lines on standard output")
        export.add_argument("stream")
        acts.add_parser("ingest", help="exit status 2 when something in the spool could not be read")
        acts.add_parser("checkpoint", help="sign every stream's head; keep what it prints elsewhere")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "checkpoint":
            self.stdout.write(json.dumps(exported(checkpoint(datetime.now(UTC)))))
        elif act == "export":
            self._export(options["stream"])
        elif act == "ingest":
            self._ingest()
        elif options["file"]:
            self._verify_file(options["file"])
        else:
            self._verify(options["stream"], options["anchor"])

    def _export(self, stream: str) -> None:
        self._require(stream)
        for line in lines(stream):
            self.stdout.write(line)

    def _verify(self, stream: str | None, anchor: Path | None) -> None:
        if stream:
            self._require(stream)
        report = verify(stream, _read(anchor) if anchor else None)
        if report.broken:
            self.stderr.write(f"The journal is broken. {report.broken}")
            sys.exit(1)
        self.stdout.write(
            f"The journal is sound: {report.entries} entries in {report.streams} streams, "
            f"{report.checkpoints} signed checkpoints."
        )

    def _verify_file(self, path: Path) -> None:
        first = next(_rows(path), None)
        if first is None:
            raise CommandError(f"{path} has no entries; export a stream with: journal export STREAM")
        broken = verify_rows(_rows(path), str(first.get("stream", "")))
        if broken:
            self.stderr.write(f"The file is broken. {broken}")
            sys.exit(1)
        self.stdout.write(
            f"The chain in {path} is sound. (Whether its end was cut off, only a checkpoint tells.)"
        )

    def _ingest(self) -> None:
        try:
            found = latching.ingest(datetime.now(UTC))
        except (StoreUnavailable, Error) as error:
            left = len(spool.waiting())
            raise CommandError(f"The database took nothing more ({error}); {left} records wait.") from error
        for text in found.taken:
            self.stdout.write(f"Put on record late: {text}")
        if not found.taken and not found.aside:
            self.stdout.write("Nothing waits in the spool.")
        for path in spool.unreadable():
            self.stderr.write(f"Kept aside, since it cannot be read: {path}")
        if spool.unreadable():
            sys.exit(2)

    def _require(self, stream: str) -> None:
        if not JournalStream.objects.filter(name=stream).exists():
            known = ", ".join(JournalStream.objects.values_list("name", flat=True)[:20]) or "none yet"
            raise CommandError(f"There is no stream {stream}; there are: {known}.")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is not a checkpoint that can be read: {error}") from error


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open() as file:
            for line in file:
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError("a line is not a JSON object")
                yield row
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is not an exported stream: {error}") from error
