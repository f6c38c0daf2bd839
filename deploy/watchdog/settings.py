"""Where the watchdog looks and who it is there: what every pod has, or what the environment says instead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chaos.adapters.kubernetes_api import Connection
from chaos.domain.errors import Refused

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where every pod finds its token, its cluster's CA and its own namespace."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`ttl` seconds go before what the grant says, where they are given; looks are `every` seconds apart.
    `alive` is touched after each look."""

    connection: Connection
    namespace: str
    ttl: float | None = None
    every: float = 2.0
    alive: Path | None = None


def read(environ: Mapping[str, str], account: Path = ACCOUNT) -> Settings:
    """Raises Refused with the name of the variable that is wrong, and what to write."""
    ttl = environ.get("GAMEDAY_WATCHDOG_TTL_SECONDS", "")
    alive = environ.get("GAMEDAY_WATCHDOG_ALIVE_FILE", "")
    return Settings(
        Connection(
            _server(environ),
            ca_file=environ.get("GAMEDAY_WATCHDOG_CA_FILE") or _there(account / "ca.crt"),
            token_file=environ.get("GAMEDAY_WATCHDOG_TOKEN_FILE") or str(account / "token"),
        ),
        environ.get("GAMEDAY_WATCHDOG_NAMESPACE") or _namespace(account / "namespace"),
        _seconds("GAMEDAY_WATCHDOG_TTL_SECONDS", ttl) if ttl else None,
        _seconds("GAMEDAY_WATCHDOG_EVERY_SECONDS", environ.get("GAMEDAY_WATCHDOG_EVERY_SECONDS") or "2"),
        Path(alive) if alive else None,
    )


def _server(environ: Mapping[str, str]) -> str:
    if given := environ.get("GAMEDAY_WATCHDOG_SERVER"):
        return given
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise Refused("This is no pod of a cluster: set GAMEDAY_WATCHDOG_SERVER to the API server's address.")
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def _there(path: Path) -> str | None:
    return str(path) if path.is_file() else None


def _namespace(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise Refused("Set GAMEDAY_WATCHDOG_NAMESPACE to the namespace of Gameday's engines.") from error


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.1 <= seconds <= 3600:
        raise Refused(f"{name} is {text!r}; write seconds, between 0.1 and 3600.", name)
    return seconds
