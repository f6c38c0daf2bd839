"""A throw-away PostgreSQL for the tests: a new cluster in a temporary folder, on a free port, gone after."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .ports import free
from .say import Trouble, tail
from .tether import tether
from .undertaker import Undertaker

READY_WITHIN = 30.0  # seconds
GRACE = 1.0  # seconds for its end when we are gone


def programs() -> Path | None:
    """The folder with initdb and postgres, the newest where there are several; None where there is none."""
    folders = sorted(
        (found.parent for found in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdecimal() else 0,
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextlib.contextmanager
def throwaway(folder: Path) -> Iterator[str]:
    """Run a server from the programs in `folder`; yields its DATABASE_URL.

    Raises Trouble with the server's last words where it does not come up.
    """
    with server(folder) as running:
        yield running.url


@contextlib.contextmanager
def server(folder: Path) -> Iterator["Server"]:
    """The same, for who wants to stop it and start it again meanwhile."""
    owner = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="gameday-postgres-"))
    if owner:
        os.chown(home, owner.pw_uid, owner.pw_gid)
    try:
        password = secrets.token_hex(16)
        _initialise(folder, home, password, owner)
        running = Server(folder, home, password, owner)
        try:
            running.start()
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


class Server:
    """One server on a port of its own, which it keeps. For one thread: it ends with who started it."""

    def __init__(self, folder: Path, home: Path, password: str, owner: pwd.struct_passwd | None) -> None:
        self._folder, self._home, self._owner, self._port = folder, home, owner, free()[0]
        self._process: subprocess.Popen[bytes] | None = None
        self._undertaker: Undertaker | None = None
        self.url = f"postgres://gameday:{password}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Returns when it answers; nothing where it runs. Raises Trouble with its last words."""
        if self._process is not None:
            return
        command = [str(self._folder / "postgres"), "-D", str(self._home / "data"), "-p", str(self._port)]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-k", str(self._home), *SETTINGS],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=tether(signal.SIGQUIT),
                user=self._owner.pw_uid if self._owner else None,
                group=self._owner.pw_gid if self._owner else None,
                extra_groups=[] if self._owner else None,
            )
        self._undertaker = Undertaker(self._process.pid, GRACE, self._home)
        _wait(self._folder, self._port, self._process, self._home / "log")

    def stop(self) -> None:
        """At once: whoever is connected is cut off, and nothing here is worth a checkpoint."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None
        if self._undertaker is not None:
            self._undertaker.dismiss()
            self._undertaker = None

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """While it lasts, connections are taken and nobody answers."""
        assert self._process is not None  # noqa: S101 - it runs
        first = self._process.pid
        os.kill(first, signal.SIGSTOP)  # before its children are counted: it makes no more
        group = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
        for pid in group[1:]:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(group):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


# Durability costs time and this data has no tomorrow.
SETTINGS = [
    "-c", "listen_addresses=127.0.0.1",
    "-c", "fsync=off",
    "-c", "full_page_writes=off",
    "-c", "synchronous_commit=off",
]  # fmt: skip


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses root. None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Trouble("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` here.")


def _initialise(folder: Path, home: Path, password: str, owner: pwd.struct_passwd | None) -> None:
    # A password, because on a shared machine loopback is open to everybody.
    secret = home / "password"
    secret.write_text(password)
    if owner:
        os.chown(secret, owner.pw_uid, owner.pw_gid)
    command = [str(folder / "initdb"), "-D", str(home / "data"), "-U", "gameday", "-E", "UTF8", "--no-sync",
               "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret}"]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
    )
    secret.unlink()
    if done.returncode != 0:
        raise Trouble(f"initdb failed:\n{tail(done.stdout + done.stderr)}")


def _wait(folder: Path, port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    question = [str(folder / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(question, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise Trouble(f"PostgreSQL did not come up:\n{tail(log.read_text(errors='replace'))}")
        time.sleep(0.1)
