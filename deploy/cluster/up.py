"""`make cluster`: build what is missing, start the control plane, say where it is, and return."""

import argparse
import sys
from pathlib import Path

from deploy.local import ports
from deploy.local.interrupts import Interrupts
from deploy.local.say import Trouble, step, warn

from . import build, detached, handle, starting, state
from .plane import PROGRAMS, Plane

HOW_TO = """
  Server        {server}
  Kubeconfig    {kubeconfig}
  Versions      {versions}
  Logs          {logs}

  kubectl:      {kubectl} --kubeconfig={kubeconfig} get nodes
  Tests:        make test-cluster{where}
  Stop it:      make cluster-down{where}
"""


def main() -> int:
    """Returns 0 where a cluster is up, else 1; 130 where it was interrupted, with nothing left running."""
    parser = argparse.ArgumentParser(prog="make cluster")
    parser.add_argument("--folder", type=lambda text: Path(text).resolve(), default=state.FOLDER)
    folder = parser.parse_args().folder
    Interrupts()
    try:
        cluster = handle.given()
        if cluster:
            step(f"KUBECONFIG is set, so nothing is built: {cluster.server}, Kubernetes {cluster.version()}")
            return 0
        return bring_up(folder)
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        warn("interrupted; nothing is left running, what was built is kept")
        return 130


def bring_up(folder: Path) -> int:
    """Make sure that a control plane of ours runs in that folder. Raises Trouble."""
    with state.alone(folder):
        if state.is_up(folder):
            step("the control plane is up already")
        else:
            _clear_up(folder)
            ports.claim(ports.CLUSTER)  # before minutes of building
            programs = build.binaries(*PROGRAMS)
            took = starting.start(Plane(folder, programs, ports.CLUSTER.number()))
            step(f"the control plane is up ({took:.1f} s)")
    cluster, programs = handle.ours(folder), state.programs_of(folder)
    said = starting.versions(programs)
    print(HOW_TO.format(
        server=cluster.server, kubeconfig=cluster.kubeconfig, logs=folder / "logs",
        kubectl=programs["kubectl"], versions=", ".join(f"{name} {said[name]}" for name in said),
        where="" if folder == state.FOLDER else f" FOLDER={folder}",
    ), flush=True)  # fmt: skip
    return 0


def _clear_up(folder: Path) -> None:
    """Stop what is left of one that was killed, in part or while it started; and say so."""
    processes = detached.known(folder)
    dead = [process.name for process in processes if not process.is_alive]
    if processes:
        what = f"has ended: {', '.join(dead)}" if dead else "never got ready"
        step(f"the control plane in {folder} {what}; stopping what is left of it")
    state.stop(folder)


if __name__ == "__main__":
    sys.exit(main())
