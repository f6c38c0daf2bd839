"""What is written down of a run, and what other processes say to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chaos.domain.injection import Injection, Progress
from chaos.domain.left import Left
from chaos.domain.run import Marks, Stop, Word
from chaos.domain.sight import AlertsReading, Reading
from chaos.domain.spec import RunSpec
from chaos.domain.states import RunState, Verdict
from chaos.domain.targets import Limits
from chaos.domain.verdict import Outcome

EVERYONE, ORGANISERS = "everyone", "organisers"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. `audience` is who may be told while the day is on."""

    kind: str
    text: str
    at: datetime
    audience: str = EVERYONE
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What one step writes. Absent parts stay as they are.

    `moved` is (from, to): the row must be in `from`. `stop` is latched: a later one changes nothing.
    """

    at: datetime
    moved: tuple[RunState, RunState] | None = None
    marks: Marks | None = None
    stop: Stop | None = None
    planned: tuple[Injection, ...] = ()
    """Injections of the next rung, with inverse, pre-image and postcondition, before anything is done."""
    progress: tuple[Progress, ...] = ()
    manifests: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    read_back: tuple[Mapping[str, Any], ...] | None = None
    readings: tuple[Reading, ...] = ()
    alerts: tuple[AlertsReading, ...] = ()
    verdict: Verdict | None = None
    outcomes: tuple[Outcome, ...] | None = None
    residue: tuple[Left, ...] | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Signals:
    """What other processes have written for a live run, as of `at`. `lever`: why all is halted; `limits`:
    what the cluster's administrator allows now, None when it cannot be read; `fence`: that of the driver who
    took the run last."""

    at: datetime
    stop: Stop | None = None
    lever: str = ""
    words: tuple[Word, ...] = ()
    limits: Limits | None = None
    fence: int = 0


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as loaded. `spec_digest` is the approved one, to be compared before anything is injected."""

    run: str
    installation: str
    spec: RunSpec
    spec_digest: str
    state: RunState
    state_since: datetime
    not_after: datetime
    marks: Marks
    signals: Signals
    injections: tuple[Injection, ...]
    progress: tuple[Progress, ...]
    readings: tuple[Reading, ...] = ()
    ceiling: int = 0
    """How many targets were approved: for those of later rungs."""
