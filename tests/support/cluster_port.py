"""The cluster port for tests of the services: six pods, nothing left over, knobs for bad days."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chaos.domain.injection import Injection
from chaos.domain.sight import ClusterSight, Pod, Residue, ResidueKind
from chaos.ports import Cleared, Preflight, RunRef, Told
from tests.support.builders import pods

UID = "uid-of-practice"
LOOKED_AT = datetime(2026, 7, 1, 10, 0, 1, tzinfo=UTC)


def left(name: str, run: str = "", installation: str = "", kind: ResidueKind = ResidueKind.ENGINE) -> Residue:
    return Residue(kind, "chaos", name, f"uid-{name}", run, installation)


@dataclass
class QuietCluster:
    """`fail` maps a verb to what it raises, or to a deed to do first; `said` is every act in order."""

    uid: str = UID
    found: tuple[Pod, ...] = field(default_factory=pods)
    residues: tuple[Residue, ...] = ()
    unmet: str = ""
    lacks: str = ""
    fail: dict[str, Exception | Callable[[], object]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    removed: list[Residue] = field(default_factory=list)
    lever: str = ""
    unseen: tuple[str, ...] = ()
    is_over: bool = True
    """Whether a halt finds that all has left already."""
    words: tuple[Told, ...] = ()
    """What a watchdog left word of."""
    images: tuple[str, ...] = ()
    """What a preflight was told that experiments may run."""
    sight: ClusterSight | None = None
    acted: threading.Event = field(default_factory=threading.Event)

    def _say(self, verb: str) -> None:
        self.said.append(verb)
        trouble = self.fail.get(verb)
        if isinstance(trouble, Exception):
            raise trouble
        if trouble:
            trouble()

    def identity(self) -> str:
        self._say("identity")
        return self.uid

    def namespace_uid(self, name: str) -> str:
        self._say("namespace_uid")
        return f"uid-{name}"

    def preflight(self, experiments: Sequence[str], images: Sequence[str]) -> tuple[Preflight, ...]:
        self._say("preflight")
        self.images = tuple(images)
        return (
            Preflight("operator", not self.unmet, self.unmet or "The operator runs."),
            Preflight("experiments", True, ", ".join(experiments)),
        )

    def rights(self, experiments: Sequence[str], namespaces: Sequence[str]) -> tuple[Preflight, ...]:
        self._say(f"rights of {', '.join(experiments)} in {', '.join(namespaces)}")
        return (Preflight("pods in namespace payments", not self.lacks, self.lacks or "It may."),)

    def pods(self, namespace: str, labels: Mapping[str, str]) -> tuple[Pod, ...]:
        self._say("pods")
        return self.found

    def residue(self) -> tuple[Residue, ...]:
        self._say("residue")
        return self.residues

    def look(self, ref: RunRef, injections: Sequence[Injection]) -> ClusterSight:
        """`sight` where there is one, else what is left of the run."""
        self._say("look")
        ours = tuple(item for item in self.residues if item.run == ref.run)
        return self.sight or ClusterSight(LOOKED_AT, LOOKED_AT, residue=ours)

    def revert_all(self) -> Cleared:
        self._say("revert_all")
        told = tuple(item for item in self.residues if item.kind is not ResidueKind.RESULT)
        self.removed += [item for item in told if item not in self.removed]
        self.acted.set()
        return Cleared(told, self.unseen, self.is_over)

    def remove(self, residue: Sequence[Residue]) -> None:
        self._say("remove")
        self.removed += residue
        self.acted.set()

    def revert(self, ref: Any) -> None:
        self._say(f"revert {ref.run}")
        self.acted.set()
        self._say("revert")

    def watchdog_said(self) -> tuple[Told, ...]:
        self._say("watchdog_said")
        return self.words

    def pull_lever(self, reason: str) -> None:
        self._say("pull_lever")
        self.lever = reason

    def lever_reason(self) -> str:
        self._say("lever_reason")
        return self.lever

    def release_lever(self) -> None:
        self._say("release_lever")
        self.lever = ""
