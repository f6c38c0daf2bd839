"""`python -m tests.watchdog.driver URL TOKEN_FILE FAULT`: all of an application that conducts one fault.

It takes the grant, injects, says so on standard output, and sends its heartbeat until it is killed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from chaos.adapters.kubernetes_api import Connection
from tests.adapters.faults.cases import CASES
from tests.adapters.faults.drill import Drill
from tests.adapters.practice import Practice

BEAT = 0.5
SECONDS = 1200
"""The fault's own duration, which nobody here waits for."""


def main(url: str, token: str, fault: str) -> None:
    connection = Connection(url, token_file=token)
    drill = Drill(Practice(url, Path(), connection, connection))
    drill.launch(CASES[fault], seconds=SECONDS)
    drill.make().beat(drill.ref)
    print(drill.ref.run, flush=True)
    while True:
        drill.make().beat(drill.ref)
        time.sleep(BEAT)


if __name__ == "__main__":
    main(*sys.argv[1:])
