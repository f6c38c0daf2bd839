"""What the simulator, who saw everything, says of one schedule."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.simulation.cluster import Cluster
from tests.simulation.store import Ledger


@dataclass
class Verdict:
    """One list of sentences for each thing that must never be; `exposure` in seconds, per fault."""

    orphans: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    false_claims: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    exposure: list[float] = field(default_factory=list)
    state: str = ""
    was_injected: bool = False
    resurrected: int = 0

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
    "unfinished": "unfinished",
}
"""In words, and the verdict's list of it."""


def judge(cluster: Cluster, ledger: Ledger, pressed_at: float | None, failures: list[str]) -> Verdict:
    history, record = cluster.history, ledger.record_
    verdict = Verdict(state=record.state.value, was_injected=bool(history.faults))
    verdict.unfinished += failures
    if not record.state.is_final:
        verdict.unfinished.append(f"the run is still {record.state.value}")
    for engine in cluster.engines.values():
        is_late = any(claim.at < engine.made_at for claim in ledger.claims)
        (verdict.late if is_late else verdict.orphans).append(f"{engine.name} ({engine.uid}) is there")
    verdict.orphans += [f"{helper.name} is there" for helper in cluster.helpers.values()]
    verdict.orphans += [
        f"the fault of {fault.engine.uid} is in {fault.target}"
        for fault in history.faults
        if fault.until is None
    ]
    if cluster.grant:
        verdict.orphans.append(f"{cluster.grant.uid} is there")
    for name, node in cluster.nodes.items():
        if node.is_schedulable != ledger.before[name].is_schedulable:
            now = "schedulable" if node.is_schedulable else "cordoned"
            verdict.orphans.append(f"{name} is {now}, and was not")
    _duplicates(cluster, verdict)
    _claims(cluster, ledger, verdict)
    _starts(ledger, verdict)
    wanted = [at for at in (pressed_at, ledger.stop_known_at) if at is not None]
    if wanted:
        since = min(wanted)
        ends = [(fault.since, fault.until or cluster.kernel.now) for fault in history.faults]
        verdict.exposure = [until - max(began, since) for began, until in ends if until > since]
    return verdict


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


def _claims(cluster: Cluster, ledger: Ledger, verdict: Verdict) -> None:
    for claim in ledger.claims:
        for fault in cluster.history.faults_in(claim.at):
            verdict.false_claims.append(
                f"said at {claim.at:.1f}, while the fault of {fault.engine.uid} was in {fault.target}"
            )
        for engine in cluster.history.engines:
            if engine.made_at <= claim.at and (engine.gone_at is None or engine.gone_at > claim.at):
                verdict.false_claims.append(f"said at {claim.at:.1f}, while {engine.uid} was there")
            elif engine.sent_at < claim.at < engine.made_at:
                verdict.false_claims.append(
                    f"said at {claim.at:.1f}, while the create of {engine.uid}, sent at "
                    f"{engine.sent_at:.1f}, was still to land at {engine.made_at:.1f}"
                )


def _starts(ledger: Ledger, verdict: Verdict) -> None:
    for at in ledger.intents:
        if ledger.stop_known_at is not None and at > ledger.stop_known_at:
            verdict.starts.append(f"intended at {at:.1f}, stopped at {ledger.stop_known_at:.1f}")
