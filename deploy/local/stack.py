"""The practice stack: which programs make it up, how each is started, and the environment they share."""

import json
import os
import signal
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import binaries, ports, rules
from .paths import LOGS, ROOT
from .processes import Spec
from .readiness import http_answers, log_says, redis_answers

PYTHON = sys.executable
BANK_WITHIN = 120.0  # seconds until every pod on a real cluster is ready
DAY_DATABASE = "GAMEDAY_DAY_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack with its state below `state`; nothing in it is shared with another.

    `is_kept`: it is started again on the same state, so its practice cluster must stay the same one.
    `beside`: an administrator's kubeconfig of a real Kubernetes, which takes the rehearsal cluster's place.
    """

    state: Path
    is_kept: bool = False
    beside: Path | None = None

    @property
    def token_file(self) -> Path:
        """The bearer token of Gameday's own account on the practice cluster."""
        return self.state / "rehearsal.token"

    @property
    def watchdog_token_file(self) -> Path:
        """That of the watchdog's account there."""
        return self.state / "watchdog.token"

    @property
    def kubeconfig(self) -> Path:
        """An administrator's kubeconfig for the rehearsal cluster."""
        return self.state / "kubeconfig"

    @property
    def platform_url(self) -> str:
        """Where the practice platform's metrics, health and switches are."""
        return f"http://127.0.0.1:{ports.REHEARSAL.number()}"

    def registration(self, name: str, administrator: str) -> list[list[str]]:
        """The manage.py calls that make the practice cluster known, once it is up; on a real one they also
        install what Litmus needs for our faults."""
        words = ["--prometheus", self.prometheus_url, "--environment", "rehearsal"]
        words += ["--token-file", str(self.token_file)]
        if self.beside is None:
            words += ["--server", self.platform_url]
            return [["cluster", "add", name, *words, "--as", administrator]]
        words += json.loads(self.access_file.read_text())["registration"]
        token = ["--token-file", str(self.administrator_token)]
        return [
            ["cluster", "add", name, *words, "--as", administrator],
            ["litmus", "install", name, *token, "--as", administrator],
        ]

    @property
    def access_file(self) -> Path:
        """How a real cluster is reached: written when the bank has been laid onto it."""
        return self.state / "access.json"

    @property
    def administrator_token(self) -> Path:
        """A token for who sets a real cluster up."""
        return self.state / "administrator.token"

    @property
    def prometheus_url(self) -> str:
        """Where Prometheus answers."""
        return f"http://127.0.0.1:{ports.PROMETHEUS.number()}"

    @property
    def web_url(self) -> str:
        """Where the web app answers."""
        return f"http://127.0.0.1:{ports.WEB.number()}"

    def environment(self) -> Mapping[str, str]:
        """The configuration of every product process of the day.

        DATABASE_URL may be that of a real Gameday: a day takes only what is given for it.
        """
        return {
            "GAMEDAY_STATE_DIR": str(self.state),
            "REDIS_URL": f"redis://127.0.0.1:{ports.REDIS.number()}/0",
            "DATABASE_URL": os.environ.get(DAY_DATABASE) or f"sqlite:///{self.state / 'gameday.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "gameday.settings",
            "PYTHONUNBUFFERED": "1",
            "GAMEDAY_PLAIN_HTTP": "true",  # loopback
            # A stack that is kept collects its style sheets at every start.
            "GAMEDAY_HASHED_STATIC": "true" if self.is_kept else "false",
        }

    def redis(self) -> Spec:
        """Redis as the broker wants it: on loopback, keeping every task, evicting none."""
        binary, port = binaries.redis(), ports.REDIS.number()
        folder = self._folder("redis")
        options = {
            "--bind": "127.0.0.1",
            "--port": str(port),
            "--dir": str(folder),
            "--appendonly": "yes",
            "--save": "",
            "--maxmemory-policy": "noeviction",
            "--daemonize": "no",
        }
        command = (str(binary.path), *(word for pair in options.items() for word in pair))
        return Spec("redis", command, redis_answers(port), binary.environment())

    def rehearsal(self) -> Spec:
        """The practice cluster: the Kubernetes API, the platform on it, its traffic and metrics."""
        self._folder("")
        if self.beside is not None:
            return self._bank(self.beside)
        command = (
            *(PYTHON, "-m", "deploy.rehearsal", "--port", str(ports.REHEARSAL.number())),
            *("--token-file", str(self.token_file), "--kubeconfig", str(self.kubeconfig)),
            *("--watchdog-token-file", str(self.watchdog_token_file)),
            *(("--uid", self._kept_uid()) if self.is_kept else ()),
        )
        return Spec("rehearsal", command, http_answers(f"{self.platform_url}/readyz"), grace=5.0)

    def _bank(self, kubeconfig: Path) -> Spec:
        """The practice bank on a real Kubernetes; what plays it here goes by the rehearsal's name."""
        port = str(ports.REHEARSAL.number())
        command = (
            *(PYTHON, "-m", "deploy.cluster.bank", "--kubeconfig", str(kubeconfig), "--port", port),
            *("--token-file", str(self.token_file), "--access-file", str(self.access_file)),
            *("--administrator-token-file", str(self.administrator_token)),
        )
        ready = http_answers(f"{self.platform_url}/readyz")
        return Spec("rehearsal", command, ready, grace=5.0, within=BANK_WITHIN)

    def prometheus(self) -> Spec:
        """A real Prometheus that scrapes the rehearsal cluster every second."""
        binary = binaries.prometheus()
        folder = self._folder("prometheus")
        command = (
            str(binary.path),
            f"--config.file={rules.write(folder, self)}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{ports.PROMETHEUS.number()}",
            "--storage.tsdb.retention.time=1d",
            "--log.level=warn",
        )
        return Spec(
            "prometheus", command, http_answers(f"{self.prometheus_url}/-/ready"), binary.environment()
        )

    def worker(self, logs: Path = LOGS) -> Spec:
        """The Celery worker: the drives of runs and the short control tasks."""
        options = "worker -Q drive,control --pool prefork -c 4 --without-gossip --without-mingle -l INFO"
        ready = log_says(logs / "worker.log", " ready.")
        return Spec(
            "worker",
            self._celery(options),
            ready,
            self.environment(),
            grace=15.0,
            restart=True,
            # The cold shutdown: a warm one waits for a drive that, alone, would go on trying.
            orphaned=signal.SIGQUIT,
        )

    def beat(self, logs: Path = LOGS) -> Spec:
        """The clock that rings the sweep."""
        ready = log_says(logs / "beat.log", "beat: Starting")
        return Spec("beat", self._celery("beat --pidfile= -l INFO"), ready, self.environment(), restart=True)

    def web(self) -> Spec:
        """The web process. Open live streams must not hold up its end."""
        port = str(ports.WEB.number())
        command = (
            *(PYTHON, "-m", "uvicorn", "gameday.asgi:application", "--host", "127.0.0.1", "--port", port),
            *("--timeout-graceful-shutdown", "3", "--no-access-log"),
        )
        ready = http_answers(f"{self.web_url}/healthz")
        return Spec("web", command, ready, self.environment(), restart=True)

    def _kept_uid(self) -> str:
        """Who the practice cluster is, made once: approvals and history bind to it."""
        kept = self.state / "cluster-uid"
        if not kept.exists():
            kept.write_text(str(uuid.uuid4()))
        return kept.read_text()

    def _celery(self, options: str) -> tuple[str, ...]:
        return (PYTHON, "-m", "celery", "-A", "gameday", *options.split())

    def _folder(self, name: str) -> Path:
        folder = self.state / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def manage(*arguments: str) -> list[str]:
    """The command line of one `manage.py` call."""
    return [PYTHON, str(ROOT / "manage.py"), *arguments]
