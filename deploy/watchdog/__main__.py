"""`python -m deploy.watchdog`: watch one cluster until SIGTERM. What it needs is in the README beside it."""

from __future__ import annotations

import os
import signal
import sys
import threading

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import Refused
from deploy.watchdog import settings
from deploy.watchdog.look import Looker
from deploy.watchdog.say import Teller, line
from deploy.watchdog.watch import Watch


def main() -> int:
    """Returns 0 after SIGTERM or Ctrl-C, 2 for settings that are none."""
    try:
        given = settings.read(os.environ)
        api = KubernetesApi(given.connection)
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    litmus = LitmusSettings(given.namespace, "")  # it starts nothing, so there is no account to start it as
    watch = Watch(
        Looker(api, litmus, given.ttl).look,
        LitmusCluster(api, litmus).end_everything,
        Teller(api, given.namespace).event,
        alive=given.alive,
    )
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())
    line("started", server=given.connection.server, namespace=given.namespace, every=given.every)
    while not leaving.is_set():
        watch.once()
        leaving.wait(given.every)
    line("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
