"""RunSpec: the frozen, typed form of one scenario; what is approved, digested and run.

It names selectors and shares, never pods. Its digest is the SHA-256 of its canonical JSON (RFC 8785).
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from chaos.domain import codec

SPEC_VERSION = "1"


class Op(StrEnum):
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    EQUAL = "=="
    NOT_EQUAL = "!="


_COMPARE = {
    Op.BELOW: operator.lt,
    Op.AT_MOST: operator.le,
    Op.ABOVE: operator.gt,
    Op.AT_LEAST: operator.ge,
    Op.EQUAL: operator.eq,
    Op.NOT_EQUAL: operator.ne,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value op bound`, in the probe's unit; written `< 200` in a plan."""

    op: Op
    bound: Decimal

    def __post_init__(self) -> None:
        if not self.bound.is_finite():
            raise ValueError("A bound is a finite number.")

    def is_true_of(self, value: float) -> bool:
        return bool(_COMPARE[self.op](Decimal(repr(value)), self.bound))

    def __str__(self) -> str:
        return f"{self.op.value} {format(self.bound.normalize() + 0, 'f')}"


class ProbeKind(StrEnum):
    PROMETHEUS = "prometheus"
    HTTP_STATUS = "http-status"
    """The value is the HTTP status code of a GET."""
    HTTP_LATENCY = "http-latency"
    """The value is the time to the whole answer of a GET, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """A raw series whose newest sample must be younger than `max_age`; else the reading is unknown."""

    series: str
    max_age: timedelta


@dataclass(frozen=True, slots=True)
class MinimumCount:
    """A ratio over fewer than `at_least` (in the query's unit) is no evidence; the reading is unknown."""

    query: str
    at_least: Decimal


@dataclass(frozen=True, slots=True)
class ProbeSpec:
    """A question about the steady state. `ask` is a PromQL query or a URL, as `kind` says."""

    name: str
    kind: ProbeKind
    ask: str
    unit: str
    interval: timedelta
    timeout: timedelta
    blind_budget: int
    """How many unknown readings in a row are tolerated while the run is live."""
    freshness: Freshness | None = None
    minimum: MinimumCount | None = None


class ExpectationKind(StrEnum):
    HOLDS = "holds"
    RECOVERS_WITHIN = "recovers_within"
    HAPPENS_WITHIN = "happens_within"


@dataclass(frozen=True, slots=True)
class Expectation:
    """Decides the verdict. `within` counts from the measured injection; it is None for `holds`."""

    probe: str
    kind: ExpectationKind
    comparison: Comparison
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AbortCondition:
    """Ends the run when `comparison` is true of `consecutive` readings of the probe in a row."""

    probe: str
    comparison: Comparison
    consecutive: int = 1


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    name: str
    severity: str
    route: str
    within: timedelta


NODE_KINDS = ("node", "node-of")


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """What a fault may touch: exactly one of `count` and `percent` (of what matched, floored, at least one)
    is set.

    `kind` deployment, statefulset and so on: pods with `labels` in `namespace`. `node`: nodes with `labels`.
    `node-of`: the nodes that run pods with `labels` in `namespace`. `zone` narrows each to one zone.
    """

    namespace: str
    kind: str
    labels: Mapping[str, str]
    count: int | None = None
    percent: int | None = None
    zone: str = ""

    @property
    def is_of_nodes(self) -> bool:
        return self.kind in NODE_KINDS


@dataclass(frozen=True, slots=True)
class Stage:
    """A rung of a ladder: what differs from the fault's own targets and parameters on this rung."""

    count: int | None = None
    percent: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """`parameters` are the fault's own, in canonical text, as its catalogue entry writes them."""

    fault: str
    duration: timedelta
    targets: TargetSpec | None
    parameters: Mapping[str, str] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()

    @property
    def rungs(self) -> tuple[FaultSpec, ...]:
        """The fault rung by rung; itself alone where there is no ladder."""
        return tuple(self._rung(stage) for stage in self.stages) or (self,)

    def _rung(self, stage: Stage) -> FaultSpec:
        targets = self.targets
        if targets and (stage.count or stage.percent):
            targets = replace(targets, count=stage.count, percent=stage.percent)
        parameters = {**self.parameters, **stage.parameters}
        return replace(self, targets=targets, parameters=parameters, stages=())


@dataclass(frozen=True, slots=True)
class Durations:
    """All bounded. `revert_within`: after that a fault that is not proven gone is stranded."""

    baseline: timedelta
    observe: timedelta
    revert_within: timedelta


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One scenario, ready to run. Units stand at each field; `spec_version` is part of the digest."""

    scenario: str
    title: str
    hypothesis: str
    faults: tuple[FaultSpec, ...]
    probes: tuple[ProbeSpec, ...]
    expectations: tuple[Expectation, ...]
    abort_conditions: tuple[AbortCondition, ...]
    expected_alerts: tuple[ExpectedAlert, ...]
    durations: Durations
    spec_version: str = SPEC_VERSION

    @property
    def fault(self) -> FaultSpec:
        """The one fault that is enforced today."""
        return self.faults[0]

    def probe(self, name: str) -> ProbeSpec:
        return next(probe for probe in self.probes if probe.name == name)

    @property
    def digest(self) -> str:
        return codec.digest(self)
