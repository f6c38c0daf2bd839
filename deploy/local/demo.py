"""`make demo`: the web app with everything behind it on this machine, until Ctrl-C.

State is kept in .state/demo, so that a second start is up within seconds and finds what the first one left.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from . import cast, leftovers, ports
from .interrupts import Interrupts
from .paths import ROOT, STATE
from .say import Trouble, step, warn
from .script import Script
from .stack import PYTHON, Stack, manage
from .supervisor import Supervisor

LOOK_EVERY = 0.2  # seconds
PLAN = ROOT / "deploy" / "rehearsal" / "sample" / "plan.yaml"

WELCOME = """
  Gameday is at   {url}

  Sign in as      to be                         password for all: {password}
{people}

  The first page says what to do next; README.md has a tour of ten minutes.
  The practice cluster's switches for bad days: curl {cluster}/rehearsal/switches
  Logs: {logs}. Start afresh: rm -r {state}

  Ctrl-C stops everything that was started here, runs under way first.
"""

SEATS = {
    "petra": "planner: writes and changes plans",
    "anders": "approver: decides on them",
    "fiona": "facilitator: conducts the day",
    "ravi": "responder: meets it as an incident",
    "sam": "scribe: writes down what happens",
    "otto": "observer, of another team",
    "iris": "auditor: takes out the evidence",
    "ada": "administrator: people and clusters",
}


class Demo:
    """One demo: its stack, its people, and what is loaded at the first start."""

    def __init__(self, script: Script, interrupts: Interrupts) -> None:
        self.script, self.interrupts = script, interrupts
        self.stack = Stack(STATE / "demo", is_kept=True)
        self.environment = {**os.environ, **self.stack.environment()}

    def show(self) -> None:
        """Start everything, load what is missing, say where it is, wait for Ctrl-C, stop everything."""
        leftovers.end(self.run)
        ports.claim(ports.REDIS, ports.PROMETHEUS, ports.REHEARSAL, ports.WEB)
        self.stack.state.mkdir(parents=True, exist_ok=True)
        with Supervisor(self.logs, self.run, lambda: self.interrupts.count > 1) as supervisor:
            supervisor.begin(self.stack.redis(), self.stack.rehearsal(), self.stack.prometheus())
            self._load(supervisor)
            supervisor.start(self.stack.worker(self.logs), self.stack.beat(self.logs), self.stack.web())
            self._welcome()
            self.interrupts.raising = False
            while not self.interrupts.count:
                supervisor.tend()
                time.sleep(LOOK_EVERY)
            step("stopping what is live, then everything that was started here")
            self._manage("run", "stop", "--all", "--as", self.script.conductor, "--wait", "60",
                         "--reason", "The demo was ended.")  # fmt: skip

    @property
    def logs(self) -> Path:
        return self.stack.state / "logs"

    @property
    def run(self) -> Path:
        return self.stack.state / "run"

    @property
    def password(self) -> str:
        """One for everybody on this practice machine; made once."""
        kept = self.stack.state / "password"
        if not kept.exists():
            kept.write_text(f"practice-{secrets.token_hex(3)}")
            kept.chmod(0o600)
        return kept.read_text()

    def _load(self, supervisor: Supervisor) -> None:
        """Database and style sheets; at the first start also people, cluster, plan and last quarter's day."""
        calls = [["migrate", "--verbosity", "0"], ["collectstatic", "--no-input", "--verbosity", "0"]]
        loaded = self.stack.state / "loaded"
        if not loaded.exists():
            step("first start: preparing database, people, plan and last quarter's day")
            calls += cast.introductions(self.script)
        supervisor.wait_ready()
        calls.append(self._cluster())
        if not loaded.exists():
            calls.append(["plan", "import", str(PLAN), "--as", "petra"])
        self._seed(calls)
        if not loaded.exists():
            self._practice()
            loaded.touch()

    def _cluster(self) -> list[str]:
        """Registered anew at each start, since its ports may have moved; its identity has not."""
        call = ["cluster", "add", self.script.cluster, "--server", self.stack.cluster_url]
        call += ["--token-file", str(self.stack.token_file), "--prometheus", self.stack.prometheus_url]
        return [*call, "--environment", "rehearsal", "--as", self.script.administrator]

    def _seed(self, calls: list[list[str]]) -> None:
        command = [PYTHON, "-m", "deploy.local.seed"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=json.dumps(calls), text=True,
            stdout=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise Trouble(
                f"The demo's data could not be prepared; the lines above say why. To start afresh: rm -r "
                f"{self.stack.state}"
            )

    def _practice(self) -> None:
        """Passwords, and last quarter's day."""
        command = [PYTHON, "-m", "deploy.local.practice_data"]
        given = json.dumps({"password": self.password, "users": [*SEATS], "cluster": self.script.cluster})
        done = subprocess.run(command, cwd=ROOT, env=self.environment, input=given, text=True, check=False)
        if done.returncode != 0:
            raise Trouble(f"The practice data could not be loaded. To start afresh: rm -r {self.stack.state}")

    def _welcome(self) -> None:
        people = "\n".join(f"    {user:<13} {seat}" for user, seat in SEATS.items())
        print(WELCOME.format(url=self.stack.web_url, people=people, password=self.password, logs=self.logs,
                             state=self.stack.state, cluster=self.stack.cluster_url), flush=True)  # fmt: skip

    def _manage(self, *arguments: str) -> None:
        subprocess.run(
            manage(*arguments), cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, check=False,
            start_new_session=True,
        )  # fmt: skip


def main() -> int:
    """Returns 0 after Ctrl-C, 1 where it could not be started."""
    interrupts = Interrupts()
    try:
        Demo(cast.script_for(PLAN, cast.opened(PLAN)), interrupts).show()
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        warn("stopped before it was up; what was prepared is kept")
    return 0


if __name__ == "__main__":
    sys.exit(main())
