"""The catalogue as people look through it: by what is touched, not by the rights that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chaos.faults.base import Fault
from chaos.faults.catalogue import FAULTS

_GROUPS = (
    ("Pods and containers", ("pod-delete", "container-kill", "pod-autoscaler")),
    ("Network of pods", ("pod-network-",)),
    ("Processor, memory and disk of pods", ("pod-cpu-", "pod-memory-", "pod-io-", "disk-")),
    ("Names (DNS)", ("pod-dns-",)),
    ("HTTP", ("pod-http-",)),
    ("Nodes", ("node-", "kubelet-")),
    ("By hand", ("manual",)),
)
"""Each with the beginnings of its faults' names."""
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    faults: Sequence[Fault]


def groups() -> list[Group]:
    """Every fault of the catalogue in one group, in the catalogue's order."""
    found: dict[str, list[Fault]] = {title: [] for title, _ in (*_GROUPS, (OTHER, ()))}
    for fault in FAULTS.values():
        found[_group_of(fault.name)].append(fault)
    return [Group(title, faults) for title, faults in found.items() if faults]


def touches(fault: Fault) -> str:
    """What it is done to, in a word or two."""
    if not fault.needs_targets:
        return "what its instructions say"
    return "nodes" if fault.on_nodes else "pods"


def _group_of(name: str) -> str:
    return next((title for title, beginnings in _GROUPS if name.startswith(beginnings)), OTHER)
