"""`make demo`: the web app with everything behind it on this machine, until Ctrl-C.

State is kept in .state/demo, so that a second start is up within seconds and finds what the first one left.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from . import cast, leftovers, ports
from .interrupts import Interrupts
from .loading import PLAN, SEATS, Loading
from .only_one import only_one
from .paths import ROOT, STATE
from .say import Trouble, step, warn
from .script import Script
from .stack import Stack, manage
from .supervisor import Supervisor

LOOK_EVERY = 0.2  # seconds
RECEIPTS_WITHIN = 90  # seconds after Ctrl-C

WELCOME = """
  Gameday is at   {url}

  Sign in as      to be                         password for all: {password}
{people}

  The first page says what to do next; README.md has a tour of ten minutes.
  The practice cluster's switches for bad days: curl {cluster}/rehearsal/switches
  Logs: {logs}. Start afresh: rm -r {state}

  Ctrl-C stops everything that was started here, runs under way first.
"""


class Demo:
    """One demo: its stack, its people, and what is loaded at the first start."""

    def __init__(self, script: Script, interrupts: Interrupts) -> None:
        self.script, self.interrupts = script, interrupts
        self.stack = Stack(STATE / "demo", is_kept=True)
        self.environment = {**os.environ, **self.stack.environment()}
        self.loading = Loading(self.stack, script, self.environment)

    def show(self) -> None:
        """Start everything, load what is missing, say where it is, wait for Ctrl-C, stop everything."""
        leftovers.end(self.run)
        ports.claim(ports.REDIS, ports.PROMETHEUS, ports.REHEARSAL, ports.WEB)
        self.stack.state.mkdir(parents=True, exist_ok=True)
        with Supervisor(self.logs, self.run, lambda: self.interrupts.count > 1) as supervisor:
            redis, prometheus = self.stack.redis(), self.stack.prometheus()
            # Nobody watches a demo: what dies is started again. The practice cluster would be another one.
            supervisor.begin(*(replace(one, restart=True) for one in (redis, prometheus)))
            supervisor.begin(self.stack.rehearsal())
            supervisor.wait_ready()
            self.loading.load()
            supervisor.start(self.stack.worker(self.logs), self.stack.beat(self.logs), self.stack.web())
            self._welcome()
            self.interrupts.raising = False
            while not self.interrupts.count:
                supervisor.tend()
                time.sleep(LOOK_EVERY)
            step("stopping what is live, then everything that was started here")
            self.stop_runs(supervisor)

    def stop_runs(self, supervisor: Supervisor) -> None:
        """By the administrator: nobody who has a seat on the day pressed Stop, and the journal says so.

        Says how each run ended. What drives them is looked after meanwhile; Ctrl-C again ends the waiting.
        """
        heard = self.interrupts.count
        asked = ("run", "stop", "--all", "--as", self.script.administrator, "--wait", f"{RECEIPTS_WITHIN}")
        child = subprocess.Popen(
            manage(*asked, "--reason", "The demo was ended from the terminal."),
            cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=_ignore_ctrl_c,  # no stop is cut short; it listens once it waits
        )  # fmt: skip
        while child.poll() is None:
            supervisor.tend()
            if self.interrupts.count > heard:
                child.send_signal(signal.SIGINT)
            time.sleep(LOOK_EVERY)
        if child.returncode:
            warn("Not every run has ended. The practice cluster ends now, and what was injected with it; "
                 "`make demo` takes the run up again and proves that nothing is left.")  # fmt: skip

    @property
    def logs(self) -> Path:
        return self.stack.state / "logs"

    @property
    def run(self) -> Path:
        return self.stack.state / "run"

    def _welcome(self) -> None:
        people = "\n".join(f"    {user:<13} {seat}" for user, seat in SEATS.items())
        print(WELCOME.format(url=self.stack.web_url, people=people, password=self.loading.password,
                             logs=self.logs, state=self.stack.state, cluster=self.stack.platform_url),
              flush=True)  # fmt: skip


def _ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def main() -> int:
    """Returns 0 after Ctrl-C, 1 where it could not be started."""
    interrupts = Interrupts()
    try:
        demo = Demo(cast.script_for(PLAN, cast.opened(PLAN)), interrupts)
        with only_one("demo", demo.run):
            demo.show()
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        warn("stopped before it was up; what was prepared is kept")
    return 0


if __name__ == "__main__":
    sys.exit(main())
