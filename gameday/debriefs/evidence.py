"""The evidence bundle: which file holds what. `bundle/SPEC.md` says it to whoever opens one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from chaos.domain import codec
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from chaos.services import evidence_queries
from chaos.services.evidence_queries import RunEvidence
from gameday.debriefs import archive, report, tables
from gameday.debriefs.gather import gather
from gameday.debriefs.secrets import cleaned, refuse_secrets
from gameday.debriefs.sources import DaySource, RunSource
from gameday.people import services as people
from gameday.people.models import User
from gameday.people.roles import Act
from gameday.plans import services as plans

_ASSETS = Path(__file__).parent / "bundle"
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A written bundle; `digest` is the SHA-256 of the ZIP."""

    path: Path
    digest: str


def write_bundle(slug: str, folder: Path, now: datetime, by: User | None = None) -> Bundle:
    """Make the plan's bundle in `folder` and record in the journal that it was made.

    `by` needs the right to take out evidence; without one it is whoever may run our commands. Raises
    Refused for an unknown plan, a missing right, a folder that cannot be written, or a secret within.
    """
    if by:
        plan = plans.plan(slug)
        people.require(by, Act.AUDIT, plan.team, plan.compiled().roles_of(by.username))
    day, key = gather(slug, now)
    known = known_secrets()
    files = bundle_files(day, known)
    refuse_secrets(files, known)
    about = {"plan": slug, "plan_digest": day.plan.digest, "checkpoint": str(day.checkpoint.number)}
    content = archive.pack(files, about, key.sign, day.checkpoint.at)
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"gameday-{slug}-{day.checkpoint.at:%Y%m%dT%H%M%SZ}-{digest[:8]}.zip"
    archive.place(path, content)
    with transaction.atomic():
        text = f"An evidence bundle of {slug} was made."
        body = {"plan": slug, "file": path.name, "sha256": digest}
        actor = {"actor": by.username, "actor_name": by.name} if by else {}
        append(ORGANISATION, "evidence.made", text, at=now, body=body, **actor)
    return Bundle(path, digest)


def known_secrets() -> frozenset[str]:
    """Credentials of this installation that must be in no file that leaves it."""
    return evidence_queries.secrets_of_clusters() | {str(settings.SECRET_KEY)}


def bundle_files(day: DaySource, known: Iterable[str] = ()) -> Files:
    """Every file but manifest and signature, by its path. The same day gives the same bytes."""
    plan = day.plan
    files: Files = {
        "report.html": report.render(report.day_report(day)).encode(),
        "plan.yaml": plan.yaml.encode(),
        "plan.json": tables.json_bytes(plan.document),
        "plan-digest.json": plan.digest_document,
        "approvals.jsonl": tables.json_lines(item.record for item in plan.approvals),
        "acknowledgements.jsonl": tables.json_lines(codec.to_plain(item) for item in plan.acknowledgements),
        "events.jsonl": tables.json_lines([*day.events, *day.organisation]),
        "verdicts.json": tables.json_bytes([_verdict(source.run) for source in day.runs]),
        "receipts.json": tables.json_bytes([_receipt(source.run) for source in day.runs]),
        "certificates.json": tables.json_bytes([codec.to_plain(source.certificate) for source in day.runs]),
        "alerts.jsonl": tables.json_lines(
            {"run": source.run.run, **codec.to_plain(item)} for source in day.runs for item in source.alerts
        ),
        "checkpoint.json": day.checkpoint.payload.encode(),
        "checkpoint.sig": day.checkpoint.signature,
        "public-key.pem": day.checkpoint.public_key,
        "SPEC.md": (_ASSETS / "SPEC.md").read_bytes(),
        "verify.py": (_ASSETS / "verify.py").read_bytes(),
    }
    files |= _specs(day)
    secrets = tuple(known)
    for source in day.runs:
        files |= _run_files(source, secrets)
    return files


def _specs(day: DaySource) -> Files:
    """Compiled scenarios of the plan as it stands, and earlier ones that a run of this plan ran."""
    current = [
        {"scenario": item.key, "sha256": item.run.digest, "file": f"specs/{item.key}.json"}
        for item in day.plan.spec.scenarios
    ]
    files = {f"specs/{item.key}.json": codec.canonical(item.run) for item in day.plan.spec.scenarios}
    known, earlier = {item["sha256"] for item in current}, []
    for run in (source.run for source in day.runs):
        if run.spec_digest not in known:
            known.add(run.spec_digest)
            path = f"specs/{run.scenario}@{run.spec_digest[:12]}.json"
            files[path] = codec.canonical(run.spec)
            earlier.append({"scenario": run.scenario, "sha256": run.spec_digest, "file": path})
    digests = {"plan": day.plan.digest, "scenarios": current, "earlier": earlier}
    return {**files, "digests.json": tables.json_bytes(digests)}


def _run_files(source: RunSource, known: Iterable[str]) -> Files:
    run = source.run
    files = {
        f"samples/{run.run}/{probe.name}.csv": tables.samples(source.readings.get(probe.name, ()), probe.unit)
        for probe in run.spec.probes
    }
    for index, (sent, read_back) in enumerate(zip(run.manifests, run.read_back, strict=True)):
        if sent is not None:
            files[f"k8s/{run.run}/{index}-sent.json"] = tables.json_bytes(cleaned(sent, known))
        if read_back:
            files[f"k8s/{run.run}/{index}-read-back.json"] = tables.json_bytes(cleaned(read_back, known))
    return files


def _verdict(run: RunEvidence) -> Mapping[str, Any]:
    return {
        "run": run.run,
        "scenario": run.scenario,
        "plan_digest": run.plan_digest,
        "spec_digest": run.spec_digest,
        "cluster": run.cluster,
        "cluster_uid": run.cluster_uid,
        "launched_at": codec.to_plain(run.launched_at),
        "launched_by": run.launched_by,
        "state": run.state,
        "state_since": codec.to_plain(run.state_since),
        "stop": codec.to_plain(run.stop),
        "verdict": run.verdict,
        "expectations": codec.to_plain(run.outcomes),
    }


def _receipt(run: RunEvidence) -> Mapping[str, Any]:
    """`marks` are the instants of the way back; each injection with its inverse and postcondition."""
    return {
        "run": run.run,
        "scenario": run.scenario,
        "was_requested": run.was_requested,
        "is_proven_gone": run.is_proven_gone,
        "marks": codec.to_plain(run.marks),
        "residue": list(run.residue),
        "words": codec.to_plain(run.words),
        "injections": [
            {"plan": codec.to_plain(injection), "progress": codec.to_plain(progress)}
            for injection, progress in zip(run.injections, run.progress, strict=True)
        ],
    }
