"""A control plane's processes: known again, never mistaken for others, stopped whole."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster import detached, handle, state, tier, up
from deploy.cluster.toolchain import Unobtainable
from deploy.local.say import Trouble
from deploy.local.tiers import Outcome

SLEEPS = [sys.executable, "-c", "import time; print('at work', flush=True); time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal as s, time; s.signal(15, s.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "cluster"
    detached.end(detached.known(tmp_path / "cluster"), tmp_path / "cluster", grace=0)


def spawn(folder: Path, name: str, command: list[str] = SLEEPS) -> detached.Detached:
    process = detached.spawn(name, command, folder, os.environ)
    deadline = time.monotonic() + 10
    while not process.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def is_ready(folder: Path) -> None:
    state.write_ready(folder, "https://127.0.0.1:1", {"etcd": Path("/bin/etcd")})


def test_a_process_is_known_again_from_its_folder(folder: Path) -> None:
    started = spawn(folder, "etcd")
    assert detached.known(folder) == [started]
    assert started.is_alive


def test_a_reused_process_id_is_not_taken_for_ours(folder: Path) -> None:
    ours = spawn(folder, "etcd")
    file = folder / "run" / "etcd.json"
    file.write_text(json.dumps({"pid": ours.pid, "began": ours.began - 1}))
    [known] = detached.known(folder)
    assert not known.is_alive
    known.send(signal.SIGKILL)
    assert ours.is_alive
    detached.end([ours], folder, grace=5)


def test_what_does_not_listen_is_killed_after_its_grace(folder: Path) -> None:
    deaf, polite = spawn(folder, "deaf", DEAF), spawn(folder, "polite")
    assert detached.end([deaf, polite], folder, grace=0.3) == ["deaf"]
    assert not deaf.is_alive
    assert not polite.is_alive
    assert detached.known(folder) == []


def test_all_of_it_is_up_or_it_is_not(folder: Path) -> None:
    assert not state.is_up(folder)
    spawn(folder, "etcd")
    assert not state.is_up(folder), "it never said that it was ready"
    is_ready(folder)
    assert state.is_up(folder)


def test_a_part_that_was_killed_is_named_with_its_last_words(folder: Path) -> None:
    spawn(folder, "kwok")
    killed = spawn(folder, "etcd")
    is_ready(folder)
    killed.send(signal.SIGKILL)
    os.waitpid(killed.pid, 0)
    with pytest.raises(Trouble, match=r"(?s)ended: etcd\. Start it anew: make cluster.*at work.*etcd\.log"):
        state.check(folder)
    assert state.stop(folder) == 1
    with pytest.raises(Trouble, match="No control plane is up"):
        state.check(folder)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(Trouble, match="Name an empty folder"), state.alone(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plane").touch()
    with pytest.raises(Trouble, match="plane is a file"), state.alone(tmp_path / "plane"):
        pass


def test_clearing_leaves_what_is_not_of_the_control_plane(tmp_path: Path) -> None:
    (tmp_path / "etcd" / "member").mkdir(parents=True)
    (tmp_path / "notes").touch()
    state.clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_without_a_cluster_the_tests_are_told_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv(handle.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(Trouble, match="Start one: make cluster"):
        handle.running()


def test_our_own_kubeconfig_does_not_make_a_cluster_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "FOLDER", tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    assert handle.given() is None


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "is no file"), ("not: [yaml", "cannot be used"), ("kind: Config", "cannot be used")],
)
def test_a_kubeconfig_that_is_none_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, told: str
) -> None:
    file = tmp_path / "theirs"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("KUBECONFIG", str(file))
    with pytest.raises(Trouble, match=f"theirs.*{told}"):
        handle.running()


def test_what_cannot_be_had_counts_as_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(*_: str) -> None:
        raise Unobtainable("the Go module bank.example/lib@v1.0.0 cannot be had")

    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(state, "FOLDER", tmp_path)
    monkeypatch.setattr(tier.build, "binaries", nothing)
    monkeypatch.setattr(tier, "Interrupts", lambda: None)
    assert tier.main() == tier.NOT_RUN
    said = capsys.readouterr()
    assert "NOT RUN  real Kubernetes" in said.out
    assert "bank.example/lib@v1.0.0 cannot be had" in said.err


@pytest.mark.parametrize("line", ["no test is marked for it", "6 skipped, 12 deselected in 1.02s"])
def test_a_tier_in_which_no_test_passed_counts_as_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    monkeypatch.setattr(tier, "Interrupts", lambda: None)
    monkeypatch.setattr(tier, "_cluster", lambda: contextlib.nullcontext({}))
    monkeypatch.setattr(tier, "_has_litmus", lambda: True)
    monkeypatch.setattr("deploy.local.tiers.pytest", lambda *_: Outcome(tier.NAME, True, line))
    assert tier.main() == tier.NOT_RUN
    assert f"{line}; nothing of it counts as passed" in capsys.readouterr().out


def test_where_litmus_cannot_be_had_the_rest_runs_and_the_tier_says_what_did_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(*_: str) -> None:
        raise Unobtainable("The Go module bank.example/operator@v1.0.0 cannot be had.")

    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(tier, "Interrupts", lambda: None)
    monkeypatch.setattr(tier, "_cluster", lambda: contextlib.nullcontext({}))
    monkeypatch.setattr(tier.build, "binaries", nothing)
    monkeypatch.setattr(
        "deploy.local.tiers.pytest", lambda *_: Outcome(tier.NAME, True, "9 passed, 3 skipped")
    )
    assert tier.main() == tier.NOT_RUN
    said = capsys.readouterr()
    assert "9 passed, 3 skipped" in said.out
    assert "NOT RUN  real Litmus" in said.out
    assert "bank.example/operator@v1.0.0 cannot be had" in said.err


def test_a_named_folder_in_which_nothing_is_up_is_said_and_no_other_one_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv(handle.FOLDER_VARIABLE, str(folder))
    monkeypatch.setattr(tier, "Interrupts", lambda: None)
    assert tier.main() == 1
    assert f"No control plane is up in {folder}" in capsys.readouterr().out


def test_a_taken_port_is_said_before_anything_is_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> None:
        raise Trouble("Port 26643 is taken.")

    monkeypatch.setattr(up.ports, "claim", taken)
    monkeypatch.setattr(up.build, "binaries", lambda *_: pytest.fail("it was built first"))
    with pytest.raises(Trouble, match="is taken"):
        up.bring_up(folder)
