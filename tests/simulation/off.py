"""What stands in the place of a rule that is switched off: see tests.simulation.rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any
from unittest import mock

from chaos.adapters import litmus_manifests as manifests
from chaos.domain.record import Change
from chaos.domain.reverting import why_not_gone
from chaos.domain.run import RunView, Stop
from chaos.domain.sight import ClusterSight
from chaos.models import Run
from chaos.services.perceive import Perception
from chaos.services.recorder import ThreadRecorder
from chaos.services.store import DjangoStore
from deploy.watchdog import decide as watchdog
from deploy.watchdog.decide import Memory, Seen
from tests.simulation.kernel import START as BEGAN
from tests.simulation.watchdog import Watchdog
from tests.support.memory_store import MemoryStore

RECORD, REMEMBERED, ENGINE, NUMBERS = MemoryStore.record, watchdog._remembered, manifests.engine, count()
WRITTEN, SIGHT = DjangoStore.record, Perception._sight
REQUIRE, NOTE = ThreadRecorder.require, ThreadRecorder.note


def never(*_: object, **__: object) -> None:
    return None


def nothing(*_: object, **__: object) -> tuple[()]:
    return ()


def yes(*_: object) -> bool:
    return True


def no_reason(*_: object) -> str:
    return ""


def as_if_gone(self: Perception, view: RunView, sight: ClusterSight) -> RunView:
    """A look that failed counts as one that saw nothing of ours."""
    if sight.unseen and view.seen:
        nothing = replace(view.seen, engines=(), engine_pods=(), residue=())
        sight = replace(nothing, began_at=sight.began_at, at=sight.at)
    return SIGHT(self, view, sight)


def any_fence(self: MemoryStore, run: str, fence: int, change: Change) -> bool:
    return RECORD(self, run, self.fence, change)


def without_intent(self: ThreadRecorder, change: Change, within: float = 10.0) -> None:
    """What is asked for is written down only once it was answered."""
    known = tuple(item for item in change.progress if item.answered_at or not item.requested_at)
    REQUIRE(self, replace(change, progress=known), within)


def unsaid(self: ThreadRecorder, change: Change) -> None:
    marks = change.marks and replace(change.marks, stranded_at=None)
    NOTE(self, replace(change, marks=marks))


def any_fence_in_the_database(self: DjangoStore, run: str, fence: int, change: Change) -> bool:
    return WRITTEN(self, run, Run.objects.values_list("fence", flat=True).get(pk=run), change)


def whatever_was_said(self: MemoryStore, run: str, fence: int, change: Change) -> bool:
    stop, self.stop = self.stop, None
    try:
        return RECORD(self, run, fence, change)
    finally:
        self.stop = stop or self.stop


def whatever_the_lever(self: MemoryStore, run: str, fence: int, change: Change) -> bool:
    with mock.patch.object(self, "lever", ""):
        return RECORD(self, run, fence, change)


def not_latched(self: MemoryStore, runs: Any, stop: Stop, within: Any = None) -> int:
    return 0 if self.stop else 1


def once(view: RunView, now: Any, sight: Any) -> bool:
    return view.marks.accepted_at is None and view.last_act_at is None


def newest(view: RunView) -> ClusterSight | None:
    return view.seen


def accepted(view: RunView, sight: ClusterSight) -> bool:
    return view.marks.accepted_at is not None and not why_not_gone(view)


def owned_by_nobody(*sent: Any) -> dict[str, Any]:
    manifest = ENGINE(*sent)
    del manifest["metadata"]["ownerReferences"]
    return manifest


def another_name(*sent: Any) -> dict[str, Any]:
    manifest = ENGINE(*sent)
    manifest["metadata"]["name"] += f"-{next(NUMBERS)}"
    return manifest


def by_timestamps(seen: Seen, now: float, memory: Memory) -> Memory:
    """The heartbeat counts by what it says."""
    memory = REMEMBERED(seen, now, memory)
    if seen.grant is None:
        return memory
    said = datetime.fromisoformat(seen.grant.beat) - BEGAN
    return replace(memory, heard_at=said.total_seconds())


def wall(self: Watchdog) -> float:
    return self._kernel.now + self._api.process.skew


def no_note(injection: Any) -> dict[str, str]:
    return {}
