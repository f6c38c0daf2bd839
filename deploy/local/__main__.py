"""`deploy/local/run VERB …`: does the set-up with nothing but the standard library, then hands over.

The work itself runs in .venv, in this same process (exec), so that signals reach it unchanged.
"""

import argparse
import os
import sys

from . import binaries, venv
from .paths import ROOT, VENV_PYTHON
from .say import Trouble, step, warn

# verb -> (module that does it, requirements it needs, whether it starts Redis and Prometheus)
VERBS = {
    "setup": ("", "dev", True),
    "day": ("day", "runtime", True),
    "demo": ("demo", "runtime", True),
    "bench-pages": ("bench.pages", "runtime", False),
    "bench-cluster": ("bench.scale", "runtime", False),
    "bench": ("bench", "runtime", True),
    "rehearsal": ("rehearse", "runtime", True),
    "screens": ("screens", "dev", True),
    "simulate": ("simulate", "dev", False),
    "test": ("tiers", "dev", True),
    "test-crash": ("crash", "dev", True),
    "lint": ("lint", "dev", False),
    "lock": ("lock", "", False),
    "cluster": ("deploy.cluster.up", "runtime", False),
    "test-cluster": ("deploy.cluster.tier", "dev", False),
    "cluster-down": ("deploy.cluster.down", "", False),
}


def main() -> int:
    """Set up what the verb needs, then become it. Returns 1 where the machine stands in the way."""
    parser = argparse.ArgumentParser(prog="deploy/local/run", add_help=False)
    parser.add_argument("verb", choices=VERBS)
    asked, rest = parser.parse_known_args()
    module, requirements, needs_binaries = VERBS[asked.verb]
    try:
        if requirements:
            venv.ensure(requirements)
        if needs_binaries:
            binaries.redis()
            binaries.prometheus()
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        warn("set-up stopped; what was finished is kept, the rest is done again next time")
        return 130
    if not module:
        step("set up: .venv, Redis and Prometheus are ready")
        return 0
    python = str(VENV_PYTHON) if requirements else sys.executable
    os.chdir(ROOT)
    whole = module if module.startswith("deploy.") else f"deploy.local.{module}"
    os.execv(python, [python, "-m", whole, *rest])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    sys.exit(main())
