"""An injection: one fault on its named targets, with all that undoing and proving it needs.

It is written before the act: inverse, pre-image and postcondition first, then the fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chaos.domain.measured import Measured
from chaos.domain.sight import Node, Pod, Workload


class InverseKind(StrEnum):
    RESTORE_NODES = "restore-nodes"
    """Delete the engine as below; a node that is then not as its pre-image says is set back to it by us."""
    DELETE_ENGINE = "delete-engine"
    """Delete the engine, its Jobs and its Pods; Litmus' SIGTERM handlers and the controllers do the rest."""
    PERSON = "person"
    """Somebody undoes it by hand, says so, and the postcondition's probe must agree."""


class Sign(StrEnum):
    """By what we know that the fault is there, without believing Litmus where that can be helped."""

    TARGETS_LEAVE = "targets-leave"
    TARGETS_RESTART = "targets-restart"
    RESULT_INJECTED = "result-injected"
    POLICY_MADE = "policy-made"
    SCALED = "scaled"
    NODE_CHANGED = "node-changed"
    NODE_DOWN = "node-down"
    HELPER_ON_NODE = "helper-on-node"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class PreImage:
    """What the targets' set looked like before: `ready` of `matched` pods."""

    matched: int = 0
    ready: int = 0


@dataclass(frozen=True, slots=True)
class Postcondition:
    """What must be measured before anyone says "reverted".

    `ready_at_least` pods with `labels` in `namespace` are ready, none of the `gone` uids is still leaving,
    all of `freed` are taken back or replaced, `probe` (if any) is within its tolerance, and nothing of the
    run's own is left.
    """

    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ready_at_least: int = 0
    gone: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    """Nodes, as they were: as schedulable as before, and with just the taints of `taint_keys` they had."""
    taint_keys: tuple[str, ...] = ()
    cordons: bool = False
    """Whether the fault cordons: else somebody else\'s cordon is theirs, and is left alone."""
    pressures: tuple[str, ...] = ()
    """Pressures that the fault can put its nodes under: each is off again, unless it was on before."""
    workloads: tuple[Workload, ...] = ()
    """Workloads, as they were: they must be to have as many replicas as before."""
    freed: tuple[tuple[str, str], ...] = ()
    """(name, uid) of pods that a helper must have taken the fault out of; else they must be replaced."""
    lies_when_aborted: bool = False
    """Its helper says "reverted" when it is stopped before its time, whatever became of the fault: of `freed`
    that counts only from an experiment that ran to its end."""
    uncut: bool = False
    """No NetworkPolicy of Litmus' may be left that selects what the injection selected."""
    probe: str = ""
    namespace_uid: str = ""
    """Which one `namespace` was; empty where we may not look. Another of its name has none of the targets."""


@dataclass(frozen=True, slots=True)
class Injection:
    """`name` is derived from run and index, so that doing it twice is doing it once."""

    index: int
    name: str
    fault: str
    experiment: str
    """The ChaosExperiment's name; empty for a fault that a person injects."""
    env: Mapping[str, str]
    namespace: str
    targets: tuple[Pod, ...]
    app_label: str
    app_kind: str
    duration: timedelta
    inverse: InverseKind
    sign: Sign
    pre_image: PreImage
    postcondition: Postcondition
    instructions: str = ""
    person_within: timedelta = timedelta(0)
    nodes: tuple[Node, ...] = ()
    leaving: tuple[Pod, ...] = ()
    """Pods that the fault is to drive off its nodes."""
    rung: int = 0
    """On a ladder, which rung it is; one is climbed when the one before is proven gone."""
    keep_to: str = ""
    """The hostname that the experiment's own pod is kept to, off its targets; empty: anywhere."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an injection is; each instant is set once, by the driver that measured it, and taken back where
    what was measured is so no more.

    The fault became real between `not_before` and `injected_at`: the last look without it and the first
    with it.
    """

    index: int
    intended_at: datetime | None = None
    requested_at: datetime | None = None
    answered_at: datetime | None = None
    """When the API server said that the engine is there; without it a requested fault may still land."""
    not_before: datetime | None = None
    injected_at: datetime | None = None
    hit: tuple[str, ...] = ()
    """On which of its targets the fault was seen so far, by name."""
    recreated_at: datetime | None = None
    """When its targets were deleted, since the helper had not undone the fault. None again once anything of
    ours has come since: it goes by their names, and may be in those that came in their place."""
    restored_at: datetime | None = None
    """When we set its nodes back to their pre-image, since Litmus had not."""
    left_alone_at: datetime | None = None
    """When something of its run came so long after the end that what it did is left to people."""
    reverted_at: datetime | None = None
    proof: tuple[Measured, ...] = ()
    """What was measured, part by part, when all of the run was measured to be gone."""
