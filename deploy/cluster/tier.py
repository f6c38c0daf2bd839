"""`make test-cluster`: the tests that need a real Kubernetes, and what each real part calls itself.

They run on the cluster that KUBECONFIG names, else on the one in GAMEDAY_CLUSTER_FOLDER, else on ours where
one is up, else on one of their own.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local import ports, tiers
from deploy.local.interrupts import Interrupts
from deploy.local.paths import STATE
from deploy.local.say import Trouble, step, warn

from . import build, handle, litmus_module, starting, state
from .handle import FOLDER_VARIABLE
from .parts import module_of
from .plane import PROGRAMS, Plane
from .toolchain import Unobtainable

NAME = "real Kubernetes"
LITMUS = "real Litmus"
LITMUS_PROGRAMS = ("chaos-operator", "go-runner")
NOT_RUN = 3
# Days and implementations of the contract have a control plane each; they wait more than they work.
BY_CONTROL_PLANE = ("-n", "3", "--dist", "loadgroup")
THROW_AWAY = STATE / "test" / "cluster"


def main() -> int:
    """Returns 0 where all passed, 1 where not, 3 where they, or those of Litmus itself, could not be run, 130
    where interrupted."""
    Interrupts()
    without_litmus = False
    try:
        with _cluster() as environment:
            without_litmus = not handle.given() and not _has_litmus()
            spread = () if handle.given() else BY_CONTROL_PLANE
            outcome = tiers.pytest(NAME, "cluster", environment, [*spread, *sys.argv[1:]])
            if not outcome.fine:
                outcome = _once_more(outcome, environment)
    except Unobtainable as missing:
        warn(str(missing))
        print(f"\nNOT RUN  {NAME:<20}  what it needs cannot be had here; nothing of it counts as passed")
        return NOT_RUN
    except Trouble as trouble:
        outcome = tiers.Outcome(NAME, False, str(trouble))
    except KeyboardInterrupt:
        warn("the tests were interrupted")
        return 130
    if outcome.fine and "passed" not in outcome.line:
        print(f"\nNOT RUN  {NAME:<20}  {outcome.line}; nothing of it counts as passed")
        return NOT_RUN
    print(f"\n{'fine  ' if outcome.fine else 'FAILED'}  {outcome.tier:<21}  {outcome.line}")
    if without_litmus:
        print(f"NOT RUN  {LITMUS:<20}  it cannot be had here (why: above); nothing of it counts as passed")
    return (NOT_RUN if without_litmus else 0) if outcome.fine else 1


def _once_more(first: tiers.Outcome, environment: dict[str, str]) -> tiers.Outcome:
    """What failed, one after the other: real servers on a busy machine miss a deadline now and then.

    The first failures stay in the output and in the closing line: whoever reads it looks after them.
    """
    warn(f"{first.line}: those that failed are run once more")
    again = tiers.pytest(
        f"{NAME}, once more", "cluster", environment, ["--last-failed", "--last-failed-no-failures=none"]
    )
    return tiers.Outcome(
        NAME, again.fine and "passed" in again.line, f"{first.line}; once more: {again.line}"
    )


@contextlib.contextmanager
def _cluster() -> Iterator[dict[str, str]]:
    """The environment in which the tests find a cluster. Raises Trouble, Unobtainable."""
    cluster = handle.given()
    if cluster:
        step(f"KUBECONFIG is set: tests on {cluster.server}, Kubernetes {cluster.version()}")
        yield {"GAMEDAY_TESTS_MAY_REACH": urlsplit(cluster.server).hostname or ""}
        return
    named = os.environ.get(FOLDER_VARIABLE)
    folder = Path(named or state.FOLDER)
    if named:
        state.check(folder)
    if state.is_up(folder):
        step(f"tests on the control plane that is up in {folder}")
        _say_versions(folder)
        yield {FOLDER_VARIABLE: str(folder)}
    else:
        with _throw_away():
            _say_versions(THROW_AWAY)
            yield {FOLDER_VARIABLE: str(THROW_AWAY)}


@contextlib.contextmanager
def _throw_away() -> Iterator[None]:
    programs = build.binaries(*PROGRAMS)
    with state.alone(THROW_AWAY), ports.elsewhere(ports.CLUSTER):
        took = starting.start(Plane(THROW_AWAY, programs, ports.CLUSTER.number()))
        step(f"a control plane for the tests is up ({took:.1f} s)")
        try:
            yield
        finally:
            state.stop(THROW_AWAY)


def _say_versions(folder: Path) -> None:
    said = starting.versions(state.programs_of(folder))
    step(", ".join(f"{name} {version}" for name, version in said.items()))


def _has_litmus() -> bool:
    """Whether Litmus' own programs are here, built where they are missing; which, or why not, is said.

    Without them, what needs them is skipped and the rest is worth having all the same.
    """
    try:
        build.binaries(*LITMUS_PROGRAMS)
        litmus_module.manifests()
    except Unobtainable as missing:
        warn(str(missing))
        return False
    parts = ", ".join(f"{name} {module_of(name).version}" for name in LITMUS_PROGRAMS)
    step(f"Litmus: {parts}; chaos-runner played")
    return True


if __name__ == "__main__":
    sys.exit(main())
