"""`python -m tests.watchdog.driver PAGES SERVER CA TOKEN FAULT`: an application that conducts one fault.

It takes the grant, injects, says so on standard output, and sends its heartbeat until it is killed.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path

from chaos.adapters.kubernetes_api import Connection
from chaos.domain.errors import GamedayError
from tests.adapters.faults.cases import CASES
from tests.adapters.faults.drill import Drill
from tests.adapters.practice import Practice

BEAT = 0.5
SECONDS = 1200
"""The fault's own duration, which nobody here waits for."""


def main(pages: str, server: str, ca: str, token: str, fault: str) -> None:
    connection = Connection(server, ca or None, token, read_timeout=10.0)
    drill = Drill(Practice(pages, Path(), connection, connection, look_within=10.0))
    drill.launch(CASES[fault], seconds=SECONDS)
    drill.make().beat(drill.ref)
    print(drill.ref.run, flush=True)
    while True:
        with suppress(GamedayError):  # it tries on, as the product does
            drill.make().beat(drill.ref)
        time.sleep(BEAT)


if __name__ == "__main__":
    main(*sys.argv[1:])
