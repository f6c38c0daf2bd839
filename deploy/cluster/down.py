"""`make cluster-down`: stop every process of the control plane. What was built stays in the cache."""

import argparse
import sys
from pathlib import Path

from deploy.local.say import Trouble, step, warn

from . import state


def main() -> int:
    """Returns 0 where nothing runs any more, else 1."""
    parser = argparse.ArgumentParser(prog="make cluster-down")
    parser.add_argument("--folder", type=lambda text: Path(text).resolve(), default=state.FOLDER)
    folder = parser.parse_args().folder
    if not folder.exists():
        step("no control plane was up")
        return 0
    try:
        with state.alone(folder):
            living = state.stop(folder)
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    step(f"stopped ({living} processes)" if living else "no control plane was up")
    return 0


if __name__ == "__main__":
    sys.exit(main())
