"""Tokens that halt everything when nobody can be asked who they are: sessions and people are in the database.

They lie in a mounted file, one a line: a name, and the SHA-256 of the token in hex. The file holds no usable
secret, and a token opens nothing: all it does is halt, which everybody may who is signed in.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from chaos.domain.errors import Refused

log = logging.getLogger(__name__)

_LINE = re.compile(r"(?P<name>[A-Za-z0-9][-A-Za-z0-9_.@]{0,59})\s+(?P<digest>[0-9a-f]{64})")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Holder:
    """Who was given a token, by name, and the token's SHA-256 in hex."""

    name: str
    digest: str


def is_set_up() -> bool:
    """Whether this installation was given a file of tokens."""
    return bool(settings.BREAK_GLASS_FILE)


def new_token(name: str) -> tuple[str, str]:
    """A token, which is shown once and kept nowhere, and its line for the file. Raises Refused for a name."""
    token = secrets.token_urlsafe(32)
    line = f"{name} {_digest(token)}"
    if not _LINE.fullmatch(line):
        raise Refused(f"{name!r} is no name for a token: letters, digits and -_.@, 60 at the most.", "name")
    return token, line


def holder_of(token: str) -> str:
    """Who holds this token. Raises Refused when nobody does, or when the file cannot be read.

    Every line is compared, in constant time: how long it takes tells nothing.
    """
    digest, found = _digest(token), ""
    for holder in holders():
        if hmac.compare_digest(holder.digest, digest):
            found = holder.name
    if not found:
        raise Refused("Nobody holds this token. Nothing was stopped.", "token")
    return found


def holders() -> tuple[Holder, ...]:
    """Everybody in the file. A line that is none is left out and said in the log.

    Raises Refused for a file that cannot be read, or that others can write: whose token it is, nobody knows.
    """
    path = Path(settings.BREAK_GLASS_FILE)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"The file of tokens cannot be read: {error}. Nothing was stopped.") from error
    if mode & _OTHERS_WRITE:
        raise Refused(
            f"The file of tokens {path} can be written by others (mode {mode & 0o777:o}), who could add one: "
            "none in it counts. `chmod go-w` it. Nothing was stopped."
        )
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match := _LINE.fullmatch(line.strip()):
            found.append(Holder(match["name"], match["digest"]))
        else:
            log.error(
                "%s, line %s is no `NAME SHA256`; `manage.py break_glass new NAME` prints one.", path, number
            )
    return tuple(found)


def _digest(token: str) -> str:
    return hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()
