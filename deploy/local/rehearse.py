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
  Its token     {token}
  Prometheus    {prometheus}

  kubectl --server={cluster} --token="$(cat {token})" get pods -A

  Bad days are switches:
  curl -H "Authorization: Bearer $(cat {token})" {cluster}/rehearsal/switches

  Ctrl-C stops both.
"""


def main() -> int:
    """Returns 0 after Ctrl-C, 1 where it could not be started."""
    interrupts = Interrupts()
    stack = Stack(STATE / "rehearsal")
    try:
        ports.claim(ports.PROMETHEUS, ports.REHEARSAL)
        with (
            Supervisor(hurried=lambda: interrupts.count > 1) as supervisor,
            contextlib.suppress(KeyboardInterrupt),
        ):
            supervisor.start(stack.rehearsal(), stack.prometheus())
            print(HOW_TO.format(
                cluster=stack.cluster_url, token=stack.token_file, prometheus=stack.prometheus_url,
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
