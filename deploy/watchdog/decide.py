"""Is it time to end everything? Pure: what was seen, the watchdog's own clock, and what it remembers.

Instants of the cluster are never compared with anything: a heartbeat counts by having changed. So clocks
may be as wrong as they like. What is not known is no reason to act, and no reason to wait longer either:
the time since the last change runs on while nothing can be seen. A halt lever that is seen to be down is
enough: then a grant that cannot be read, and so may be there, is ended too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

TTL = 30.0
"""Seconds for what has no grant to say how long."""
SOON, LATE = 2.0, 30.0
"""Seconds between two tries: the longer it has been going on, the fewer."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The run's grant: `beat` is what changes with each heartbeat, `ttl` seconds are how long it lasts."""

    uid: str
    run: str
    beat: str
    ttl: float = TTL
    labels: Mapping[str, str] = field(default_factory=dict)
    """Those that say whose it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. `ours` names what could inject; None: that could not be seen, or was not looked for."""

    grant: Grant | None = None
    lever: str = ""
    """Why the halt lever is down; empty when it is up, or could not be seen."""
    ours: tuple[str, ...] | None = ()
    """Where the grant could not be read, with the grants that are listed."""
    no_grant_seen: str = ""
    """Why the grant could not be read, in a sentence; then `grant` says nothing."""
    no_lever_seen: str = ""
    """Why the lever could not be read, in a sentence; then `lever` says nothing."""

    @property
    def may_be(self) -> bool:
        """Whether there is something to end, or could be."""
        return bool(self.grant or self.ours) or (bool(self.no_grant_seen) and self.ours is None)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the watchdog knows from before. Instants are seconds of its own monotonic clock."""

    heard: tuple[str, str] = ("", "")
    """The grant and its heartbeat, as last seen."""
    heard_at: float = 0.0
    """When that was seen for the first time."""
    alone_at: float | None = None
    """Since when there has been something of ours without a grant."""
    why: str = ""
    """Why everything is being ended; empty while nothing is."""
    of: str = ""
    """The grant it began with."""
    began_at: float = 0.0
    acted_at: float | None = None
    is_over: bool = False
    """Whether the last try found nothing to end, and nothing has been seen since. Whoever tries keeps it."""

    @property
    def ending(self) -> tuple[str, str, float]:
        """Which ending this is."""
        return self.why, self.of, self.began_at


@dataclass(frozen=True, slots=True)
class Decision:
    """`acts`: end everything now, because of `memory.why`."""

    memory: Memory
    acts: bool = False


def decide(seen: Seen | None, now: float, memory: Memory) -> Decision:
    """None for a look that failed.

    Once begun it goes on until a try has found nothing left, also when somebody is heard of again: a run of
    which half was taken away is over. Another run's grant, though, is another matter, and gets its own time.
    """
    if seen is not None:
        memory = _remembered(seen, now, memory)
        if memory.why and _is_through(seen, memory):
            memory = replace(memory, why="", of="", acted_at=None, is_over=False)
        if not memory.why and (why := _reason(seen, now, memory)):
            of = seen.grant.uid if seen.grant else ""
            memory = replace(memory, why=why, of=of, began_at=now, acted_at=None, is_over=False)
    if not memory.why or not _is_due(now, memory):
        return Decision(memory)
    return Decision(replace(memory, acted_at=now), acts=True)


def _remembered(seen: Seen, now: float, memory: Memory) -> Memory:
    if seen.ours or (seen.grant and seen.grant.uid == memory.of):
        memory = replace(memory, is_over=False)
    if seen.no_grant_seen:
        return memory
    heard = (seen.grant.uid, seen.grant.beat) if seen.grant else ("", "")
    if heard != memory.heard:
        memory = replace(memory, heard=heard, heard_at=now)
    if seen.grant or seen.ours == ():
        return replace(memory, alone_at=None)
    if seen.ours and memory.alone_at is None:
        return replace(memory, alone_at=now)
    return memory


def _is_through(seen: Seen, memory: Memory) -> bool:
    if seen.grant:
        return seen.grant.uid != memory.of
    return seen.ours == () and memory.is_over


def _reason(seen: Seen, now: float, memory: Memory) -> str:
    if seen.lever and seen.may_be:
        return f"The halt lever is down: {seen.lever}"
    if seen.no_grant_seen:
        return ""
    if seen.grant and (silent := now - memory.heard_at) >= seen.grant.ttl:
        return f"Run {seen.grant.run} has not been heard of for {silent:.0f} s."
    if seen.ours and memory.alone_at is not None and (alone := now - memory.alone_at) >= TTL:
        return f"{', '.join(seen.ours[:3])} and what else is ours has had no grant for {alone:.0f} s."
    return ""


def _is_due(now: float, memory: Memory) -> bool:
    if memory.acted_at is None:
        return True
    wait = min(LATE, max(SOON, (memory.acted_at - memory.began_at) / 4))
    return now >= memory.acted_at + wait
