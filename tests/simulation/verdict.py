"""What the simulator, who saw everything, says of one schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chaos.adapters.litmus_start import LEVER_HOLDS
from chaos.domain.states import RunState
from tests.simulation.cluster import Cluster
from tests.simulation.hazards import Hazards, Window
from tests.simulation.kernel import START
from tests.simulation.objects import Engine
from tests.simulation.store import Claim, Ledger

A_SIGHT = 3.0
"""Seconds that one look at the cluster may take."""
HEARD = 11.0
"""Seconds within which a driver has heard of a lever, or knows that it hears and sees nothing any more."""
MAY_BE_BLIND = 8.0
"""Seconds for which the probe may be unknown: its budget, as chaos.domain.tally counts it."""
A_LOOK = 1.5
"""Seconds by which a driver may be late: its clock is off, and it wakes about once a second."""


@dataclass
class Verdict:
    """One list of sentences for each thing that must never be; `exposure` in seconds, per fault, and `owed`
    without the time in which the API server answered nobody at all."""

    orphans: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    false_claims: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    unwatched: list[str] = field(default_factory=list)
    wronged: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    exposure: list[float] = field(default_factory=list)
    owed: list[float] = field(default_factory=list)
    state: str = ""
    was_injected: bool = False
    resurrected: int = 0
    crossed: int = 0
    """Creates that were on their way when the stop came: sent after it was written down."""
    by_hand: int = 0
    """Faults that a person had to mend, who was told so."""

    @property
    def kinds(self) -> list[str]:
        """What of it there was."""
        return [kind for kind, name in KINDS.items() if getattr(self, name)]

    @property
    def failures(self) -> list[str]:
        return [f"{kind}: {text}" for kind, name in KINDS.items() for text in getattr(self, name)]


KINDS = {
    "orphans": "orphans",
    "duplicates": "duplicates",
    "surviving late creates": "late",
    'false "reverted"': "false_claims",
    "starts after a stop": "starts",
    "stops ignored": "ignored",
    "records lost": "lost",
    "unfinished": "unfinished",
    "watchdog's failures": "unwatched",
    "wrongly deleted": "wronged",
    "stuck, yet heard of": "signs",
    "stores that differ": "apart",
    "others wronged": "others",
}
"""In words, and the verdict's list of it."""


def judge(
    cluster: Cluster,
    ledger: Ledger,
    pressed_at: float | None,
    failures: list[str],
    hazards: Hazards,
) -> Verdict:
    history, record, away = cluster.history, ledger.record_, hazards.partitions.get("", ())
    verdict = Verdict(state=record.state.value, was_injected=history.has_injected(record.run))
    verdict.lost += ledger.lost if history.engines else []  # an intent that nobody acted on may be forgotten
    verdict.unfinished += failures
    if not record.state.is_final:
        verdict.unfinished.append(f"the run is still {record.state.value}")
    verdict.orphans += [f"{engine.name} ({engine.uid}) is there" for engine in cluster.engines.values()]
    verdict.orphans += [f"{helper.name} is there" for helper in cluster.helpers.values()]
    verdict.orphans += [
        f"the fault of {fault.engine.uid} is in {fault.target}"
        for fault in history.faults
        if fault.until is None
    ]
    if cluster.grant:
        verdict.orphans.append(f"{cluster.grant.uid} is there")
    for name, node in cluster.nodes.items():
        if node.is_schedulable != cluster.before[name].is_schedulable:
            now = "schedulable" if node.is_schedulable else "cordoned"
            verdict.orphans.append(f"{name} is {now}, and was not")
    _duplicates(cluster, verdict)
    _late(cluster, ledger, verdict)
    _claims(cluster, ledger, verdict, hazards.slept)
    _starts(cluster, ledger, verdict, hazards)
    _levers(cluster, ledger, verdict, hazards)
    wanted = [at for at in (pressed_at, ledger.stop_known_at) if at is not None]
    wanted += [at for lever in (cluster.halt, ledger.halt) for at, _ in lever.spans]
    if wanted:
        since = min(wanted)
        reverted = [fault for fault in history.faults if not fault.needs_a_person]
        ends = [(fault.since, fault.until or cluster.kernel.now) for fault in reverted]
        spans = [(max(began, since), until) for began, until in ends if until > since]
        verdict.exposure = [until - began for began, until in spans]
        verdict.owed = [until - began - _within(away, began, until) for began, until in spans]
    verdict.by_hand = sum(fault.needs_a_person for fault in history.faults)
    return verdict


def _within(away: Sequence[Window], began: float, until: float) -> float:
    return sum(max(0.0, min(to, until) - max(at, began)) for at, to in away)


def _duplicates(cluster: Cluster, verdict: Verdict) -> None:
    """Two engines for one intent at the same time. One after the other is a create that landed late."""
    engines = cluster.history.engines
    for number, engine in enumerate(engines):
        for other in engines[number + 1 :]:
            if other.injection.index != engine.injection.index or other.ref != engine.ref:
                continue
            if engine.gone_at is None or other.made_at < engine.gone_at:
                verdict.duplicates.append(f"{engine.uid} and {other.uid} for one intent")
            elif other.has_injected:
                verdict.resurrected += 1


def _late(cluster: Cluster, ledger: Ledger, verdict: Verdict) -> None:
    """An engine that lands when its run is over has no owner any more; it must not wait for the sweep."""
    collects = cluster.temper.collects
    if collects is None:
        return
    for engine in cluster.history.engines:
        if ledger.over_at is None or engine.made_at < ledger.over_at:
            continue
        until = engine.told_to_go_at or cluster.kernel.now
        if until - engine.made_at > collects[1] + 0.1:
            verdict.late.append(f"{engine.uid} landed at {engine.made_at:.1f} and stayed until {until:.1f}")
        for fault in cluster.history.faults:
            if fault.engine is engine:
                verdict.late.append(f"{engine.uid} injected at {fault.since:.1f}, after its run's end")


def _claims(cluster: Cluster, ledger: Ledger, verdict: Verdict, slept: set[float]) -> None:
    """Nobody can count on what is still to be sent by one who sleeps on the wire; what comes of that is
    another matter, and looked for."""
    for claim in ledger.claims:
        for at in (claim.at, claim.said_at):
            verdict.false_claims += [
                f"said of {at:.1f}, while the fault of {fault.engine.uid} was in {fault.target}"
                for fault in cluster.history.faults_in(at)
            ]
            verdict.false_claims += [
                f"said of {at:.1f}, while {engine.uid} was there"
                for engine in cluster.history.engines
                if engine.was_there(at) and not (engine.sent_at in slept and _crossed_the_look(engine, claim))
            ]
        verdict.false_claims += [
            f"said of {claim.at:.1f}, while {engine.uid}, sent at {engine.sent_at:.1f}, was still to land at "
            f"{engine.made_at:.1f}"
            for engine in cluster.history.engines
            if engine.sent_at < claim.at < engine.made_at and engine.sent_at not in slept
        ]


def _crossed_the_look(engine: Engine, claim: Claim) -> bool:
    """It landed behind the look that saw nothing, and did nothing."""
    return not engine.has_injected and claim.said_at - A_SIGHT < engine.made_at


def _starts(cluster: Cluster, ledger: Ledger, verdict: Verdict, hazards: Hazards) -> None:
    """Nothing is intended once a stop is known, or the deadline has passed. What was already may cross it,
    but is not sent once the stop could be read and the last word of it holds no more."""
    stopped_at, record = ledger.stop_known_at, ledger.record_
    deadline = (record.not_after - START).total_seconds()
    for decided_at, written_at in ledger.intents:
        if stopped_at is not None and written_at > stopped_at:
            verdict.starts.append(f"intended at {written_at:.1f}, stopped at {stopped_at:.1f}")
        if decided_at > deadline + A_LOOK:
            verdict.starts.append(f"intended at {decided_at:.1f}, the deadline was at {deadline:.1f}")
    if stopped_at is None:
        return
    crossed = [engine for engine in cluster.history.engines if engine.sent_at > stopped_at]
    verdict.crossed, within = len(crossed), LEVER_HOLDS + hazards.pace + 0.1
    verdict.starts += [
        f"{engine.uid} was sent at {engine.sent_at:.1f}, stopped at {stopped_at:.1f}"
        for engine in crossed
        if engine.sent_at > stopped_at + within and engine.sent_at not in hazards.slept
    ]
    if record.state is RunState.COMPLETED and cluster.history.faults_in(stopped_at):
        verdict.ignored.append(f"stopped at {stopped_at:.1f}, and completed all the same")


def _levers(cluster: Cluster, ledger: Ledger, verdict: Verdict, hazards: Hazards) -> None:
    """Either keeps a fault from being sent, a second and the way to the server later, and the database's from
    being intended at all; with either down no run goes on. Who slept past the last check, on the
    way to the wire, is beyond that: what it sent is garbage, or swept, and undone."""
    within = LEVER_HOLDS + hazards.pace + 0.1
    for where, lever in (("cluster", cluster.halt), ("database", ledger.halt)):
        verdict.starts += [
            f"{engine.uid} was sent at {engine.sent_at:.1f}, with the lever of the {where} down"
            for engine in cluster.history.engines
            if lever.was_down(engine.sent_at, since=within) and engine.sent_at not in hazards.slept
        ]
        verdict.ignored += [
            f"it came to be {state.value} at {at:.1f}, with the lever of the {where} down"
            for state, at in ledger.went_on
            if not state.is_final and lever.was_down(at, since=HEARD) and ledger.had_driven(at) > HEARD
        ]
    verdict.starts += [
        f"intended at {written_at:.1f}, with the lever of the database down"
        for _, written_at in ledger.intents
        if ledger.halt.was_down(written_at)
    ]


def went_on_blind(ledger: Ledger, dead: Sequence[Window]) -> list[str]:
    """No run with a fault goes on by itself when its probe has been unknown for longer than it may."""
    injecting_at = next((at for state, at in ledger.went_on if state is RunState.INJECTING), 0.0)
    return [
        f"it came to be {state.value} at {at:.1f}, Prometheus away since {since:.1f}"
        for since, until in dead
        for state, at in ledger.went_on
        if state in (RunState.OBSERVING, RunState.REVERTING)
        and max(since, injecting_at) + MAY_BE_BLIND + A_LOOK < at < until
    ]
