"""`make rehearsal`: the practice cluster and its Prometheus alone, until Ctrl-C."""

import contextlib
import sys
import time

from . import ports
from .interrupts import Interrupts
from .paths import STATE
from .say import Trouble, step, warn
from .stack import Stack
from .supervisor import Supervisor

LOOK_EVERY = 0.2  # seconds

HOW_TO = """
  The cluster   {cluster}
  Prometheus    {prometheus}

  As an administrator:      kubectl --kubeconfig={kubeconfig} get pods -A
  Gameday's own token:      {token}
  Switches for bad days:    curl {cluster}/rehearsal/switches
  Turn some:                curl -X POST -d '{{"load": 3}}' {cluster}/rehearsal/switches

  Ctrl-C stops both.
"""


def main() -> int:
    """Returns 0 after Ctrl-C, 1 where it could not be started."""
    interrupts = Interrupts()
    stack = Stack(STATE / "rehearsal")
    try:
        ports.claim(ports.PROMETHEUS, ports.REHEARSAL)
        with (
            Supervisor(stack.state / "logs", stack.state / "run", lambda: interrupts.count > 1) as supervisor,
            contextlib.suppress(KeyboardInterrupt),
        ):
            supervisor.start(stack.rehearsal(), stack.prometheus())
            print(HOW_TO.format(
                cluster=stack.platform_url, prometheus=stack.prometheus_url,
                kubeconfig=stack.kubeconfig, token=stack.token_file,
            ), flush=True)  # fmt: skip
            while True:
                supervisor.tend()
                time.sleep(LOOK_EVERY)
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        pass
    step("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
