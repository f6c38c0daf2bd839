"""One scenario on the rehearsal cluster, a room full of viewers, and somebody who writes without pause.

Prints figures and ratios of one run. Exit status: 0 it was measured, 1 it could not be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from .. import cast, ports
from ..day import Day
from ..interrupts import Interrupts
from ..only_one import only_one
from ..paths import ROOT, RUN, STATE
from ..say import Trouble, step, warn
from ..script import Script
from ..stack import Stack
from ..supervisor import Supervisor
from . import figures
from .helpers import Helper, cpu_seconds, megabytes

PLAN = ROOT / "deploy" / "rehearsal" / "sample" / "plan.yaml"
SCENARIO = "pod-failure"
USERS = ("otto", "ravi", "petra", "fiona")  # two of them organise the day, two do not
SCRIBE = "sam"
SETTLE = 2.0  # seconds for what was written last to arrive


class Bench(Day):
    """The practice day, watched."""

    def __init__(self, script: Script, known: Mapping[str, str], viewers: int, rate: float) -> None:
        super().__init__(script, known, SCENARIO, Interrupts())
        self.stack = Stack(STATE / "bench")
        self.environment |= self.stack.environment()
        self.viewers, self.rate = viewers, rate
        self.measured: dict[str, Any] = {}

    def _conduct(self, supervisor: Supervisor) -> int:
        """The run, with everybody there from before it begins until after it has ended."""
        ports.claim(ports.WEB)
        supervisor.start(self.stack.web())
        with Helper("company", self.environment) as company, Helper("viewers", self.environment) as room:
            plan = self.known["plan"]
            company.tell(json.dumps({"plan": plan, "users": USERS, "scribe": SCRIBE, "rate": self.rate}))
            seats = {"cookies": json.loads(company.hear()), "count": self.viewers}
            where = {"host": "127.0.0.1", "port": ports.WEB.number(), "path": f"/plans/{plan}/day/stream"}
            room.tell(json.dumps({**where, **seats}))
            room.hear()
            step(f"{self.viewers} viewers are there; {self.rate:g} notes a second from now on")
            web, began = int((RUN / "web.pid").read_text()), time.monotonic()
            before = cpu_seconds(web)
            company.tell("go")
            status = super()._conduct(supervisor)
            company.tell("enough")
            written = json.loads(company.hear())
            lasted, spent = time.monotonic() - began, cpu_seconds(web) - before
            memory = megabytes(web)
            time.sleep(SETTLE)
            room.tell("enough")
            heard = json.loads(room.hear())
        self.measured = {**written, **heard, "viewers": self.viewers}
        self.measured |= {"seconds": lasted, "cpu": spent, "memory": memory}
        self.measured |= {"processors": os.cpu_count(), "load": os.getloadavg()[0]}
        return status

    def _close(self, status: int) -> int:
        return self._manage("residue") or status


def main() -> int:
    """Returns 0 when it was measured."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--viewers", type=int, default=300)
    parser.add_argument("--rate", type=float, default=5.0, help="notes a second")
    asked = parser.parse_args()
    try:
        spec = cast.opened(PLAN)
        script, known = cast.script_for(PLAN, spec), {"plan_file": str(PLAN), "plan": spec.slug}
        with only_one("day", RUN):
            bench = Bench(script, known, asked.viewers, asked.rate)
            status = bench.hold()
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        warn("the bench was interrupted")
        return 1
    if status or not bench.measured:
        warn(f"the run did not go through (status {status}); nothing was measured")
        return 1
    print("\n".join(figures.lines(bench.measured)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
