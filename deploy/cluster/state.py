"""The state folder of a control plane of ours: who may change it, what runs out of it, and the end of that.

Standard library only: what is running must be stoppable on a machine where nothing is installed any more.
"""

import contextlib
import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.local.paths import STATE
from deploy.local.say import Trouble, step

from . import detached

FOLDER = STATE / "cluster"
GRACE = 5.0  # seconds
LOCK = "cluster.lock"
READY = "ready.json"
STORE = "etcd"
FOLDERS = ("etcd", "keys", "logs", "run", "pod-runner", ".kube")
FILES = ("etcd.sock:1", "peer.sock:1", "kubeconfig", "nodes.json", READY)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While it lasts, nobody else starts or stops the control plane of that folder.

    Raises Trouble where the folder holds something else than a control plane's state.
    """
    if folder.exists() and not folder.is_dir():
        raise Trouble(f"{folder} is a file. Name an empty folder.")
    if folder.exists() and not (folder / LOCK).exists() and any(folder.iterdir()):
        raise Trouble(f"{folder} holds something else than a control plane. Name an empty folder.")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            step(f"the control plane in {folder} is being started or stopped by somebody else: waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check(folder: Path) -> None:
    """Return where all of it runs and was ready. Raises Trouble with the last words of what has ended."""
    processes = detached.known(folder)
    if not processes or not (folder / READY).exists():
        raise Trouble(f"No control plane is up in {folder}. Start one: make cluster")
    dead = [process for process in processes if not process.is_alive]
    if dead:
        names, words = ", ".join(one.name for one in dead), "\n".join(one.last_words() for one in dead)
        raise Trouble(
            f"Of the control plane in {folder} has ended: {names}. Start it anew: make cluster\n{words}"
        )


def is_up(folder: Path) -> bool:
    """Whether all of it runs and was ready."""
    try:
        check(folder)
    except Trouble:
        return False
    return True


def stop(folder: Path) -> int:
    """Stop all that was started there and is left of it; returns how many were alive."""
    processes = detached.known(folder)
    living = sum(process.is_alive for process in processes)
    # The store last: without it the API server waits for it until it is killed.
    detached.end([process for process in processes if process.name != STORE], folder, GRACE)
    detached.end([process for process in processes if process.name == STORE], folder, GRACE)
    (folder / READY).unlink(missing_ok=True)
    return living


def clear(folder: Path) -> None:
    """Remove what a control plane left there, and nothing else."""
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in FILES:
        (folder / name).unlink(missing_ok=True)


def write_ready(folder: Path, server: str, programs: Mapping[str, Path]) -> None:
    """Put on file that it is up, and out of which programs."""
    kept = {"server": server, "programs": {name: str(path) for name, path in programs.items()}}
    (folder / READY).write_text(json.dumps(kept))


def programs_of(folder: Path) -> dict[str, Path]:
    """The programs that run there, by name. Raises OSError where none was ready."""
    kept = json.loads((folder / READY).read_text())["programs"]
    return {name: Path(path) for name, path in kept.items()}
