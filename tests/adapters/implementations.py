"""What the contract is run against, what each cannot do, and which faults are tried on the slow ones."""

from __future__ import annotations

import pytest

REHEARSAL = "rehearsal"
STAND_IN = "real-api"
LITMUS = "real-litmus"

MISHAPS = "mishaps"
KILLS = "kills"
ABSENCE = "absence"
PLACES = "places"
KUBELETS = "kubelets"
_TRUE = "A real API server answers truly: it cannot be told to refuse, to lose an answer or to hang."
_ANYWHERE = (
    "A real scheduler weighs where a pod would rather be against spreading: how many a zone has is not known."
)
_PLAYED = "The nodes beside a real API server are played: none of them has a kubelet that could be stopped."
LACKS = {
    REHEARSAL: {},
    STAND_IN: {MISHAPS: _TRUE, PLACES: _ANYWHERE, KUBELETS: _PLAYED},
    LITMUS: {
        MISHAPS: _TRUE,
        PLACES: _ANYWHERE,
        KUBELETS: _PLAYED,
        ABSENCE: "For a node that is not there Litmus makes a helper all the same, and waits for minutes.",
        KILLS: "Litmus' own helpers and experiments get their SIGTERM: no switch kills them without it.",
    },
}
"""By implementation, what a test may need and is not had there, and why: as in the rehearsal's README."""

TRIED = (
    "pod-delete",
    "node-drain",
    "node-taint",
    "pod-network-partition",
    "pod-autoscaler",
    "pod-network-latency",
    "pod-cpu-hog",
)
"""Faults that Litmus itself is launched with and stopped in the middle of; our stand-in, with every one."""
FEW = ("node-taint", "pod-network-latency")
"""Faults for all else on a real API server: one by the experiment itself, one by a helper."""

IMPLEMENTATIONS = [
    REHEARSAL,
    *(pytest.param(name, marks=pytest.mark.cluster) for name in (STAND_IN, LITMUS)),
]


def implementation_of(item: pytest.Item) -> str:
    """Empty for a test of something else."""
    found = getattr(item, "callspec", None)
    return str(found.params.get("practice_process", "")) if found else ""


def fault_of(item: pytest.Item) -> str:
    """The fault that a test is run for; empty where it is not run for one after the other."""
    params = getattr(item, "callspec").params  # noqa: B009 - only items of functions have one
    case = params.get("case")
    return case.fault if case else str(params.get("name") or params.get("fault") or "")


def is_tried(item: pytest.Item) -> bool:
    """Each minute on a real API server is a minute of everybody's: only the rehearsal is put through all."""
    implementation = implementation_of(item)
    if implementation in ("", REHEARSAL):
        return True
    fault, is_the_once = fault_of(item), item.get_closest_marker("every_fault") is not None
    if is_the_once:
        return implementation == STAND_IN or fault in TRIED
    return not fault or fault in FEW


def why_not(item: pytest.Item) -> str:
    """What the implementation lacks that the test needs; empty where it has all."""
    lacks = LACKS.get(implementation_of(item), {})
    needed = [what for mark in item.iter_markers("needs") for what in mark.args]
    return " ".join(lacks[what] for what in needed if what in lacks)
