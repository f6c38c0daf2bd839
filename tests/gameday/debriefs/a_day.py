"""A whole game day in the database: the sample plan, approved, and three runs with all that they leave."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction

from chaos.domain import codec
from chaos.domain.injection import Progress
from chaos.domain.measured import Measured
from chaos.domain.proof import expected
from chaos.domain.run import Marks, Stop
from chaos.domain.rungs import Rung
from chaos.domain.sight import Alert, AlertsReading, Pod, Reading
from chaos.domain.spec import RunSpec
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.domain.targets import Limits, Targets
from chaos.domain.verdict import judge
from chaos.faults.catalogue import plan_injections
from chaos.journal import ORGANISATION, plan_stream
from chaos.journal.record import append
from chaos.models import Cluster, Run, RunInjection, SampleChunk, Word
from chaos.services.rows import chunks_of
from gameday.approvals.services import acknowledge, approve
from gameday.people import services as people
from gameday.plans.services import import_plan
from gameday.plans.spec import PlanSpec

SAMPLE = Path(__file__).parents[3] / "deploy" / "rehearsal" / "sample" / "plan.yaml"
SLUG = "payments-platform-day"
START = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
TOKEN = "configured-token-of-the-rehearsal-cluster"
NASTY = '<script>alert("x")</script> & =HYPERLINK("http://x")'


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def plan_of_the_day(token_file: Path) -> PlanSpec:
    """Cluster, people, the plan, its approval and its acknowledgements."""
    token_file.write_text(TOKEN)
    Cluster.objects.create(
        name="rehearsal",
        uid="cluster-uid-1",
        environment="rehearsal",
        server="https://127.0.0.1:1",
        token_file=str(token_file),
        prometheus_url="http://127.0.0.1:2",
        limits=codec.to_plain(Limits(max_percent=50)),
    )
    for username, name, roles in (
        ("petra", "Petra Planner", ("planner",)),
        ("ada", "Ada Approver", ("approver",)),
        ("fiona", "Fiona Facilitator", ()),
        ("ravi", "Ravi <b>Responder</b>", ()),
        ("kofi", "Kofi Mensah", ()),
        ("sam", "Sam Scribe", ()),
        ("otto", "Otto Observer", ()),
    ):
        people.add_person(username, name, "payments", roles)
    plan = import_plan(SAMPLE.read_bytes(), "plan.yaml", people.person("petra"), START - seconds(900)).plan
    for party, username in (("payments-on-call", "ravi"), ("fraud-team", "otto")):
        acknowledge(SLUG, party, people.person(username), START - seconds(800))
    shown: dict[str, tuple[()]] = {item.key: () for item in plan.compiled().scenarios}
    approve(SLUG, people.person("ada"), "Looks safe.", START - seconds(700), look=lambda spec: shown)
    return plan.compiled()


def conducted_day(token_file: Path) -> PlanSpec:
    """pod-failure stopped by a breach, pod-kill held, certificate-expiry never conducted."""
    spec = plan_of_the_day(token_file)
    conduct(spec, "pod-failure", START, stop_after=4.3)
    conduct(spec, "pod-kill", START + seconds(200), peak=90.0)
    with transaction.atomic():
        append(plan_stream(SLUG), "note", f"Lunch. {NASTY}", at=START + seconds(300), actor="sam")
        body = {"plan": "another-day"}
        append(ORGANISATION, "evidence.made", "Another team's.", at=START, body=body)
    return spec


def conduct(plan: PlanSpec, key: str, at: datetime, stop_after: float = 0, peak: float = 700.0) -> Run:
    """One run, written as the drivers write it. The fault is measured to be there 10 s after `at`."""
    spec = plan.scenario(key).run
    zero = at + seconds(10)
    end = zero + (seconds(stop_after) if stop_after else spec.fault.duration + spec.durations.observe)
    stop = Stop(end, StopKind.BREACH, f"p99 was {peak:g} ms; the run stops when it is > 500 ms.")
    readings = {probe.name: _readings(probe.name, at, end, zero, peak) for probe in spec.probes}
    there = Rung(1, zero - seconds(3), zero - seconds(1), zero)
    outcomes = judge(spec, readings, (there,), end, bool(stop_after))
    marks = Marks(
        granted_at=at,
        ended_at=end,
        breach_at=end - seconds(0.3) if stop_after else None,
        decided_at=end,
        accepted_at=end + seconds(0.12),
        pods_gone_at=end + seconds(2.2),
        clean_at=end + seconds(6.4),
        steady_at=end + seconds(9),
        cleared_at=end + seconds(10),
    )
    run = Run.objects.create(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"{key}{at}"),
        cluster=Cluster.objects.get(),
        lock_key="cluster-uid-1",
        stream=plan_stream(SLUG),
        plan_digest=plan.digest,
        scenario=key,
        spec=codec.to_plain(spec),
        spec_digest=spec.digest,
        launched_at=at,
        launched_by="fiona",
        not_after=at + seconds(300),
        state=(RunState.ABORTED if stop_after else RunState.COMPLETED).value,
        state_since=end + seconds(11),
        marks=codec.to_plain(marks),
        stop_wanted_at=stop.at if stop_after else None,
        stop_kind=stop.kind.value if stop_after else "",
        stop_reason=stop.reason if stop_after else "",
        verdict=(Verdict.DEVIATED if stop_after else Verdict.HELD).value,
        findings=codec.to_plain(outcomes),
    )
    _write_injection(run, spec, zero)
    _write_samples(run, readings, zero)
    _write_events(run, zero, end, stop if stop_after else None)
    return run


def _readings(probe: str, at: datetime, end: datetime, zero: datetime, peak: float) -> list[Reading]:
    """One a second until 20 s after the end; p99 rises to `peak`; one unknown reading in the baseline."""
    usual = {"p99": 42.0, "throughput": 800.0, "health": 200.0, "pods-ready": 6.0}.get(probe, 0.05)
    found = []
    for index in range(int((end - at).total_seconds()) + 20):
        moment = at + seconds(index + 0.25)
        value: float | None = usual
        if probe == "p99" and zero + seconds(1) < moment < end + seconds(3):
            value = peak
        if probe == "p99" and index == 3:
            value = None
        found.append(Reading(probe, moment - seconds(0.01), moment, value, "" if value else "=timeout()"))
    return found


def _write_injection(run: Run, spec: RunSpec, zero: datetime) -> None:
    target = spec.fault.targets
    assert target
    pods = tuple(
        Pod(target.namespace, f"payments-api-{index}", f"uid-{index}", "node-1", True, False)
        for index in range(3)
    )
    (injection,) = plan_injections(str(run.id)[:8], 0, spec.fault, Targets(target.namespace, pods, 6, 6))
    progress = Progress(
        index=0,
        intended_at=zero - seconds(4),
        requested_at=zero - seconds(3),
        not_before=zero - seconds(1),
        injected_at=zero,
        reverted_at=zero + seconds(30),
        proof=tuple(Measured(part, "so", zero + seconds(30)) for part in expected(injection)),
    )
    with transaction.atomic():
        body = {"proof": codec.digest((progress.proof,))}
        append(run.stream, "run.clean", "Every fault is measured to be gone.", at=zero + seconds(30),
               scenario=run.scenario, run=str(run.id), body=body)  # fmt: skip
    RunInjection.objects.create(
        run=run,
        index=0,
        plan=codec.to_plain(injection),
        progress=codec.to_plain(progress),
        manifest={
            "kind": "ChaosEngine",
            "spec": {"env": [{"name": "API_TOKEN", "value": "abc"}, {"name": "TARGET_PODS", "value": "a"}]},
            "metadata": {"annotations": {"note": f"Authorization: Bearer {TOKEN}"}},
        },
        read_back=[{"kind": "ChaosResult", "status": {"progress": 0.5, "verdict": "Pass"}}],
    )
    Word.objects.create(run=run, word="injected", at=zero, by="ravi", note=NASTY)


def _write_samples(run: Run, readings: dict[str, list[Reading]], zero: datetime) -> None:
    expected = codec.from_plain(RunSpec, run.spec).expected_alerts[0]
    alert = Alert(expected.name, "firing", {"severity": expected.severity, "route": expected.route})
    alerts = [
        AlertsReading(zero + seconds(index), zero + seconds(index), (alert,) if index >= 7 else ())
        for index in range(-5, 35)
    ]
    everything = [item for found in readings.values() for item in found]
    SampleChunk.objects.bulk_create(chunks_of(run, everything, alerts))


def _write_events(run: Run, zero: datetime, end: datetime, stop: Stop | None) -> None:
    lines = [
        (run.launched_at, "run.launched", "Launched.", "fiona", {}),
        (zero, "run.injected", "pod-delete measured to be there.", "", {}),
        (zero + seconds(12), "milestone", "Detected.", "ravi", {"milestone": "detected"}),
        (zero + seconds(5), "note", NASTY, "sam", {}),
    ]
    if stop:
        lines.append((stop.at, "run.breach", stop.reason, "", {}))
    lines.append((end + seconds(11), "run.state", "It is over.", "", {}))
    with transaction.atomic():
        for at, kind, text, actor, body in lines:
            append(
                run.stream, kind, text, at=at, actor=actor, scenario=run.scenario, run=str(run.id), body=body
            )
