"""The virtual environment: created once, filled with hash-pinned requirements, left alone while they last."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import packages
from .paths import ROOT, VENV, VENV_PYTHON
from .say import Trouble, step, tail

STAMP = VENV / ".gameday.json"
LOCKS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}


def ensure(kind: str) -> None:
    """Make .venv hold the requirements of `kind` ("runtime" or "dev").

    Raises Trouble where the environment cannot be made or filled.
    """
    stamps = _stamps()
    wanted = _digest(ROOT / LOCKS[kind])
    if not VENV_PYTHON.exists() or stamps.get("python") not in (None, _interpreter()):
        _create()
        stamps = {}
    if stamps.get(kind) == wanted:
        return
    _install(kind)
    # The development lock is compiled on top of the runtime lock: who has it has both.
    met = LOCKS if kind == "dev" else {kind: LOCKS[kind]}
    _write_stamps({**stamps, "python": _interpreter(), **{name: _digest(ROOT / met[name]) for name in met}})


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _interpreter() -> str:
    return f"{os.path.realpath(sys.executable)} {sys.version}"


def _stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _write_stamps(stamps: dict[str, str]) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamps, indent=1))
    fresh.replace(STAMP)


def _create() -> None:
    step(f"creating .venv with Python {sys.version.split()[0]}")
    if importlib.util.find_spec("venv") is None:
        raise Trouble("This Python has no venv module. Run: apt-get install python3-venv")
    bare = importlib.util.find_spec("ensurepip") is None or not _ensurepip_works()
    command = [sys.executable, "-m", "venv", "--clear", *(["--without-pip"] if bare else []), str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble(f"{' '.join(command)} failed:\n{tail(done.stdout + done.stderr)}")
    if bare:
        _pip_from_package()


def _ensurepip_works() -> bool:
    # Debian ships the module's outside in one package and its wheels in another.
    done = subprocess.run([sys.executable, "-m", "ensurepip", "--version"], capture_output=True, check=False)
    return done.returncode == 0


def _pip_from_package() -> None:
    """Give a pip-less environment the pip of Debian's python3-pip-whl, unpacked and not installed."""
    step("this Python has no ensurepip: taking pip from the package python3-pip-whl")
    try:
        with tempfile.TemporaryDirectory(prefix="gameday-pip-") as folder:
            packages.unpack(["python3-pip-whl"], Path(folder))
            wheel = next(Path(folder).glob("usr/share/python-wheels/pip-*.whl"))
            command = [str(VENV_PYTHON), f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)]
            subprocess.run(command, check=True, capture_output=True, text=True)
    except (Trouble, StopIteration, subprocess.CalledProcessError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble(
            f"This Python cannot make a virtual environment with pip ({error}). "
            "Run: apt-get install python3-venv"
        ) from error


def _install(kind: str) -> None:
    lock = LOCKS[kind]
    count = sum(1 for line in (ROOT / lock).read_text().splitlines() if "==" in line)
    step(f"installing {count} packages of {lock} (hashes checked)")
    command = [
        str(VENV_PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
        "--only-binary=:all:",
        "-r",
        lock,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(
            f"pip could not install {lock}. Check the network and pip's index settings, "
            f"then run this again:\n{tail(done.stdout + done.stderr)}"
        )
