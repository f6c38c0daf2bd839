"""Ending everything of ours on clusters by its labels: what a halt does, with no database to know it by."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from chaos.domain.by_hand import delete
from chaos.domain.sight import Residue, ResidueKind
from chaos.ports import Cleared, Cluster
from chaos.services.beside import sentence

PATIENCE = timedelta(seconds=90)
"""The grace of 60 s in which helpers undo their faults, and time for a node to say that a pod has ended."""
PAUSE = 1.0


class Sweep:
    """Lever and deletes on one cluster, beside each other, as often as it is asked to."""

    def __init__(self, port: Cluster, why: str) -> None:
        self._port, self._why = port, why
        self.told: dict[str, Residue] = {}
        self.failures: tuple[str, ...] = ()
        self.is_latched = self.is_over = False
        self.tried = 0

    def once(self) -> bool:
        """Whether anything failed. Raises nothing."""
        with ThreadPoolExecutor(2) as pool:
            lever = pool.submit(self._port.pull_lever, self._why)
            clearing = pool.submit(self._port.revert_all)
        error = clearing.exception()
        # Whatever goes wrong is said: a cluster that nobody mentions would count as halted.
        cleared = clearing.result() if error is None else Cleared((), (sentence(error),))
        failures = cleared.failures
        if error := lever.exception():
            failures += (sentence(error),)
        else:
            self.is_latched = True
        self.told = self.told | {item.uid: item for item in cleared.told}
        self.failures, self.is_over = failures, cleared.is_over
        self.tried += 1
        return bool(failures)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a halt by labels came to on one cluster: what was told to go, what is `left` of it, and what could
    not be done or seen, in sentences. `is_latched`: the lever in the cluster is down. `is_over`: the last
    pass had nothing left to do."""

    told: tuple[Residue, ...]
    left: tuple[Residue, ...]
    failures: tuple[str, ...]
    is_latched: bool
    is_over: bool

    @property
    def is_clean(self) -> bool:
        """Everything was seen, and nothing of ours was there any more, also in a pass after the one that told
        the last of it to go: something may have landed, and injected, as that went."""
        return self.is_latched and self.is_over and not self.left and not self.failures


def halt_by_labels(
    ports: Mapping[str, Cluster], why: str, patience: timedelta = PATIENCE, pause: float = PAUSE
) -> dict[str, Ended]:
    """Pull every cluster's lever, delete all that is ours, and look until it is gone or `patience` is over.

    The clusters are turned to beside each other, and what is still there is deleted again at each look: a
    create that was under way may land late. It asks no database. Raises nothing.
    """
    if not ports:
        return {}
    with ThreadPoolExecutor(len(ports)) as pool:
        acts = {name: pool.submit(_end, port, why, patience, pause) for name, port in ports.items()}
    return {name: act.result() for name, act in acts.items()}


def _end(port: Cluster, why: str, patience: timedelta, pause: float) -> Ended:
    sweep, until = Sweep(port, why), time.monotonic() + patience.total_seconds()
    while True:
        sweep.once()
        left, unseen = _left(port)
        failures = (*sweep.failures, *(item for item in unseen if item not in sweep.failures))
        ended = Ended((*sweep.told.values(),), left, failures, sweep.is_latched, sweep.is_over)
        if ended.is_clean or time.monotonic() + pause > until:
            return ended
        time.sleep(pause)


def _left(port: Cluster) -> tuple[tuple[Residue, ...], tuple[str, ...]]:
    """Results are no residue here: they are evidence, and do nothing."""
    try:
        found = port.residue()
    except Exception as error:  # a defect of ours is no reason to call a cluster clean either
        return (), (sentence(error),)
    return tuple(item for item in found if item.kind is not ResidueKind.RESULT), ()


def by_hand(item: Residue) -> str:
    """The command with which somebody deletes it who has kubectl and nothing else."""
    return delete(item.kind.value, item.namespace, item.name)
