"""What is in the simulated cluster, and the faults in it, each with its beginning and its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from chaos.domain.injection import Injection
from chaos.ports import RunRef
from tests.simulation.kernel import Kernel, Process
from tests.simulation.threads import FOR_EVER


@dataclass(eq=False)
class Engine:
    """A ChaosEngine. `owner` is the grant's UID, or empty for one that nothing owns; `sent_at` is when its
    create was sent, `gone_at` when the object was."""

    uid: str
    name: str
    owner: str
    ref: RunRef
    injection: Injection
    sent_at: float
    made_at: float
    status: str = "initialized"
    told_to_go_at: float | None = None
    gone_at: float | None = None
    has_injected: bool = False

    @property
    def is_leaving(self) -> bool:
        return self.told_to_go_at is not None

    @property
    def meant_for(self) -> frozenset[str]:
        """The UIDs of the pods and nodes that were looked at for it."""
        return frozenset(item.uid for item in (*self.injection.targets, *self.injection.nodes))

    def was_there(self, at: float) -> bool:
        return self.made_at <= at and (self.gone_at is None or at < self.gone_at)


@dataclass(eq=False)
class Helper:
    """A pod that Litmus made for an engine; it undoes the fault when it is asked to stop."""

    uid: str
    name: str
    engine: Engine
    node: str
    is_leaving: bool = False


@dataclass(eq=False)
class Fault:
    """One fault in one target (a pod's UID, or a node's) from `since` until it was out."""

    target: str
    engine: Engine
    since: float
    until: float | None = None
    needs_a_person: bool = False
    """Its helper lied, and only a person could tell and mend it."""

    def was_in(self, at: float) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass
class Grant:
    """`renewed`: the heartbeat, as the clock of whoever beats says it; `notes`: how things were before."""

    uid: str
    ref: RunRef
    renewed: str
    notes: dict[str, str] = field(default_factory=dict)


@dataclass
class Lever:
    """One of the two. `spans`: when it was pulled, and when it was released again."""

    kernel: Kernel
    spans: list[tuple[float, float]] = field(default_factory=list)
    reason: str = ""

    def set(self, reason: str) -> None:
        if reason and not self.reason:
            self.spans.append((self.kernel.now, FOR_EVER))
        elif self.reason and not reason:
            self.spans[-1] = (self.spans[-1][0], self.kernel.now)
        self.reason = reason

    def was_down(self, at: float, since: float = 0.0) -> bool:
        """Whether it was then, and had been for so many seconds."""
        return any(pulled_at + since < at < until for pulled_at, until in self.spans)


def _nobody_minds(process: Process, uid: str) -> None:
    return None


class HasLever:
    """A cluster, as to its lever."""

    kernel: Kernel
    touched: Callable[[Process, str], None] = staticmethod(_nobody_minds)
    """Told of whoever asks for a change of an object, and of the object's UID."""

    @cached_property
    def halt(self) -> Lever:
        return Lever(self.kernel)

    @property
    def lever(self) -> str:
        """Why it is down, or ""."""
        return self.halt.reason

    @lever.setter
    def lever(self, reason: str) -> None:
        self.halt.set(reason)


@dataclass
class History:
    """All that ever was, for the verdict."""

    engines: list[Engine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    """When the grant's heartbeat changed."""
    gone: dict[str, float] = field(default_factory=dict)
    """When grants went, by UID."""

    def has_injected(self, run: str) -> bool:
        """Also where nothing changed by that: a node that was cordoned before has no fault to be undone."""
        return any(engine.has_injected for engine in self.engines if engine.ref.run == run)

    def is_garbage(self, engine: Engine, at: float) -> bool:
        """Whether its grant was gone by then: whenever it lands, it is collected."""
        return self.gone.get(engine.owner, at + 1.0) <= at

    def faults_in(self, at: float) -> list[Fault]:
        return [fault for fault in self.faults if fault.was_in(at)]
