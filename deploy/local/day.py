"""`make day`: one whole game day on the rehearsal cluster, or a real one for practice: from plan to evidence.

Exit status: 0 every scenario conducted and every fault proven gone; 1 refused, with the reason; 2 a fault
could not be proven gone; 3 stopped on request, every fault proven gone.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from . import cast, leftovers, ports, switches
from .conducting import Conducting
from .interrupts import Interrupts
from .only_one import only_one
from .paths import EVIDENCE, ROOT, RUN, STATE
from .players import EventTail, Players, filled
from .say import Trouble, step, warn
from .script import Script
from .stack import PYTHON, Stack, manage
from .supervisor import Supervisor

REFUSED, NOT_PROVEN = 1, 2
RESIDUE_GONE_WITHIN = 60.0  # seconds, after a conductor that died


class Day:
    """One day: its stack, its script, and the acts in their order."""

    def __init__(
        self,
        script: Script,
        known: Mapping[str, str],
        scenario: str,
        interrupts: Interrupts,
        beside: Path | None = None,
    ) -> None:
        self.script, self.known = script, known
        self.scenario = scenario
        self.interrupts = interrupts
        self.stack = Stack(STATE / "day", beside=beside)
        self.environment = {**os.environ, **self.stack.environment()}

    def hold(self) -> int:
        """Start everything, play the day, take out the evidence, stop everything. Returns the exit status."""
        leftovers.end(RUN)
        ports.claim(ports.REDIS, ports.PROMETHEUS, ports.REHEARSAL)
        shutil.rmtree(self.stack.state, ignore_errors=True)
        self.stack.state.mkdir(parents=True)
        with Supervisor(hurried=lambda: self.interrupts.count > 1) as supervisor:
            supervisor.start(self.stack.redis(), self.stack.rehearsal(), self.stack.prometheus())
            if not self._prepare():
                return REFUSED
            supervisor.begin(self.stack.worker(), self.stack.beat())
            if not self._acts_before():
                return REFUSED
            supervisor.wait_ready()
            status = self._conduct(supervisor)
            return self._close(status)

    def _prepare(self) -> bool:
        """Database, people and cluster, in one process: nobody's separate act is among them."""
        step("preparing the database, the people and the cluster")
        calls = [["migrate", "--verbosity", "0"], *cast.introductions(self.script)]
        calls += self.stack.registration(self.script.cluster, self.script.administrator)
        done = subprocess.run(
            [PYTHON, "-m", "deploy.local.seed"],
            cwd=ROOT,
            env=self.environment,
            input=json.dumps(calls),
            stdout=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        return done.returncode == 0

    def _acts_before(self) -> bool:
        """Import, acknowledge, approve: each by its person, each in a process of its own."""
        for act in self.script.before:
            command = filled(act, self.known)
            step(f"{act.who}: {' '.join(command[:-2])}")
            if self._manage(*command) != 0:
                return False
        return True

    def _conduct(self, supervisor: Supervisor) -> int:
        events = self.stack.state / "events.jsonl"
        only = ["--scenario", self.scenario] if self.scenario else []
        asked = ["plan", "conduct", self.known["plan"], "--as", self.script.conductor]
        players = Players(
            acts=self.script.during,
            events=EventTail(events),
            known=self.known,
            manage=manage,
            turn_switch=switches.turner(self.stack),
            environment=self.environment,
        )
        command = manage(*asked, *only, "--events-to", str(events))
        return Conducting(
            command, self.environment, supervisor, players, self.interrupts, self._halt
        ).follow()

    def _halt(self, reason: str) -> None:
        self._manage("halt", "--as", self.script.conductor, "--reason", reason)

    def _close(self, status: int) -> int:
        """What is checked and kept after every day, however it ended."""
        if status not in (0, REFUSED, NOT_PROVEN, 3):
            warn(f"conduct ended unexpectedly (status {status}): halting, and looking until nothing is left")
            self._halt("the conducting process died")
            self._await_no_residue()
            status = NOT_PROVEN
        if self._manage("residue") != 0:
            status = NOT_PROVEN
        self._manage("journal", "verify")
        EVIDENCE.mkdir(parents=True, exist_ok=True)
        self._manage("evidence", self.known["plan"], "--to", str(EVIDENCE))
        return status

    def _await_no_residue(self) -> None:
        deadline = time.monotonic() + RESIDUE_GONE_WITHIN
        while time.monotonic() < deadline and self._manage("residue", quiet=True) != 0:
            time.sleep(2.0)

    def _manage(self, *arguments: str, quiet: bool = False) -> int:
        """One manage.py call to its end, its words on our terminal unless quiet. Returns its exit status."""
        return subprocess.run(
            manage(*arguments),
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else None,
            check=False,
            start_new_session=True,
        ).returncode


def _fit(kubeconfig: Path) -> Path:
    """The kubeconfig of a cluster that may be practised on, and can. Raises Trouble."""
    from deploy.cluster import handle  # a day without a real cluster has no use for its client
    from deploy.cluster.bank import fit

    cluster = handle.somebodys(kubeconfig)
    fit.check(cluster)
    step(f"the day is held on {cluster.server}, Kubernetes {cluster.version()}")
    return kubeconfig


def main() -> int:
    """Returns the exit status of the day."""
    parser = argparse.ArgumentParser(prog="make day")
    parser.add_argument("--plan", required=True)
    parser.add_argument("--scenario", default="")
    parser.add_argument("--kubeconfig", type=Path, help="hold it on this cluster, which must be for practice")
    asked = parser.parse_args()
    interrupts = Interrupts()
    try:
        plan = Path(asked.plan).expanduser().resolve()
        if not plan.is_file():
            raise Trouble(f"There is no plan {asked.plan}. Give one: make day PLAN=path/to/plan.yaml")
        spec = cast.opened(plan, asked.scenario)
        script, known = cast.script_for(plan, spec), {"plan_file": str(plan), "plan": spec.slug}
        beside = _fit(asked.kubeconfig.expanduser().resolve()) if asked.kubeconfig else None
        with only_one("day", RUN):
            return Day(script, known, asked.scenario, interrupts, beside).hold()
    except Trouble as trouble:
        warn(str(trouble))
        return REFUSED
    except KeyboardInterrupt:
        warn("stopped before anything was injected")
        return 3


if __name__ == "__main__":
    sys.exit(main())
