"""Redis and Prometheus: from the PATH where installed, else unpacked once into the shared cache."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import packages
from .paths import cache
from .say import Trouble, step


@dataclass(frozen=True, slots=True)
class Binary:
    """A program and the folders its unpacked shared libraries lie in (none where it is installed)."""

    path: Path
    libraries: tuple[Path, ...] = ()

    def environment(self) -> dict[str, str]:
        """What the program needs in its environment on top of the usual."""
        if not self.libraries:
            return {}
        known = [str(folder) for folder in self.libraries]
        inherited = os.environ.get("LD_LIBRARY_PATH")
        return {"LD_LIBRARY_PATH": ":".join([*known, inherited] if inherited else known)}


def redis() -> Binary:
    """redis-server, ready to be run. Raises Trouble."""
    return _find("redis-server", ["redis-server", "redis-tools"])


def prometheus() -> Binary:
    """prometheus, ready to be run. Raises Trouble."""
    return _find("prometheus", ["prometheus"])


def _find(program: str, wanted: list[str]) -> Binary:
    installed = shutil.which(program)
    if installed:
        return Binary(Path(installed))
    shelf = cache() / _distribution()
    kept = sorted(shelf.glob(f"{program}=*"), key=lambda tree: tree.stat().st_mtime)
    tree = kept[-1] if kept else _unpack(program, wanted, shelf)
    return _in_tree(program, tree)


def _unpack(program: str, wanted: list[str], shelf: Path) -> Path:
    """Unpack aside, try it, then rename: an interrupted download leaves nothing that looks finished."""
    step(f"unpacking {program} into {shelf} (nothing is installed, no service starts)")
    shelf.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=shelf))
    try:
        version = packages.unpack(wanted, aside)[program]
        _try(program, _in_tree(program, aside))
        finished = shelf / f"{program}={version.replace(':', '%3a')}"
        if not finished.exists():
            aside.rename(finished)
        return finished
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _in_tree(program: str, tree: Path) -> Binary:
    libraries = sorted({found.parent for found in tree.glob("usr/lib/**/*.so*")})
    return Binary(tree / "usr" / "bin" / program, tuple(libraries))


def _try(program: str, binary: Binary) -> None:
    done = subprocess.run(
        [binary.path, "--version"],
        env={**os.environ, **binary.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Trouble(
            f"{program} was unpacked but does not run here: {(done.stderr or done.stdout).strip()}. "
            f"Run as root: apt-get install --no-install-recommends {program}"
        )


def _distribution() -> str:
    """A name for the kind of machine the unpacked programs fit, such as debian-12-x86_64."""
    facts: dict[str, str] = {}
    release = Path("/etc/os-release")
    for line in release.read_text().splitlines() if release.exists() else []:
        name, _, value = line.partition("=")
        facts[name] = value.strip('"')
    return f"{facts.get('ID', 'linux')}-{facts.get('VERSION_ID', 'rolling')}-{os.uname().machine}"
