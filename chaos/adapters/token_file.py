"""The bearer token of a service account, read again whenever its file changes. Never logged."""

from __future__ import annotations

import os
from pathlib import Path

from chaos.domain.errors import Forbidden, Refused


class TokenFile:
    """Projected tokens are replaced within the hour by swapping a symlink, so the file is asked each time.

    Refused for a token that would travel in clear text; Forbidden while the file cannot be read.
    """

    def __init__(self, path: str | None, scheme: str, host: str) -> None:
        if path and scheme != "https" and host not in ("127.0.0.1", "::1", "localhost"):
            raise Refused(f"The token for {host} would travel in clear text; use https with a CA file.")
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
