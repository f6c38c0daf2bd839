"""Files into a signed ZIP: the same files give the same manifest everywhere, and the same ZIP bytes
wherever the same zlib compresses them.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from chaos.domain.errors import Refused

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"


def manifest(files: Mapping[str, bytes], about: Mapping[str, str]) -> bytes:
    """SHA-256 and size of every file, with `about` beside them, as indented JSON."""
    listed = {
        path: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for path, content in sorted(files.items())
    }
    return _text({"format": "gameday-evidence/1", **about, "files": listed})


def pack(
    files: Mapping[str, bytes], about: Mapping[str, str], sign: Callable[[bytes], bytes], at: datetime
) -> bytes:
    """The ZIP: manifest and its signature first, then every file by name, all with the instant `at`."""
    listed = manifest(files, about)
    everything = {MANIFEST: listed, SIGNATURE: sign(listed), **dict(sorted(files.items()))}
    utc = at.astimezone(UTC)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, content in everything.items():
            info = zipfile.ZipInfo(path, utc.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, whatever wrote it
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def place(path: Path, content: bytes) -> None:
    """Write the file whole or not at all. Raises Refused when the folder cannot be written."""
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise Refused(
            f"The bundle cannot be written to {path.parent}: {error.strerror or error}.", "to"
        ) from error


def _text(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
