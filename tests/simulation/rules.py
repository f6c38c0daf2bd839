"""The safety rules, each with a way to switch it off: then the simulator must find something wrong.

A rule is switched off in the production code, by a constant or a function that is put in its place. Those
that the store keeps are switched off in both, the one in memory and the database's. What stands here is what
safety rests on; a rule that nothing misses is no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock

from tests.simulation import off
from tests.simulation.threads import FOR_EVER


@dataclass(frozen=True)
class Rule:
    """`says` is the rule; `instead` is what stands in its place once it is off, by dotted name. `shows`: how
    the finding begins, where another rule has to be off as well for it to come about."""

    says: str
    instead: Mapping[str, Any]
    shows: str = ""


STORE, DATABASE = "tests.support.memory_store.MemoryStore", "chaos.services.store"
WATCHDOG = "tests.simulation.watchdog.Watchdog"
START = "chaos.adapters.litmus_start"
ENGINES = "chaos.adapters.litmus_manifests.engine"
RECORDER = "chaos.services.recorder.ThreadRecorder"
WATCHDOGS_REASON = "deploy.watchdog.decide._reason"
REVERTING = "chaos.domain.reverting"

PULLED = {"tests.simulation.levers.OFTEN": 1.0}
"""A halt in every schedule."""
AT_ONCE = {"tests.simulation.hazards.CALM": (0.0, 0.0)}
"""Times that are hostile from the beginning: for what only a trouble around the start makes felt."""
STUCK = "tests.simulation.stuck"
NO_WATCHDOG = {WATCHDOGS_REASON: off.no_reason, "tests.simulation.schedule.left_alone": off.nothing}
"""For a rule that the watchdog makes up for: switched off with it, and with what it owes."""

RULES: Mapping[str, Rule] = {
    "late-create": Rule(
        "A create whose answer was lost is waited for, as long as it may land, before anything is proven.",
        {f"chaos.services.{module}.LATE_CREATE": timedelta(0) for module in ("acts", "step", "perceive")},
    ),
    "sweep": Rule(
        "What belongs to no live run is removed, for ever.",
        {"chaos.services.sweep.orphans": off.nothing, **NO_WATCHDOG},
    ),
    "clock": Rule(
        "The drivers' time is the database's, and does not jump while they drive.",
        {"chaos.services.clock.SteadyClock.settle": off.never, "tests.simulation.hazards.JUMPING": 1.0},
    ),
    "watchdog": Rule(
        "What nobody is heard of about any more is ended from within the cluster.",
        {WATCHDOGS_REASON: off.no_reason},
    ),
    "own-clock": Rule(
        "The watchdog goes by its own monotonic clock, and by no instant that anybody wrote.",
        {"deploy.watchdog.decide._remembered": off.by_timestamps, f"{WATCHDOG}.clock": off.wall},
    ),
    "note": Rule(
        "How things were before a fault is on the run's grant before the fault is.",
        {"chaos.adapters.litmus_undo.note": off.no_note},
    ),
    "ring": Rule(
        "A run that nobody drives is rung for, for ever.",
        {"tests.simulation.actors.ring_overdue": off.nothing},
    ),
    "ownership": Rule(
        "Engines are owned by the run's grant, so that one that lands late is garbage.",
        {
            ENGINES: off.owned_by_nobody,
            **AT_ONCE,
            "tests.simulation.hazards.WORST": ("late", "freeze on the wire"),
        },
    ),
    "fresh-grant": Rule(
        "No create is sent on a grant that was read long ago: the run may be over by then.",
        {f"{START}.GRANT_HOLDS": FOR_EVER, f"{START}.LEVER_HOLDS": FOR_EVER},
    ),
    "names": Rule(
        "An engine's name follows from its run and index: asked for twice, it is there once.",
        {ENGINES: off.another_name},
    ),
    "fence": Rule(
        "Only the driver with the newest fence writes.",
        {f"{STORE}.record": off.any_fence, f"{DATABASE}.DjangoStore.record": off.any_fence_in_the_database},
    ),
    "intent": Rule(
        "What will be asked for is written down before it is.",
        {f"{RECORDER}.require": off.without_intent},
    ),
    "stop-first": Rule(
        "No intent is written once a stop is.",
        {f"{STORE}.record": off.whatever_was_said, f"{DATABASE}._refuse_a_start": off.never, **AT_ONCE},
    ),
    "last-word": Rule(
        "What was said meanwhile is heard right before a create.",
        {"chaos.services.step._refuse_if_stopped": off.never},
    ),
    "lever": Rule(
        "A run that is live is stopped by either halt lever.",
        {"chaos.domain.stopping._halted": off.never, **PULLED},
        shows="stops ignored",
    ),
    "lever-at-start": Rule(
        "No create is sent with the cluster's lever down.",
        {f"{START}.lever_reason": off.no_reason, **PULLED},
        shows="starts after a stop",
    ),
    "lever-on-record": Rule(
        "No intent is written with the database's lever down.",
        {f"{STORE}.record": off.whatever_the_lever, f"{DATABASE}._refuse_a_start": off.never, **PULLED},
    ),
    "blind": Rule(
        "A run whose probes were not read for longer than they may be is stopped.",
        {"chaos.domain.stopping._blind": off.never, f"{STUCK}.BLIND_OFTEN": 1.0},
        shows="stops ignored",
    ),
    "stuck-lease": Rule(
        "A driver whose loop hangs does not keep the run.",
        {"chaos.services.recorder.STUCK": timedelta(days=1), f"{STUCK}.HANGS_OFTEN": 1.0},
    ),
    "stuck-beat": Rule(
        "A driver whose loop hangs does not keep the watchdog from acting.",
        {"chaos.services.senses.STUCK": timedelta(days=1), f"{STUCK}.HANGS_OFTEN": 1.0},
    ),
    "stages": Rule(
        "A ladder is climbed once the stage before is measured to be gone, and the steady state to be back.",
        {
            "chaos.domain.climbing.live_residue": off.nothing,
            "chaos.domain.climbing._unmet": off.nothing,
            "chaos.domain.tally.Tally.is_steady_since": off.yes,
            "tests.simulation.ladder.OFTEN": 1.0,
        },
        shows="duplicates",
    ),
    "latch": Rule(
        "A stop that was taken is kept.",
        {f"{STORE}.want_stop": off.not_latched, "chaos.services.stop_record._latch": off.yes},
    ),
    "deadline": Rule(
        "Nothing starts past the hard deadline.",
        {"chaos.domain.stopping._overdue": off.never},
    ),
    "errors": Rule(
        "What could not be seen is unknown, and not gone.",
        {"chaos.services.perceive.Perception._sight": off.as_if_gone},
    ),
    "proof": Rule(
        "Gone is what was measured to be gone, whatever Litmus says.",
        {f"{REVERTING}.unmet": off.nothing},
    ),
    "nodes": Rule(
        "A node is set back to its pre-image, and to nothing else.",
        {"chaos.domain.proof.not_restored": off.nothing, f"{REVERTING}.not_restored": off.nothing},
    ),
    "retry": Rule(
        "A revert that did not go through is tried for ever.",
        {f"{REVERTING}._act_is_due": off.once},
    ),
    "stranded": Rule(
        "What is not undone in time is said to be left, for whoever has to mend it.",
        {f"{RECORDER}.note": off.unsaid},
    ),
    "fresh-look": Rule(
        "Only a look that began after everything was done proves anything.",
        {
            f"{REVERTING}._sight_since": off.newest,
            f"{REVERTING}._is_proven_gone": off.accepted,
            "chaos.services.step._refuse_if_stopped": off.never,
            **NO_WATCHDOG,
            **AT_ONCE,
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
