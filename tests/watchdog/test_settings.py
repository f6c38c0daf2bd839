"""Where the watchdog finds its cluster, and what it says of an environment that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.domain.errors import Refused
from deploy.watchdog.settings import read

POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """What every pod finds below /var/run/secrets."""
    for name, text in (("namespace", "chaos\n"), ("token", "t"), ("ca.crt", "PEM")):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_in_a_pod_nothing_need_be_said(account: Path) -> None:
    found = read(POD, account)
    assert found.connection.server == "https://10.96.0.1:443"
    assert found.connection.token_file == str(account / "token")
    assert found.connection.ca_file == str(account / "ca.crt")
    assert (found.namespace, found.every, found.ttl, found.alive) == ("chaos", 2.0, None, None)


def test_an_address_of_version_6_is_put_in_brackets(account: Path) -> None:
    assert (
        read({**POD, "KUBERNETES_SERVICE_HOST": "fd00::1"}, account).connection.server
        == "https://[fd00::1]:443"
    )


def test_the_environment_goes_before_what_the_pod_has(account: Path) -> None:
    given = {
        "GAMEDAY_WATCHDOG_SERVER": "http://127.0.0.1:1",
        "GAMEDAY_WATCHDOG_TOKEN_FILE": "/elsewhere/token",
        "GAMEDAY_WATCHDOG_NAMESPACE": "drills",
        "GAMEDAY_WATCHDOG_TTL_SECONDS": "12.5",
        "GAMEDAY_WATCHDOG_EVERY_SECONDS": "1",
        "GAMEDAY_WATCHDOG_ALIVE_FILE": "/run/alive",
    }
    found = read({**POD, **given}, account)
    assert found.connection.server == "http://127.0.0.1:1"
    assert found.connection.token_file == "/elsewhere/token"
    assert (found.namespace, found.every, found.ttl) == ("drills", 1.0, 12.5)
    assert found.alive == Path("/run/alive")


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, "GAMEDAY_WATCHDOG_SERVER"),
        ({**POD, "GAMEDAY_WATCHDOG_TTL_SECONDS": "soon"}, "GAMEDAY_WATCHDOG_TTL_SECONDS"),
        ({**POD, "GAMEDAY_WATCHDOG_TTL_SECONDS": "0"}, "GAMEDAY_WATCHDOG_TTL_SECONDS"),
        ({**POD, "GAMEDAY_WATCHDOG_EVERY_SECONDS": "nan"}, "GAMEDAY_WATCHDOG_EVERY_SECONDS"),
    ],
)
def test_what_is_wrong_is_named(account: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(Refused, match=named):
        read(environ, account)


def test_without_a_namespace_it_watches_none(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="GAMEDAY_WATCHDOG_NAMESPACE"):
        read(POD, tmp_path)
