"""The residue certificate of a run, worked out of what is on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.certificate import Cleanup, OfInjection, judge
from chaos.domain.states import RunState, Verdict
from chaos.faults.catalogue import UNPROVABLE
from chaos.services.evidence_queries import RunEvidence
from chaos.services.glass import Broken


@dataclass(frozen=True, slots=True)
class Certificate:
    """What became of everything that a run did. `verdict` is the clean-up's own, `hypothesis` the other one.

    `cluster_uid` is the identity of the cluster that was looked at: the UID of its namespace kube-system, as
    checked before the launch. `left` is what stood there at the last look, `broken` each finalizer that
    somebody took off.
    """

    run: str
    scenario: str
    title: str
    cluster: str
    cluster_uid: str
    environment: str
    state: RunState
    verdict: Cleanup
    sentence: str
    hypothesis: Verdict
    launched_at: datetime
    stranded_at: datetime | None
    clean_at: datetime | None
    injections: tuple[OfInjection, ...]
    left: tuple[str, ...]
    broken: tuple[Broken, ...]


def certificate(run: RunEvidence, broken: Sequence[Broken] = ()) -> Certificate:
    """The same record gives the same certificate."""
    is_unprovable = run.spec.fault.fault in UNPROVABLE
    verdict, injections = judge(run.injections, run.progress, run.state, run.marks, is_unprovable)
    if run.late_since:
        verdict = Cleanup.STRANDED
    return Certificate(
        run=run.run,
        scenario=run.scenario,
        title=run.spec.title,
        cluster=run.cluster,
        cluster_uid=run.cluster_uid,
        environment=run.environment,
        state=run.state,
        verdict=verdict,
        sentence=_SENTENCES[verdict],
        hypothesis=run.verdict,
        launched_at=run.launched_at,
        stranded_at=run.late_since or run.marks.stranded_at,
        clean_at=run.marks.clean_at,
        injections=injections,
        left=run.residue,
        broken=tuple(broken),
    )


_SENTENCES = {
    Cleanup.NOTHING: "No fault was asked for, so there was nothing to undo.",
    Cleanup.CLEAN: "Every part of every postcondition was measured to hold.",
    Cleanup.GONE: "What is still there was measured to be as before; some of what was touched is gone.",
    Cleanup.OPEN: "The run is not over; nothing is certified before its end.",
    Cleanup.UNPROVEN: "Not everything that would prove it was measured. Below is what is missing.",
    Cleanup.STRANDED: "Something is left. It is being undone, and is tried again until it is gone.",
}
