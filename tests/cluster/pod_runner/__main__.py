"""`python -m tests.cluster.pod_runner`: until SIGTERM, which ends all its pods' processes at once."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

from deploy.cluster.build import binaries
from tests.cluster.pod_runner.api import Api
from tests.cluster.pod_runner.pod import Machine
from tests.cluster.pod_runner.programs import Binaries
from tests.cluster.pod_runner.watcher import Watcher


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.pod_runner", description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True, help="an administrator's")
    parser.add_argument("--folder", type=Path, required=True, help="for logs and identities of the pods")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    built = binaries("chaos-operator", "go-runner", "kubectl")
    machine = Machine(
        Api(asked.kubeconfig),
        Binaries(built["chaos-operator"], built["go-runner"], built["kubectl"]),
        asked.folder.resolve(),
    )
    Watcher(machine).run()


if __name__ == "__main__":
    main()
