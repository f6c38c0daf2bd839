"""The set-up: what is unpacked is whole or not there, and a remedy stands in every refusal."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.local import apt, binaries, packages, venv
from deploy.local.paths import ROOT, cache
from deploy.local.say import Trouble


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, on a machine where nothing is installed."""
    monkeypatch.setenv("GAMEDAY_CACHE", str(tmp_path))
    monkeypatch.setattr("shutil.which", lambda program: None)
    return tmp_path


def _package(into: Path, works: bool = True) -> dict[str, str]:
    program = into / "usr" / "bin" / "redis-server"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nexit {0 if works else 127}\n")
    program.chmod(0o755)
    library = into / "usr" / "lib" / "x" / "liblzf.so.1"
    library.parent.mkdir(parents=True)
    library.touch()
    return {"redis-server": "5:7.0", "liblzf1": "3"}


def test_an_unpacked_program_is_found_again_and_not_fetched_twice(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[Sequence[str]] = []

    def unpack(wanted: Sequence[str], into: Path) -> dict[str, str]:
        fetched.append(wanted)
        return _package(into)

    monkeypatch.setattr(packages, "unpack", unpack)
    first, second = binaries.redis(), binaries.redis()
    assert first == second
    assert len(fetched) == 1
    assert "redis-server=5%3a7.0" in first.path.parts
    assert first.environment()["LD_LIBRARY_PATH"].split(":")[0].endswith("usr/lib/x")


@pytest.mark.parametrize("broken", ["interrupted", "does not run"])
def test_what_is_not_whole_leaves_nothing_behind(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def unpack(wanted: Sequence[str], into: Path) -> dict[str, str]:
        found = _package(into, works=False)
        if broken == "interrupted":
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(packages, "unpack", unpack)
    with pytest.raises((KeyboardInterrupt, Trouble)):
        binaries.redis()
    assert [path for path in shelf.rglob("*") if path.is_file()] == []


def test_libraries_come_along_and_what_is_only_shown_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = (
        "Inst libjs-d3 (3.5.17-4 Debian:12/stable [all])\n"
        "Inst liblzf1 (3.6-3 Debian:12/stable [amd64])\n"
        "Inst fonts-glyphicons-halflings (1.0 Debian:12/stable [all])\n"
        "Inst redis-tools [5:6.0] (5:7.0.15 Debian:12/stable [amd64])\n"
        "Conf liblzf1 (3.6-3 Debian:12/stable [amd64])\n"
    )

    def run(command: Sequence[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 0, simulated, "")

    monkeypatch.setattr(apt, "run", run)
    assert packages._closure(["redis-tools"], []) == {"liblzf1": "3.6-3", "redis-tools": "5:7.0.15"}


def test_packages_out_of_reach_end_in_the_command_to_run(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    apt.private.cache_clear()
    tried: list[Sequence[str]] = []

    def run(command: Sequence[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        tried.append(command)
        raise subprocess.CalledProcessError(100, list(command), "", "E: Unable to locate package prometheus")

    monkeypatch.setattr(apt, "run", run)
    with pytest.raises(Trouble, match=r"(?s)Unable to locate.*apt-get install .*prometheus"):
        packages.unpack(["prometheus"], shelf / "into")
    assert any(command[-1] == "update" for command in tried), "lists of our own were not tried"
    apt.private.cache_clear()


def test_a_machine_without_apt_is_told_what_to_install(shelf: Path) -> None:
    with pytest.raises(Trouble, match=r"no apt-get.*on the PATH"):
        binaries.prometheus()


def test_an_installed_program_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = binaries.prometheus()
    assert found.path == program
    assert found.environment() == {}


def test_the_environment_is_left_alone_while_the_lock_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    python = tmp_path / "python"
    python.touch()
    monkeypatch.setattr(venv, "VENV_PYTHON", python)
    monkeypatch.setattr(venv, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    monkeypatch.setattr(venv, "_install", installed.append)
    for lock in venv.LOCKS.values():
        (tmp_path / lock).write_text("django==5.2 --hash=sha256:00\n")
    venv.ensure("dev")
    venv.ensure("dev")
    venv.ensure("runtime")
    assert installed == ["dev"]
    (tmp_path / venv.LOCKS["runtime"]).write_text("django==5.3 --hash=sha256:11\n")
    venv.ensure("runtime")
    assert installed == ["dev", "runtime"]


def test_the_cache_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAMEDAY_CACHE", str(tmp_path / "elsewhere"))
    assert cache() == tmp_path / "elsewhere"


@pytest.mark.parametrize("lock", venv.LOCKS.values())
def test_every_requirement_is_pinned_by_hash(lock: str) -> None:
    entries = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    pinned = [line for line in entries if line and not line.lstrip().startswith("#")]
    assert pinned
    assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []
