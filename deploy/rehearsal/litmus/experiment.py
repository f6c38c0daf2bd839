"""The experiment pod: what every fault goes through in litmus-go, around the fault's own injection."""

import random
from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from deploy.rehearsal.litmus.known import sent, unread
from deploy.rehearsal.litmus.results import Results
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.litmus.targets import NoTarget, Target, pick
from deploy.rehearsal.platform.facts import labels
from deploy.rehearsal.platform.processes import Steps, Terminated
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.store import PODS, Cluster, Object
from deploy.rehearsal.store.objects import name_of, namespace_of

Waits: TypeAlias = Generator[float, None, None]
"""Yields seconds to wait."""

STARTUP = 1.8  # seconds from the container's start to the ChaosResult
SELECTION = 180  # seconds (2 s apart) a target is looked for before the experiment gives up


@dataclass(slots=True)
class Chaos:
    """What a fault has to work with: the cluster, its settings, and where to say what it did."""

    store: Cluster
    troubles: Troubles
    rng: random.Random
    settings: Settings
    targets: list[Target]
    engine: Object
    pod: Object  # the experiment's own pod
    results: Results
    recorder: Recorder

    def pick_pods(self) -> list[Object]:
        """The pods of the next round; raises NoTarget where none fits."""
        return pick(list(self.store.view(PODS)), self.targets, self.settings, self.rng)

    def say(self, reason: str, message: str, *, warning: bool = False) -> None:
        """An event on the engine and a line in the experiment's log."""
        self.recorder.record(self.engine, reason, message, warning=warning)
        line = f'level={"warning" if warning else "info"} msg="{message}" reason={reason}\n'
        self.store.log_append(namespace_of(self.pod), name_of(self.pod), line)

    def judge(self, outcome: str, *, warning: bool = False) -> None:
        """An event on the result."""
        result = self.results.find()
        if result:
            message = f"experiment: {result['spec']['experiment']}, Result: {outcome}"
            self.recorder.record(result, outcome, message, warning=warning)

    @property
    def duration(self) -> int:
        """Seconds. 0 (also an unreadable "30s") means that next to nothing is injected."""
        return self.settings.integer("TOTAL_CHAOS_DURATION", "30")


class Failed(Exception):
    """The experiment ends in phase Error, with Litmus' code for what went wrong."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Fault(Protocol):
    """One class in `faults/` each, made anew for every experiment pod.

    `inject` runs the whole injection and ends with its own revert; `revert` is what SIGTERM leads to, in
    the middle of it.
    """

    @property
    def name(self) -> str: ...

    @property
    def reads_label(self) -> bool:
        """It takes the first label of its target without a look whether there is one."""

    def look(self, chaos: Chaos) -> None:
        """Is there anything to inject into? Raises NoTarget where there is not, and is then asked again."""

    def inject(self, chaos: Chaos) -> Waits: ...

    def revert(self, chaos: Chaos) -> Waits: ...


def run(fault: Fault, chaos: Chaos) -> Steps:
    """The program of an experiment pod. go-runner exits with 0 whatever became of the experiment."""
    yield STARTUP
    if fault.reads_label and any(not target.has_label for target in chaos.targets[:1]):
        return 2  # index out of range, and no result to tell of it
    chaos.results.begin(labels(chaos.pod))
    chaos.judge("Awaited")
    try:
        _check_settings(fault, chaos)
        yield from _prepare(fault, chaos)
        yield float(chaos.settings.integer("RAMP_TIME"))
        yield from fault.inject(chaos)
        yield float(chaos.settings.integer("RAMP_TIME"))
        chaos.say("PostChaosCheck", "AUT: Running")
    except Terminated:
        yield from _abort(fault, chaos)
        return 0
    except NoTarget:
        reason = "no pod found for the given target details"
        _give_up(fault, chaos, Failed("TARGET_SELECTION_ERROR", reason))
        return 0
    except Failed as failed:
        _give_up(fault, chaos, failed)
        return 0
    chaos.results.fold()
    chaos.results.end("Completed", "Pass")
    chaos.judge("Pass")
    chaos.say("Summary", f"{fault.name} experiment has been Passed")
    yield 0.5
    return 0


def _check_settings(fault: Fault, chaos: Chaos) -> None:
    """Stricter than litmus-go, which ignores what it does not know."""
    if unknown := unread(fault.name, sent(chaos.engine, fault.name)):
        reason = f"litmus-go would ignore {', '.join(unknown)}: it reads no such setting for {fault.name}"
        raise Failed("GENERIC_ERROR", reason)


def _prepare(fault: Fault, chaos: Chaos) -> Waits:
    for _ in range(SELECTION // 2):
        try:
            fault.look(chaos)
        except NoTarget:
            yield 2.0
            continue
        chaos.say("PreChaosCheck", "AUT: Running")
        return
    raise NoTarget


def _abort(fault: Fault, chaos: Chaos) -> Waits:
    """litmus-go's abort watcher. A SIGKILL in the middle leaves the rest undone."""
    if chaos.troubles.helpers_killed:
        return
    yield from fault.revert(chaos)
    chaos.results.end("Stopped", "Stopped")
    chaos.judge("Abort", warning=True)
    chaos.say("Summary", f"{fault.name} experiment has been Aborted", warning=True)
    yield 0.5


def _give_up(fault: Fault, chaos: Chaos, failed: Failed) -> None:
    chaos.results.fold()
    chaos.results.end("Error", "Error", {"errorCode": failed.code, "reason": failed.reason})
    chaos.judge("Error", warning=True)
    chaos.say("Summary", f"{fault.name} experiment has been Failed: {failed.reason}", warning=True)
