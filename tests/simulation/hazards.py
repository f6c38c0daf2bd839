"""What goes wrong in one schedule, drawn from its seed: some are calm, some are all of it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from chaos.domain.errors import StoreUnavailable, Transient
from tests.simulation.kernel import Kernel, Process

HOSTILE = 240.0
"""Seconds after which nothing new goes wrong."""
LATEST = 60.0
"""The most seconds after which the API server still does what was asked of it (its --request-timeout)."""
FREEZES = (5.0, 20.0, 90.0, 240.0)

WORST = (
    *("kill", "freeze", "freeze", *["freeze on the wire"] * 2, "late", "late", "again", "slow intent"),
    *[""] * 12,
)
"""About a start: before the last check, behind it, on its way (late, or at once and again late, as by a proxy
that repeats what was not answered), and as the intent is written."""

WATCHDOG = "watchdog"
"""In the cluster itself, with an account of its own."""
MACHINES = ("worker-1", "worker-2", "ring", "sweep", "person", WATCHDOG)
OURS = "all of Gameday"
CUTS = {OURS: "all of Gameday cut off", "": "the API server away"}

JUMPING = 0.2
"""How often the clocks of the machines jump."""
CALM = (0.45, 0.75)
"""How often all goes well until a fault is there, and how often until then or until one is asked for: times
that are hostile from the beginning mostly prevent it. Drawn from a stream of its own."""
BEGUN_BY, PUT_OFF = 30.0, 15.0
"""In seconds: when it is hostile at the latest; within which what waited for the fault is done."""

Window = tuple[float, float]


@dataclass
class Hazards:
    """Probabilities at each call or checkpoint, and windows of time."""

    kernel: Kernel
    has_begun: bool = field(init=False)
    """Whether things go wrong by now."""
    waits_for_a_fault: bool = field(init=False)
    crash: float = field(init=False)
    freeze: float = field(init=False)
    bad_call: float = field(init=False)
    lost_task: float = field(init=False)
    bad_write: float = field(init=False)
    pace: float = field(init=False)
    """How slow the API server is: seconds, at the most, to it and back."""
    outages: list[Window] = field(init=False)
    worst: str = field(init=False)
    """What befalls, once, whoever is about to start a fault; mostly nothing."""
    partitions: dict[str, list[Window]] = field(default_factory=dict)
    forbidden: list[Window] = field(init=False)
    """While Gameday's own account lacks the right to `forbidden_verb`."""
    forbidden_verb: str = field(init=False)
    spares_the_watchdog: bool = field(init=False)
    """Whether it lives on and is answered, as long as anybody is."""
    slept: set[float] = field(init=False)
    """When a start was sent by one who had slept on its way to the wire."""
    jumps: dict[str, Window] = field(init=False)
    """When the clock of a machine jumps, by the name of the process there, and by how many seconds."""
    _put_off: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        draw = self.kernel.random
        lot = Random(f"{self.kernel.seed}/calm").random()
        self.waits_for_a_fault, self.has_begun = lot < CALM[0], lot >= CALM[1]
        self.kernel.at(BEGUN_BY, self._begin)
        self.crash = draw.choice((0.0, 0.0002, 0.0006, 0.0015))
        self.freeze = draw.choice((0.0, 0.0, 0.0002, 0.0006))
        self.bad_call = draw.choice((0.0, 0.01, 0.05, 0.2))
        self.lost_task = draw.choice((0.0, 0.2, 0.6))
        self.bad_write = draw.choice((0.0, 0.0, 0.02, 0.1))
        self.pace = draw.choice((0.1, 0.1, 1.0))
        self.outages = self._windows(0.2, 60.0)
        self.worst = draw.choice(WORST)
        if self.waits_for_a_fault:
            self.worst = ""
        self.forbidden = self._windows(0.1, 90.0)
        self.forbidden_verb = draw.choice(("create", "delete", "set", ""))
        jumping = MACHINES if draw.random() < JUMPING else ()
        self.jumps = {name: (draw.uniform(0.0, 100.0), draw.uniform(-120.0, 120.0)) for name in jumping}
        self.spares_the_watchdog = draw.random() < 0.5
        self.slept = set[float]()
        self.kernel.strike = self.strike

    def _windows(self, chance: float, longest: float) -> list[Window]:
        draw = self.kernel.random
        if draw.random() >= chance:
            return []
        begins = [draw.uniform(0.0, 120.0) for _ in range(draw.randint(1, 2))]
        return [(at, min(HOSTILE, at + draw.uniform(1.0, longest))) for at in begins]

    def one_is_asked_for(self) -> None:
        if not self.waits_for_a_fault:
            self._begin()

    def one_is_there(self, fault: Callable[[], bool]) -> None:
        """From now on it is looked whether one is."""
        if fault():
            self._begin()
        elif not self.has_begun:
            self.kernel.at(1.0, lambda: self.one_is_there(fault))

    def once_one_was(self, deed: Callable[[], object]) -> None:
        """Do it now, or where all waits for a fault some time after that."""
        if self.waits_for_a_fault and not self.has_begun:
            self._put_off.append(deed)
        else:
            deed()

    def _begin(self) -> None:
        self.has_begun = True
        while self._put_off:
            self.kernel.at(self.kernel.random.uniform(0.0, PUT_OFF), self._put_off.pop())

    @property
    def is_hostile(self) -> bool:
        return self.has_begun and self.kernel.now < HOSTILE

    def strike(self, process: Process, weight: float) -> None:
        """Maybe kill or freeze the process that stands at this checkpoint."""
        kernel = self.kernel
        if not process.is_mortal or not self.is_hostile:
            return
        lot = kernel.random.random()
        if lot < self.crash * weight:
            kernel.kill(process, "at a checkpoint")
        elif lot < (self.crash + self.freeze) * weight:
            kernel.freeze(process, kernel.random.choice(FREEZES))
            kernel.park(0.0)

    def strike_the_start(self, process: Process, *ways: str) -> None:
        """At the worst moment: all was looked at, nothing is sent."""
        way = next((way for way in ways if self._is_the_worst(way)), "")
        if way == "kill":
            self.kernel.kill(process, "as it was about to start a fault")
            self.kernel.check()
        elif way:
            self.kernel.freeze(process, self.kernel.random.uniform(100.0, FREEZES[-1]))
            self.kernel.park(0.0)

    def _is_the_worst(self, name: str) -> bool:
        """Whether this is to happen now; it happens once."""
        if self.worst != name:
            return False
        self.worst = ""
        self.kernel.met[f"a start hit: {name}"] += 1
        return True

    def is_cut_off(self, name: str) -> bool:
        """Whether this process, or all of Gameday, or anybody at all is kept from the API server."""
        for who in (name, "" if name == WATCHDOG else OURS, ""):
            if who not in self.partitions:
                self.partitions[who] = self._cuts(who)
            if self._is_in(self.partitions[who]):
                self.kernel.met[CUTS.get(who, "cut off")] += 1
                return True
        return False

    def _cuts(self, who: str) -> list[Window]:
        draw = self.kernel.random
        if who == OURS:  # in the middle of it, and for longer than a grant lasts
            at = draw.uniform(10.0, 40.0)
            return [(at, at + draw.uniform(40.0, 200.0))] if draw.random() < 0.2 else []
        chance = {"": 0.08, WATCHDOG: 0.0 if self.spares_the_watchdog else 0.1}.get(who, 0.15)
        return self._windows(chance, 200.0)

    def is_forbidden(self, name: str, what: str) -> bool:
        """Whether the API server answers 403 to this process: somebody took the right from its account."""
        if name == WATCHDOG or not what.startswith(self.forbidden_verb) or not self._is_in(self.forbidden):
            return False
        self.kernel.met["rights revoked"] += 1
        return True

    def _is_in(self, windows: list[Window]) -> bool:
        now = self.kernel.now
        return self.has_begun and any(since <= now < until for since, until in windows)

    def store_is_away(self) -> bool:
        return self._is_in(self.outages)

    def fate_of_call(self, name: str, writes: bool, is_the_start: bool = False) -> str:
        draw = self.kernel.random
        if name == WATCHDOG and self.spares_the_watchdog:
            return "fine"
        for way in ("late", "again") if is_the_start else ():
            if self._is_the_worst(way):
                return way
        if not self.is_hostile or draw.random() >= self.bad_call:
            return "fine"
        ways = ("refused", "lost", "slow") + (("unanswered", "late", "doubled") if writes else ())
        return draw.choice(ways)

    def fate_of_write(self, is_intent: bool) -> str:
        """What becomes of one write to the store."""
        draw = self.kernel.random
        if is_intent and self._is_the_worst("slow intent"):
            return "slow"
        if not self.is_hostile or draw.random() >= self.bad_write:
            return "fine"
        return draw.choice(("refused", "unanswered", "slow"))


def no_answer(what: str) -> Transient:
    return Transient(f"The API server did not answer in time: {what}.")


def away() -> StoreUnavailable:
    return StoreUnavailable("The database cannot be used: it went away.")
