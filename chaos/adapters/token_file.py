"""Who we are to a server: a token out of a file, or what the application keeps sealed. Never logged."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from chaos.domain.errors import Forbidden, Refused


class Credential(Protocol):
    def header(self) -> dict[str, str]:
        """The header that says who we are; empty for nobody. Raises Forbidden while it cannot be had."""


class TokenFile:
    """Projected tokens are replaced within the hour by swapping a symlink, so the file is asked each time.

    Refused for a token that would travel in clear text; Forbidden while the file cannot be read.
    """

    def __init__(self, path: str | None, scheme: str, host: str) -> None:
        if path:
            _refuse_clear_text(scheme, host)
        self._path = Path(path) if path else None
        self._seen: tuple[int, int, int] | None = None
        self._token = ""

    def header(self) -> dict[str, str]:
        if self._path is None:
            return {}
        try:
            stat = os.stat(self._path)
            seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
            if seen != self._seen:
                self._token, self._seen = self._path.read_text().strip(), seen
        except (OSError, UnicodeDecodeError) as error:
            raise Forbidden(f"The token file {self._path} cannot be read: {error}.") from error
        if not self._token or any(character.isspace() for character in self._token):
            raise Forbidden(f"The token file {self._path} holds no token.")
        return {"Authorization": f"Bearer {self._token}"}

    def __repr__(self) -> str:
        return f"TokenFile({self._path})"


class KeptSecret:
    """A token, or with a `username` its password. It is opened for each call, and kept nowhere in the clear.

    What `opened` raises while no key opens it is for whoever calls: the other clusters are not touched by it.
    """

    def __init__(self, opened: Callable[[], str], scheme: str, host: str, username: str = "") -> None:
        _refuse_clear_text(scheme, host)
        self._opened, self._username = opened, username

    def header(self) -> dict[str, str]:
        secret = self._opened()
        if not self._username:
            return {"Authorization": f"Bearer {secret}"}
        pair = base64.b64encode(f"{self._username}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def __repr__(self) -> str:
        return f"KeptSecret({self._username})"


def _refuse_clear_text(scheme: str, host: str) -> None:
    if scheme != "https" and host not in ("127.0.0.1", "::1", "localhost"):
        raise Refused(f"The token for {host} would travel in clear text; use https with a CA file.")
