"""Processes of the practice stack: ready in time or a reason, started again, and gone with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local import leftovers
from deploy.local.paths import ROOT
from deploy.local.processes import Spec
from deploy.local.readiness import log_says
from deploy.local.say import Trouble
from deploy.local.supervisor import Supervisor

Make = Callable[..., Spec]
PATIENT = 10.0  # seconds; only ever waited out by a test that fails


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "logs", tmp_path / "run") as supervisor:
        yield supervisor


@pytest.fixture
def program(tmp_path: Path) -> Make:
    """A Spec that runs Python source; ready as soon as it has printed the word ready."""

    def make(source: str, name: str = "program", **options: object) -> Spec:
        ready = log_says(tmp_path / "logs" / f"{name}.log", "ready")
        return Spec(name, (sys.executable, "-u", "-c", source), ready, **options)  # type: ignore[arg-type]

    return make


SLEEPS = "import time; print('ready'); time.sleep(60)"
IGNORES_SIGTERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(60)"
)


def _pid(tmp_path: Path, name: str = "program") -> int:
    return int((tmp_path / "run" / f"{name}.pid").read_text())


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENT
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_a_started_process_is_found_by_its_pid_file_and_gone_after_the_stop(
    supervisor: Supervisor, program: Make, tmp_path: Path
) -> None:
    supervisor.start(program(SLEEPS))
    pid = _pid(tmp_path)
    assert _runs(pid)
    supervisor.stop()
    assert not _runs(pid)
    assert not (tmp_path / "run" / "program.pid").exists()


def test_one_that_ends_at_once_is_reported_with_its_last_words(supervisor: Supervisor, program: Make) -> None:
    with pytest.raises(Trouble, match=r"(?s)ended at once \(exit status 3\).*no such address"):
        supervisor.start(program("print('no such address'); raise SystemExit(3)"))


def test_one_that_never_gets_ready_is_reported_after_its_deadline(
    supervisor: Supervisor, program: Make
) -> None:
    with pytest.raises(Trouble, match="not ready within 0 s"):
        supervisor.start(program("import time; time.sleep(60)", within=0.2))


def test_a_worker_that_was_killed_is_started_again_and_said_so(
    supervisor: Supervisor,
    program: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("deploy.local.supervisor.RESTART_PAUSE", 0.0)
    supervisor.start(program(SLEEPS, name="worker", restart=True))
    first = _pid(tmp_path, "worker")
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        supervisor.tend()
        return _pid(tmp_path, "worker") != first

    _until(again)
    assert _runs(_pid(tmp_path, "worker"))
    assert "worker has ended (ended by SIGKILL); starting it again" in capsys.readouterr().err


def test_one_that_may_not_be_started_again_is_mourned_once(
    supervisor: Supervisor, program: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.start(program(SLEEPS, name="redis"))
    pid = _pid(tmp_path, "redis")
    os.kill(pid, signal.SIGKILL)
    _until(lambda: not _runs(pid))
    for _ in range(3):
        supervisor.tend()
    assert capsys.readouterr().err.count("redis has ended") == 1


def test_one_that_ignores_sigterm_is_killed_after_its_grace(
    supervisor: Supervisor, program: Make, tmp_path: Path
) -> None:
    supervisor.start(program(IGNORES_SIGTERM, grace=0.2))
    pid = _pid(tmp_path)
    supervisor.stop()
    assert not _runs(pid)


def test_a_hurry_shortens_a_long_grace(program: Make, tmp_path: Path) -> None:
    began = time.monotonic()
    with Supervisor(tmp_path / "logs", tmp_path / "run", hurried=lambda: True) as supervisor:
        supervisor.start(program(IGNORES_SIGTERM, grace=60.0))
    assert time.monotonic() - began < PATIENT


def test_processes_are_stopped_in_the_opposite_order(
    supervisor: Supervisor, program: Make, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    source = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(record)!r}, 'a').write(sys.argv[1] + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready')\n"
        "time.sleep(60)\n"
    )
    for name in ("first", "second"):
        spec = program(source, name=name)
        supervisor.start(Spec(name, (*spec.command, name), spec.ready))
    supervisor.stop()
    assert record.read_text().split() == ["second", "first"]


def test_a_process_dies_with_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    owner = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from deploy.local.processes import Spec\n"
        "from deploy.local.supervisor import Supervisor\n"
        "folder = Path(sys.argv[1])\n"
        "Supervisor(folder / 'logs', folder / 'run').start(\n"
        "    Spec('program', (sys.executable, '-c', 'import time; time.sleep(60)'), lambda: True))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", owner, str(tmp_path)], stdout=subprocess.DEVNULL) as parent:
        _until(lambda: (tmp_path / "run" / "program.pid").exists())
        _until(lambda: bool((tmp_path / "run" / "program.pid").read_text().strip()))
        pid = _pid(tmp_path)
        parent.kill()
    _until(lambda: not _runs(pid))


def test_what_a_killed_day_left_in_its_sessions_is_ended_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forks = "import os, time; os.fork(); os.write(1, b'.'); time.sleep(20)"

    def session(folder: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", forks]
        return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, start_new_session=True)

    with session(ROOT) as ours, session(tmp_path) as other:
        for child in (ours, other):
            assert child.stdout is not None
            assert child.stdout.read(2) == b".."
            (tmp_path / f"{child.pid}.pid").write_text(str(child.pid))
        leftovers.end(tmp_path)
        assert ours.wait() == -signal.SIGKILL
        assert other.poll() is None
        os.killpg(other.pid, signal.SIGKILL)
    assert f"({ours.pid}, " in capsys.readouterr().out
    assert list(tmp_path.glob("*.pid")) == []
