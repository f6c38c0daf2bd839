"""The web process by itself: no database, no broker, no driver; a cluster with something of ours on it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from chaos.faults.own_rights import LEVER
from chaos.services import address_book
from chaos.services.address_book import Address
from deploy.rehearsal.store import CHAOS_ENGINES, CONFIG_MAPS
from gameday.conduct import break_glass
from tests.gameday.conduct.test_halting_without_the_database import NAME, OURS, ROOT, SPEC
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api
from tests.support.silent_postgres import silent_postgres

NOWHERE = {"DATABASE_URL": "postgres://nobody:x@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0"}


class Here(http.client.HTTPConnection):
    """To a process that listens on a socket in a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def asked(path: Path, method: str, address: str, body: str = "", **headers: str) -> tuple[int, str]:
    door = Here(path)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    door.request(method, address, body, {**form, **headers})
    answer = door.getresponse()
    return answer.status, answer.read().decode()


@pytest.fixture
def api() -> Iterator[RunningApi]:
    with running_api() as running:
        meta = {"name": NAME, "namespace": "chaos", "labels": OURS}
        running.do(lambda: running.store.create(CHAOS_ENGINES, {"metadata": meta, "spec": SPEC}))
        yield running


@pytest.fixture
def token(api: RunningApi, settings, tmp_path: Path) -> str:
    """A state folder with an address book, and the token of somebody."""
    settings.STATE_DIR = tmp_path
    (tmp_path / "k8s").write_text(ADMIN)
    address_book.write([Address("home", api.url, str(tmp_path / "k8s"), "", "chaos", "chaos-runner")])
    made, line = break_glass.new_token("ops-on-call")
    (tmp_path / "tokens").write_text(line)
    (tmp_path / "tokens").chmod(0o600)
    return made


@pytest.fixture(params=["away", "silent"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """One that is not there, and one that takes every question and answers none."""
    if request.param == "away":
        yield NOWHERE["DATABASE_URL"]
        return
    with silent_postgres() as url:
        yield url


@pytest.fixture
def web(token: str, tmp_path: Path, database: str) -> Iterator[Path]:
    door = tmp_path / "web"
    given = {
        "GAMEDAY_STATE_DIR": str(tmp_path),
        "GAMEDAY_BREAK_GLASS_FILE": str(tmp_path / "tokens"),
        "GAMEDAY_PLAIN_HTTP": "1",
        "DATABASE_URL": database,
    }
    command = [sys.executable, "-m", "uvicorn", "gameday.asgi:application", "--uds", str(door)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **NOWHERE, **given})
    try:
        deadline = time.monotonic() + 30
        while not door.exists():
            assert process.poll() is None and time.monotonic() < deadline, "the web process did not start"
            time.sleep(0.05)
        yield door
    finally:
        process.terminate()
        process.wait(20)


def test_a_token_halts_within_seconds_and_whoever_presses_stop_is_led_there(
    api: RunningApi, web: Path, token: str, database: str
):
    began = time.monotonic()
    status, page = asked(web, "POST", "/stop", "reason=Smoke", Cookie="sessionid=of-somebody")
    assert time.monotonic() - began < 8
    assert status == 503 and 'href="/break-glass/"' in page
    form = urlencode({"token": token, "reason": "Database is down"})
    began = time.monotonic()
    status, answer = asked(web, "POST", "/break-glass/", form, Accept="application/json")
    took = time.monotonic() - began
    told = json.loads(answer)
    assert (status, told["is_whole"]) == (200, True), answer
    dead = database == NOWHERE["DATABASE_URL"]
    assert took < (3 if dead else 8), "the figure for a halt with the database dead; else it is waited for"
    assert "goes into the journal late" in told["record"]
    lever = api.do(lambda: api.store.get(CONFIG_MAPS, LEVER, "chaos"))
    assert lever["data"]["reason"] == "Database is down (by break-glass ops-on-call)"
    assert api.do(lambda: api.store.find(CHAOS_ENGINES, NAME, "chaos")) is None
