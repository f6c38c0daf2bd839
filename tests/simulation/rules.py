"""The safety rules, each with a way to switch it off: then the simulator must find something wrong.

A rule is switched off in the production code, by a constant or a function that is put in its place, or by
leaving out who keeps it. What stands here is what safety rests on; a rule that nothing misses is no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from chaos.domain.errors import GamedayError
from chaos.domain.record import Change
from chaos.domain.reverting import why_not_gone
from chaos.domain.run import RunView, Stop
from chaos.domain.sight import ClusterSight
from chaos.ports import RunRef
from deploy.watchdog import decide as watchdog
from deploy.watchdog.decide import Memory, Seen
from tests.simulation.actors import Actors
from tests.simulation.api import Api
from tests.simulation.kernel import START
from tests.simulation.threads import FOR_EVER
from tests.simulation.watchdog import Watchdog
from tests.support.memory_store import MemoryStore


@dataclass(frozen=True)
class Rule:
    """`says` is the rule; `instead` is what stands in its place once it is off, by dotted name. `shows`: how
    the finding begins, where another rule has to be off as well for it to come about."""

    says: str
    instead: Mapping[str, Any]
    shows: str = ""


def _never(*_: object, **__: object) -> None:
    return None


def _nothing(*_: object, **__: object) -> tuple[()]:
    return ()


def _idle(self: Actors, process: Any, ports: Any) -> None:
    self.kernel.sleep(1e5)


def _nothing_there(self: Api, ref: RunRef) -> Any:
    try:
        return MADE_OF(self, ref)
    except GamedayError:
        return (), ()


def _any_fence(self: MemoryStore, run: str, fence: int, change: Change) -> bool:
    return RECORD(self, run, self.fence, change)


def _without_intent(self: MemoryStore, run: str, fence: int, change: Change) -> bool:
    """What is asked for is written down only once it was answered."""
    known = tuple(item for item in change.progress if item.answered_at or not item.requested_at)
    return RECORD(self, run, fence, replace(change, progress=known))


def _unsaid(self: MemoryStore, run: str, fence: int, change: Change) -> bool:
    marks = change.marks and replace(change.marks, stranded_at=None)
    return RECORD(self, run, fence, replace(change, marks=marks))


def _whatever_was_said(self: MemoryStore, run: str, fence: int, change: Change) -> bool:
    stop, self.stop = self.stop, None
    try:
        return RECORD(self, run, fence, change)
    finally:
        self.stop = stop or self.stop


def _not_latched(self: MemoryStore, runs: Any, stop: Stop, within: Any = None) -> int:
    return 0 if self.stop else 1


def _once(view: RunView, now: Any, sight: Any) -> bool:
    return view.marks.accepted_at is None and view.last_act_at is None


def _newest(view: RunView) -> ClusterSight | None:
    return view.seen


def _accepted(view: RunView, sight: ClusterSight) -> bool:
    return view.marks.accepted_at is not None and not why_not_gone(view)


def _another_name(self: Api, injection: Any) -> str:
    return f"{injection.name}-{self.kernel.random.getrandbits(16)}"


def _by_timestamps(seen: Seen, now: float, memory: Memory) -> Memory:
    """The heartbeat counts by what it says."""
    memory = REMEMBERED(seen, now, memory)
    if seen.grant is None:
        return memory
    said = datetime.fromisoformat(seen.grant.beat) - START
    return replace(memory, heard_at=said.total_seconds())


def _wall(self: Watchdog) -> float:
    return self._kernel.now + self._api.process.skew


def _no_note(injection: Any) -> dict[str, str]:
    return {}


MADE_OF, RECORD, REMEMBERED = Api._made_of, MemoryStore.record, watchdog._remembered
STORE = "tests.support.memory_store.MemoryStore"
API = "tests.simulation.api.Api"
WATCHDOG = "tests.simulation.watchdog.Watchdog"
ACTORS = "tests.simulation.actors.Actors"
REVERTING = "chaos.domain.reverting"

NO_WATCHDOG = {f"{ACTORS}.watch": _idle, "tests.simulation.schedule.left_alone": _nothing}
"""For a rule that the watchdog makes up for: switched off with it, and with what it owes."""

RULES: Mapping[str, Rule] = {
    "late-create": Rule(
        "A create whose answer was lost is waited for, as long as it may land, before anything is proven.",
        {f"chaos.services.{module}.LATE_CREATE": timedelta(0) for module in ("acts", "step", "perceive")},
    ),
    "sweep": Rule(
        "What belongs to no live run is removed, for ever.",
        {f"{ACTORS}.sweep": _idle, **NO_WATCHDOG},
    ),
    "clock": Rule(
        "The drivers' time is the database's, and does not jump while they drive.",
        {"tests.simulation.ports.Clock.settle": _never, "tests.simulation.hazards.JUMPING": 1.0},
    ),
    "watchdog": Rule(
        "What nobody is heard of about any more is ended from within the cluster.",
        {f"{ACTORS}.watch": _idle},
    ),
    "own-clock": Rule(
        "The watchdog goes by its own monotonic clock, and by no instant that anybody wrote.",
        {"deploy.watchdog.decide._remembered": _by_timestamps, f"{WATCHDOG}.clock": _wall},
    ),
    "note": Rule(
        "How things were before a fault is on the run's grant before the fault is.",
        {"chaos.adapters.litmus_undo.note": _no_note},
    ),
    "ring": Rule(
        "A run that nobody drives is rung for, for ever.",
        {f"{ACTORS}.ring": _idle},
    ),
    "ownership": Rule(
        "Engines are owned by the run's grant, so that one that lands late is garbage.",
        {f"{API}.owns": False},
    ),
    "fresh-grant": Rule(
        "No create is sent on a grant that was read long ago: the run may be over by then.",
        {f"{API}.grant_holds": FOR_EVER, f"{API}.lever_holds": FOR_EVER},
    ),
    "names": Rule(
        "An engine's name follows from its run and index: asked for twice, it is there once.",
        {f"{API}.name_of": _another_name},
    ),
    "fence": Rule(
        "Only the driver with the newest fence writes.",
        {f"{STORE}.record": _any_fence},
    ),
    "intent": Rule(
        "What will be asked for is written down before it is.",
        {f"{STORE}.record": _without_intent},
    ),
    "stop-first": Rule(
        "No intent is written once a stop is.",
        {f"{STORE}.record": _whatever_was_said},
    ),
    "last-word": Rule(
        "What was said meanwhile is heard right before a create.",
        {"chaos.services.step._refuse_if_stopped": _never},
    ),
    "latch": Rule(
        "A stop that was taken is kept.",
        {f"{STORE}.want_stop": _not_latched},
    ),
    "deadline": Rule(
        "Nothing starts past the hard deadline.",
        {"chaos.domain.stopping._overdue": _never},
    ),
    "errors": Rule(
        "What could not be seen is unknown, and not gone.",
        {f"{API}._made_of": _nothing_there},
    ),
    "proof": Rule(
        "Gone is what was measured to be gone, whatever Litmus says.",
        {f"{REVERTING}.unmet": _nothing},
    ),
    "nodes": Rule(
        "A node is set back to its pre-image, and to nothing else.",
        {"chaos.domain.proof.not_restored": _nothing, f"{REVERTING}.not_restored": _nothing},
    ),
    "retry": Rule(
        "A revert that did not go through is tried for ever.",
        {f"{REVERTING}._act_is_due": _once},
    ),
    "stranded": Rule(
        "What is not undone in time is said to be left, for whoever has to mend it.",
        {f"{STORE}.record": _unsaid},
    ),
    "fresh-look": Rule(
        "Only a look that began after everything was done proves anything.",
        {
            f"{REVERTING}._sight_since": _newest,
            f"{REVERTING}._is_proven_gone": _accepted,
            "chaos.services.step._refuse_if_stopped": _never,
            **NO_WATCHDOG,
        },
        shows='false "reverted"',
    ),
}


@contextmanager
def without(rule: str) -> Iterator[None]:
    """Run without this rule; with all of them for ""."""
    with ExitStack() as stack:
        for name, value in (RULES[rule].instead if rule else {}).items():
            stack.enter_context(mock.patch(name, value))
        yield
