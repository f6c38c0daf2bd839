"""Programs out of pinned Go modules, built once and kept in the cache that all clones on the machine share.

A program lies in `<cache>/cluster/<module>-<digest>/`; the digest covers the module's folder, the flags and
the toolchain, so what is there is what the clone asks for, and nothing is ever built over.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.local.paths import cache
from deploy.local.say import Trouble, step, tail
from deploy.local.tether import tether

from . import toolchain
from .parts import Module, module_of
from .toolchain import Toolchain, Unobtainable

FLAGS = ("-mod=readonly", "-trimpath", "-buildvcs=false")
SAY_EVERY = 15.0  # seconds
ASKED_FOR = re.compile(r"^go: downloading (\S+) (v\S+)$", flags=re.MULTILINE)
OURS_TO_MEND = re.compile(r"SECURITY ERROR|go\.sum entry|updates to go\.mod|cannot find module providing")
REFUSED = re.compile(r"(?:^|\s)([\w.~-]+(?:/[\w.~-]+)*@v[\w.+-]+)(?=[:/ ])", flags=re.MULTILINE)


def binary(program: str) -> Path:
    """The program of that name, built where it is missing.

    Raises Unobtainable where there is no toolchain or a module cannot be had (which), Trouble where the build
    fails (its log), KeyError for a program that no module builds.
    """
    return binaries(program)[program]


def binaries(*programs: str) -> dict[str, Path]:
    """Several of them, by name. Raises what `binary` raises."""
    modules = {program: module_of(program) for program in programs}
    go = toolchain.find()
    found = {program: shelf(module, go) / program for program, module in modules.items()}
    missing = [program for program, path in found.items() if not path.exists()]
    if missing:
        step(f"to be built once, out of Go modules with {go.version}: {', '.join(missing)}")
    for program in missing:
        with _alone():
            if not found[program].exists():  # another clone may have built it meanwhile
                _build(modules[program], program, go, found[program])
    return found


def shelf(module: Module, go: Toolchain) -> Path:
    """The folder that holds the module's programs as this clone and this toolchain make them."""
    digest = hashlib.sha256(repr((go.version, FLAGS, module.link_flags(), os.uname().machine)).encode())
    for path in sorted(path for path in module.folder.rglob("*") if path.is_file()):
        digest.update(f"\0{path.relative_to(module.folder)}\0".encode() + path.read_bytes())
    return cache() / "cluster" / f"{module.name}-{digest.hexdigest()[:16]}"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One build at a time on a machine: each takes all its cores and gigabytes of its memory."""
    folder = cache() / "cluster"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            step("another build is under way on this machine: waiting for its end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(module: Module, program: str, go: Toolchain, target: Path) -> None:
    """Build aside, then rename: an interrupted build leaves nothing that looks finished."""
    began = time.monotonic()
    package = module.programs[program]
    count = len(_packages(module, program, go))
    step(f"building {program} {module.version} ({count} packages, fewer where some were compiled before)")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside, log = target.with_name(f".{program}-{os.getpid()}"), target.with_name(f"{program}.log")
    command = [str(go.go), "build", *FLAGS, "-v", "-ldflags", module.link_flags(), "-o", str(aside), package]
    try:
        status = _watched(program, count, command, module.folder, go, log)
        if status != 0:
            raise Trouble(
                f"{program} {module.version} could not be built (go build ended with {status}). "
                f"The whole log: {log}\n{tail(log.read_text(errors='replace'))}"
            )
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    size = target.stat().st_size / 1e6
    step(f"{program} is built ({_minutes(time.monotonic() - began)}, {size:.0f} MB)")


def _packages(module: Module, program: str, go: Toolchain) -> list[str]:
    """All packages that go into the program; the question downloads what is missing, checksums verified."""
    step(f"looking at the modules of {program} {module.version}; missing ones are downloaded")
    command = [str(go.go), "list", *FLAGS[:1], "-deps", module.programs[program]]
    done = subprocess.run(
        command,
        cwd=module.folder,
        env=go.environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=tether(signal.SIGTERM),
    )
    if done.returncode == 0:
        return done.stdout.split()
    raise _why_not(f"{program} {module.version}", done.stderr)


def _why_not(program: str, said: str) -> Trouble:
    """What is wrong, as the go command says: a module that cannot be had, or one that is not the same."""
    words = tail(said, 8)
    if OURS_TO_MEND.search(said):
        return Trouble(
            f"{program} cannot be built: its modules are not what go.mod and go.sum pin. If nobody changed "
            f"these files, the copies in `go env GOMODCACHE` or the proxy cannot be trusted.\n{words}"
        )
    refused = REFUSED.findall(said) or [f"{name}@{version}" for name, version in ASKED_FOR.findall(said)[-1:]]
    what = f"the Go module {', '.join(sorted(set(refused)))}" if refused else "one of its Go modules"
    return Unobtainable(
        f"{program} cannot be built: {what} cannot be had. Check the network and what "
        f"`go env GOPROXY GOSUMDB` says, or set KUBECONFIG to a cluster that may be used for the tests."
        f"\n{words}"
    )


def _watched(program: str, count: int, command: list[str], folder: Path, go: Toolchain, log: Path) -> int:
    """Run the build with low priority, its words into the log, a line of progress now and then."""
    began = said = time.monotonic()
    compiled = 0
    child = subprocess.Popen(
        ["nice", "-n", "15", *command],
        cwd=folder,
        env=go.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=tether(signal.SIGTERM),
    )
    assert child.stdout is not None  # noqa: S101 - a pipe was asked for
    with log.open("wb") as written, selectors.DefaultSelector() as selector, _ended(child):
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(timeout=1.0):
                heard = os.read(child.stdout.fileno(), 65536)
                if not heard:
                    break
                written.write(heard)
                compiled += heard.count(b"\n")
            if time.monotonic() - said >= SAY_EVERY:
                said = time.monotonic()
                step(f"  {program}: {compiled} of at most {count} packages, {_minutes(said - began)}")
        return child.wait()


@contextlib.contextmanager
def _ended(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens here, the build does not go on without us."""
    try:
        yield
    finally:
        if child.poll() is None:
            child.terminate()
        child.wait()


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60} min {int(seconds) % 60} s" if seconds >= 60 else f"{seconds:.0f} s"


if __name__ == "__main__":
    for built in binaries(*sys.argv[1:]).values():
        print(built)
