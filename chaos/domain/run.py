"""A run as `decide()` sees it: immutable, complete, and aware of how old each part is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chaos.domain.injection import Injection, Progress
from chaos.domain.left import Left
from chaos.domain.sight import ClusterSight
from chaos.domain.spec import RunSpec
from chaos.domain.states import RunState, StopKind
from chaos.domain.tally import Tally
from chaos.domain.targets import Limits

ASK_AGAIN = timedelta(seconds=2)
"""How long after an act that did not go through it is tried again."""


_BROUGHT_ABOUT = frozenset({StopKind.FAULT, StopKind.BLIND, StopKind.RECORD})
"""What a run finds by itself when somebody stopped it whose record is late: its engine is gone, or the
database is."""
SKEW = timedelta(seconds=1)
"""How far the clocks of two of our processes may be apart."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The latched intent to stop. `by` is a username, or empty when the run stopped itself."""

    at: datetime
    kind: StopKind
    reason: str
    by: str = ""

    @property
    def may_be_explained(self) -> bool:
        """The run stopped itself over what a person's Stop may have brought about."""
        return not self.by and self.kind in _BROUGHT_ABOUT

    def explains(self, other: Stop) -> bool:
        """Somebody had pressed Stop before the run stopped itself over what that very Stop did.

        A Stop acts in the cluster before it is written down, so a run may see the act first. It then takes
        the place of the run's own reason; nothing else does: a stop is latched.
        """
        return bool(self.by) and other.may_be_explained and self.at <= other.at + SKEW


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word about a manual fault: `injected` or `reverted`."""

    word: str
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """The first instant of each step. Those from `breach_at` on are the stop receipt.

    `accepted_at`: the API server has taken every delete. `pods_gone_at`: none of the run's Jobs and Pods
    is left, and no engine that could make one; None again while something is there anew. `clean_at`: every
    postcondition measured and no engine left. `steady_at`: the steady state is back. `stranded_at`: the
    deadline for reverting passed with residue left. `late_until` is none of them: nothing else was left,
    and until then a create whose answer was lost can still land.
    """

    granted_at: datetime | None = None
    baseline_at: datetime | None = None
    ended_at: datetime | None = None
    breach_at: datetime | None = None
    decided_at: datetime | None = None
    accepted_at: datetime | None = None
    pods_gone_at: datetime | None = None
    clean_at: datetime | None = None
    steady_at: datetime | None = None
    stranded_at: datetime | None = None
    cleared_at: datetime | None = None
    late_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """What a driver knows now.

    `sight` is the newest look at the cluster, failed or not; `seen` the newest that succeeded.
    `watching_since` is when this driver began to look, `lever` why everything is halted (empty: it is
    not), `record_lost_since` since when nothing could be written down.
    """

    spec: RunSpec
    state: RunState
    state_since: datetime
    not_after: datetime
    watching_since: datetime
    injections: tuple[Injection, ...] = ()
    progress: tuple[Progress, ...] = ()
    stop: Stop | None = None
    marks: Marks = field(default_factory=Marks)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    sight: ClusterSight | None = None
    seen: ClusterSight | None = None
    words: tuple[Word, ...] = ()
    lever: str = ""
    limits: Limits | None = None
    limits_at: datetime | None = None
    """What the cluster allows, read then; None: it could not be read."""
    is_unprovable: bool = False
    """Of its fault it cannot be proven that it is gone."""
    record_lost_since: datetime | None = None
    record_back_at: datetime | None = None
    """When, after that, it could be written down again."""
    read_until: datetime | None = None
    """The newest reading of the driver before this one, none of which counts for a baseline."""
    uncertain_until: datetime | None = None
    """A create whose answer was lost may still land until then."""
    told_until: datetime | None = None
    """The `uncertain_until` that people were told of: nothing else was left to wait for."""
    acting: frozenset[str] = frozenset()
    """The acts on the cluster that are under way, by name."""
    last_act_at: datetime | None = None
    rung_ended_at: datetime | None = None
    """When the deletes of the rung whose time is up were last accepted."""
    rung_gone_at: datetime | None = None
    """Since when, after that, no Job and no Pod of ours was seen."""
    failed_acts: int = 0
    """Acts in a row that did not go through."""
    redressed_at: Mapping[Hashable, datetime] = field(default_factory=dict)
    """When this driver last tried each of the decisions that set something back."""
    left_noted: tuple[Left, ...] = ()
    """What was last written down as left; with the instant at which this driver did so."""
    left_noted_at: datetime | None = None
    refusal: str = ""
    """Why a start was definitely refused; nothing was created."""
    refused_as: StopKind = StopKind.FAULT

    @property
    def injected_at(self) -> datetime | None:
        """When the first fault was measured to be there."""
        instants = [item.injected_at for item in self.progress if item.injected_at]
        return min(instants) if instants else None

    @property
    def rung(self) -> int:
        """The rung of the ladder that the run is on; 0 without a ladder."""
        return max((injection.rung for injection in self.injections), default=0)

    @property
    def stop_or_reverting(self) -> bool:
        return self.stop is not None or self.state is RunState.REVERTING

    @property
    def was_requested(self) -> bool:
        return any(item.requested_at for item in self.progress)

    def may_ask_again(self, now: datetime) -> bool:
        """Starts are create-only and named, so asking again is safe; but not at once."""
        return self.last_act_at is None or not self.failed_acts or now > self.last_act_at + ASK_AGAIN

    def with_progress(self, progress: Progress) -> RunView:
        changed = tuple(progress if item.index == progress.index else item for item in self.progress)
        return replace(self, progress=changed)

    def word(self, word: str) -> Word | None:
        return next((said for said in self.words if said.word == word), None)
