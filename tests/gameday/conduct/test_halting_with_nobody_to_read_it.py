"""`manage.py … | head -1`, or a `tee` that Ctrl-C has ended: nobody reads, and what is to be done is done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chaos.faults.own_rights import LEVER
from chaos.services import address_book
from chaos.services.address_book import Address
from deploy.rehearsal.store import CONFIG_MAPS
from tests.support.rehearsal_api import ADMIN, running_api

ROOT = Path(__file__).resolve().parents[3]
NOWHERE = "postgres://nobody:x@127.0.0.1:9/none"


def environment(state: Path) -> dict[str, str]:
    own = {"GAMEDAY_STATE_DIR": str(state), "GAMEDAY_SPOOL_DIR": str(state / "spool")}
    return {**os.environ, "DATABASE_URL": NOWHERE, "PYTHONUNBUFFERED": "1", **own}


def manage(state: Path, *words: str) -> int:
    """Its exit status, where whoever was to read stdout and stderr has gone before the first word."""
    reads, writes = os.pipe()
    os.close(reads)
    env = {**os.environ, "DATABASE_URL": NOWHERE, "GAMEDAY_STATE_DIR": str(state), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", *words]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=writes, stderr=writes, timeout=60, check=False
        )
    finally:
        os.close(writes)
    return done.returncode


@pytest.mark.parametrize("words", [("--no-db",), ()], ids=["by labels", "with the database away"])
def test_a_halt_halts_and_keeps_its_word_for_the_record(words, settings, tmp_path: Path):
    settings.STATE_DIR = tmp_path
    (tmp_path / "token").write_text(ADMIN)
    with running_api() as api:
        address_book.write([Address("home", api.url, str(tmp_path / "token"), "", "chaos", "chaos-runner")])
        assert manage(tmp_path, "halt", *words, "--as", "ada", "--reason", "Smoke") == 0
        assert api.do(lambda: api.store.find(CONFIG_MAPS, LEVER, "chaos")) is not None
    assert len([*(tmp_path / "spool").glob("*.json")]) == 1


def test_a_list_that_nobody_reads_ends_as_such_lists_do(tmp_path: Path):
    assert manage(tmp_path, "residue") == 128 + 13


def test_that_nobody_reads_is_no_traceback(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "manage.py", "help"],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.close()
        assert "Traceback" not in child.stderr.read()
