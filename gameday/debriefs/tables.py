"""CSV that no spreadsheet executes, and JSON that people can read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chaos.domain import codec
from chaos.domain.sight import Reading

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """`text`, led by an apostrophe when a spreadsheet would take it for a formula.

    Numbers are left alone: `-3.5` is a number and no formula.
    """
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return "'" + text if text[0] in "\t\r" else text


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180, UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(head)
    writer.writerows([cell(item) for item in row] for row in rows)
    return buffer.getvalue().encode()


def samples(readings: Iterable[Reading], unit: str) -> bytes:
    """Every reading of one probe; an unknown one has no value but a reason."""
    rows = (
        (
            str(codec.to_plain(reading.asked_at)),
            str(codec.to_plain(reading.at)),
            "" if reading.value is None else repr(reading.value),
            unit,
            reading.unknown,
        )
        for reading in readings
    )
    return csv_bytes(("asked_at", "at", "value", "unit", "unknown_because"), rows)


def json_bytes(value: Any) -> bytes:
    """Indented JSON; what JSON does not know (instants, spans, dataclasses) in its plain form."""
    return (json.dumps(value, default=codec.to_plain, ensure_ascii=False, indent=2) + "\n").encode()


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One JSON object a line."""
    lines = (
        json.dumps(row, default=codec.to_plain, ensure_ascii=False, separators=(",", ":")) + "\n"
        for row in rows
    )
    return "".join(lines).encode()
