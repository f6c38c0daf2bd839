"""The way back as the report tells it: the receipt, each injection's proof, and whether the fault is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.certificate import Cleanup, left_alone
from chaos.domain.injection import Injection, InverseKind
from chaos.domain.proof import expected
from chaos.faults import catalogue
from chaos.services.evidence_queries import RunEvidence
from gameday.debriefs.measures import clock, span


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with its icon and its meaning: good, notice, breach, blind or plain."""

    word: str
    icon: str
    meaning: str


CLEANUPS = {
    Cleanup.NOTHING: Badge("nothing was injected", "✓", "plain"),
    Cleanup.CLEAN: Badge("clean", "✓", "good"),
    Cleanup.GONE: Badge("target gone", "▲", "notice"),
    Cleanup.OPEN: Badge("not over yet", "…", "plain"),
    Cleanup.UNPROVEN: Badge("cannot be proven", "?", "blind"),
    Cleanup.STRANDED: Badge("stranded", "■", "breach"),
}
"""The clean-up's own verdict, apart from the hypothesis'."""

_STEPS = (
    ("breach_at", "First reading beyond the bound"),
    ("decided_at", "Decided to revert"),
    ("accepted_at", "The cluster accepted every delete"),
    ("pods_gone_at", "The fault's own jobs and pods are gone"),
    ("stranded_at", "Deadline for reverting passed with residue left"),
    ("clean_at", "Every fault measured to be gone"),
    ("steady_at", "Steady state is back"),
    ("cleared_at", "Our own objects removed from the cluster"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC and from the injection; `since` is from the first step of its list."""

    at: datetime
    clock: str
    text: str
    since: str = ""
    by: str = ""
    kind: str = ""
    for_organisers: bool = False


@dataclass(frozen=True, slots=True)
class InjectionReport:
    injection: Injection
    rung: str
    chosen: str
    injected: str
    reverted: str
    proof: tuple[str, ...]
    zone: str = ""
    share: str = ""
    """How large a part of those that matched was hit; a plan's own share is rounded."""


def cleanup(run: RunEvidence) -> tuple[Badge, str]:
    """Is every fault of the run gone, and how is that known."""
    if not run.was_requested:
        return Badge("nothing to revert", "✓", "good"), "No fault was requested of the cluster."
    clean_at = run.marks.clean_at
    if clean_at and run.is_proven_gone:
        since = f", {span(clean_at - run.marks.decided_at)} after deciding" if run.marks.decided_at else ""
        return Badge("proven gone", "✓", "good"), f"Measured at {clock(clean_at, run.injected_at)}{since}."
    if not run.residue and (alone := left_alone(run.progress)):
        return Badge("not proven gone", "■", "breach"), alone
    left = "; ".join(run.residue) or "no look at the cluster has shown otherwise"
    return Badge("not proven gone", "■", "breach"), f"Left at the last look: {left}."


def receipt(run: RunEvidence) -> tuple[Moment, ...]:
    """The steps of the way back that were measured, in their order."""
    found = [(getattr(run.marks, name), text) for name, text in _STEPS]
    steps = sorted(((at, text) for at, text in found if at), key=lambda step: step[0])
    return tuple(
        Moment(at, clock(at, run.injected_at, tenths=True), text, since=span(at - steps[0][0], tenths=True))
        for at, text in steps
    )


def injection_report(run: RunEvidence, index: int, name: Callable[[str], str] = str) -> InjectionReport:
    """Between which looks the fault appeared, when it was gone, and what had to be measured for that. `name`
    is that of a person, by the username."""
    injection, progress = run.injections[index], run.progress[index]
    by_hand = injection.inverse is InverseKind.PERSON
    injected = "Never said to be there." if by_hand else "Never measured to be there."
    word = next((word for word in run.words if word.word == "injected"), None)
    if by_hand and word and progress.injected_at:
        injected = f"Said by {name(word.by)} to be there at {progress.injected_at:%Y-%m-%d %H:%M:%S} UTC"
        if progress.requested_at:
            injected += f", {span(progress.injected_at - progress.requested_at)} after it was asked for"
        injected += "; since when it was there was not measured."
    elif progress.injected_at:
        injected = f"Measured to be there at {progress.injected_at:%Y-%m-%d %H:%M:%S} UTC"
        if progress.not_before and progress.not_before < progress.injected_at:
            width = span(progress.injected_at - progress.not_before)
            injected += f"; the look {width} before had not shown it"
        injected += "."
    reverted = "Not measured to be gone."
    if progress.reverted_at:
        reverted = f"Measured to be gone at {clock(progress.reverted_at, run.injected_at)}."
    rungs = run.spec.fault.rungs
    rung = f"Rung {injection.rung + 1} of {len(rungs)}: " if len(rungs) > 1 else ""
    chosen = catalogue.chosen(rungs[injection.rung]) if injection.experiment else ""
    asked = rungs[injection.rung].targets
    zone = f", in the zone {asked.zone}" if asked and asked.zone else ""
    gone = tuple(expected(injection).values())
    size, matched = len(injection.targets or injection.nodes), injection.pre_image.matched
    share = f" ({size * 100 // matched} %)" if matched else ""
    return InjectionReport(injection, rung, chosen, injected, reverted, gone, zone, share)
