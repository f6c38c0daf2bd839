"""A rehearsal keeps to its own database, whatever this shell is set up for."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.stack import Stack


@pytest.fixture(autouse=True)
def a_shell_set_up_for_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.bank.example/gameday")
    monkeypatch.setenv("REDIS_URL", "redis://broker.bank.example/0")
    monkeypatch.setenv("GAMEDAY_STATE_DIR", "/var/lib/gameday")
    monkeypatch.delenv("GAMEDAY_DAY_DATABASE_URL", raising=False)


def test_a_day_never_uses_the_database_the_broker_or_the_folder_of_a_real_gameday(tmp_path: Path):
    environment = Stack(tmp_path).environment()
    assert environment["DATABASE_URL"] == f"sqlite:///{tmp_path / 'gameday.sqlite3'}"
    assert environment["REDIS_URL"].startswith("redis://127.0.0.1:")
    assert environment["GAMEDAY_STATE_DIR"] == str(tmp_path)


def test_a_day_uses_the_database_that_is_given_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GAMEDAY_DAY_DATABASE_URL", "postgres:///practice")
    assert Stack(tmp_path).environment()["DATABASE_URL"] == "postgres:///practice"
