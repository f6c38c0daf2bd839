"""`manage.py halt` while the database takes the connection and never answers, or is not there at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chaos.faults.own_rights import LEVER
from chaos.services import address_book
from chaos.services.address_book import Address
from deploy.rehearsal.store import CONFIG_MAPS
from tests.support.rehearsal_api import ADMIN, running_api
from tests.support.silent_postgres import silent_postgres

ROOT = Path(__file__).resolve().parents[3]
SILENT = {
    "hangs after the sign-in": (True, "The database has not answered within 3 s, and was hung up on."),
    "hangs before it": (False, "timeout"),
}


def halt(state: Path, database: str) -> subprocess.CompletedProcess[str]:
    return manage(state, database, "halt", "--as", "ada", "--reason", "Smoke")


def manage(state: Path, database: str, *words: str) -> subprocess.CompletedProcess[str]:
    elsewhere = {
        "DATABASE_URL": database,
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "GAMEDAY_STATE_DIR": str(state),
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, **elsewhere},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("is_welcoming, why", SILENT.values(), ids=SILENT)
def test_a_halt_hangs_up_on_it_says_so_and_goes_by_labels(is_welcoming, why, settings, tmp_path: Path):
    settings.STATE_DIR = tmp_path
    (tmp_path / "token").write_text(ADMIN)
    with running_api() as api, silent_postgres(is_welcoming) as database:
        address_book.write([Address("home", api.url, str(tmp_path / "token"), "", "chaos", "chaos-runner")])
        began = time.monotonic()
        done = halt(tmp_path, database)
        took = time.monotonic() - began
        lever = api.do(lambda: api.store.get(CONFIG_MAPS, LEVER, "chaos"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The database is away: " in done.stderr and why in done.stderr
    assert "Doing what `halt --no-db` does" in done.stderr
    assert lever["data"]["reason"] == "Smoke (by ada)"
    assert "home: nothing of ours is left." in done.stdout
    assert "journal ingest" in done.stdout, "it is spooled, and goes on record late"
    assert took < 20, "a process that starts, and three seconds"


def test_with_no_cluster_in_the_book_it_names_the_ways_that_are_left(tmp_path: Path):
    done = halt(tmp_path, "postgres://nobody:x@127.0.0.1:9/none")
    assert done.returncode == 1
    assert "The database is away: " in done.stderr and "deploy/halt.sh" in done.stderr
    assert "Nothing was stopped." in done.stderr and "load the environment of the service" in done.stderr


@pytest.mark.parametrize("is_welcoming, why", SILENT.values(), ids=SILENT)
def test_what_is_left_is_said_by_the_address_book(is_welcoming, why, settings, tmp_path: Path):
    settings.STATE_DIR = tmp_path
    (tmp_path / "token").write_text(ADMIN)
    with running_api() as api, silent_postgres(is_welcoming) as database:
        address_book.write([Address("home", api.url, str(tmp_path / "token"), "", "chaos", "chaos-runner")])
        done = manage(tmp_path, database, "residue")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "home: nothing of ours is left.\n"
    assert "The database is away: " in done.stderr and why in done.stderr and "Traceback" not in done.stderr


def test_a_release_says_in_a_sentence_that_it_takes_the_database(tmp_path: Path):
    with silent_postgres() as database:
        done = manage(tmp_path, database, "halt", "--release", "--as", "ada", "--reason", "Quiet again.")
    assert done.returncode == 1 and done.stdout == "" and "Traceback" not in done.stderr
    assert "The database is away: The database has not answered within 3 s" in done.stderr
    assert "No lever was released" in done.stderr
