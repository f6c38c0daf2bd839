"""The loop: look, decide, end, say. It never gives up, and nothing that a cluster answers can end it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from chaos.adapters.litmus_ending import Ended
from deploy.watchdog.decide import Memory, Seen, decide
from deploy.watchdog.say import line

ALIVE_EVERY = 60.0
"""Seconds between two lines that say that it lives."""


@dataclass
class Watch:
    """One watchdog. `look`, `end` and `event` are the cluster's, `clock` is monotonic."""

    look: Callable[[], Seen]
    end: Callable[[], Ended]
    event: Callable[[str, str, Mapping[str, str]], None]
    clock: Callable[[], float] = time.monotonic
    alive: Path | None = None
    """Touched after each look, whatever came of it: a cluster that is away is no reason to start anew."""
    _memory: Memory = field(default_factory=Memory)
    _blind: str = ""
    """Why the last look failed."""
    _leverless: str = ""
    """Why the last look that told anything did not see the lever."""
    _said_at: float | None = None
    _whose: Mapping[str, str] = field(default_factory=dict)
    """The labels of the grant that the ending began with."""
    _told: frozenset[str] = frozenset()
    """What the ending has told to go already, by UID: each is a word once."""

    def once(self) -> None:
        """One look and what follows from it. Raises nothing but what would end any program."""
        before, seen = self._memory, self._looked()
        decision = decide(seen, self.clock(), before)
        self._memory = decision.memory
        is_another = self._memory.ending != before.ending
        if before.why and is_another:
            self._say_how_it_ended(before, seen)
        if self._memory.why and is_another:
            self._whose = seen.grant.labels if seen and seen.grant else {}
            self._told = frozenset()
            self._say("Ending", "ending", self._memory.why)
        if decision.acts:
            self._end()

    def _say_how_it_ended(self, before: Memory, seen: Seen | None) -> None:
        """That nothing is left is said when a try has measured it, and not when a run came in between."""
        if before.is_over:
            self._say("Ended", "everything-ended", f"Nothing is left of what was ended. {before.why}")
            return
        who = f"Run {seen.grant.run}" if seen and seen.grant else "Somebody"
        unknown = "whether anything is left of what was being ended was not measured"
        self._say("BrokenOff", "broken-off", f"{who} has taken the grant: {unknown}. {before.why}")

    def _looked(self) -> Seen | None:
        try:
            seen = self.look()
        except Exception as error:  # also an answer of an unknown shape: it is as good as none
            if str(error) != self._blind:
                line("cannot-look", error=str(error))
            self._blind = str(error) or repr(error)
            return None
        finally:
            if self.alive:
                with suppress(OSError):  # a disk that is full; whoever misses it may start us anew
                    self.alive.touch()
        if self._blind:
            line("can-look-again")
        self._blind = ""
        self._tell_of_lever(seen)
        self._tell_alive(seen)
        return seen

    def _tell_of_lever(self, seen: Seen) -> None:
        """That it counts as up is said once, and so is that it can be seen again."""
        if seen.no_lever_seen and not self._leverless:
            line("cannot-see-lever", error=seen.no_lever_seen)
        if self._leverless and not seen.no_lever_seen:
            line("can-see-lever-again")
        self._leverless = seen.no_lever_seen

    def _tell_alive(self, seen: Seen) -> None:
        now = self.clock()
        if self._said_at is None or now >= self._said_at + ALIVE_EVERY:
            self._said_at = now
            line("watching", run=seen.grant.run if seen.grant else "", lever=seen.lever)

    def _end(self) -> None:
        self._memory = replace(self._memory, is_over=False)
        try:
            ended = self.end()
        except Exception as error:  # whatever it is, the next try may come through
            logging.getLogger(__name__).exception("A try to end everything failed.")
            line("end-failed", error=repr(error))
            return
        self._memory = replace(self._memory, is_over=ended.is_over)
        told = [str(item) for item in ended.told]
        errors = [str(error) for error in ended.errors]
        line("told-to-go", objects=told, set_back=list(ended.set_back), errors=errors, is_over=ended.is_over)
        fresh = [item for item in ended.told if item.uid not in self._told]
        self._told |= {item.uid for item in fresh}
        if fresh:
            self._leave("Deleted", f"Told to go: {', '.join(map(str, fresh))}.")
        if ended.set_back:
            self._leave("SetBack", f"As before the fault again: {', '.join(ended.set_back)}.")

    def _say(self, reason: str, what: str, sentence: str) -> None:
        line(what, why=sentence)
        self._leave(reason, sentence)

    def _leave(self, reason: str, sentence: str) -> None:
        self.event(reason, sentence, self._whose)
