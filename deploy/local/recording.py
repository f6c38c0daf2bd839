"""A conducted day as a recording, and the recording loaded again: practice data with real measurements in it.

`python -m deploy.local.recording PLAN FILE` writes the day of PLAN, as it stands in this stack's database, to
FILE (JSON, gzip). `load` puts one into a database as another plan's day, all its instants moved by the same
span. The journal's chain is computed anew and begins with an entry that says what it is: a recording.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

INSTANT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|\+00:00)"')
RUN = ("scenario", "spec", "spec_digest", "launched_at", "launched_by", "ceiling", "not_after", "state",
       "state_since", "marks", "stop_wanted_at", "stop_kind", "stop_reason", "stopped_by", "verdict",
       "findings", "residue")  # fmt: skip
INJECTION = ("index", "plan", "progress", "manifest", "read_back")
SAMPLES = ("probe", "first_at", "readings")
ENTRY = ("at", "kind", "text", "actor", "actor_name", "audience", "scenario", "run", "body")
APPROVAL = ("policy_version", "decision", "approver_name", "comment", "ceilings", "at", "expires_at")


def write(slug: str, path: Path) -> None:
    """The whole day of one plan."""
    from chaos.journal import plan_stream
    from chaos.journal.queries import entries
    from chaos.models import Run
    from gameday.approvals.models import Acknowledgement, Approval
    from gameday.plans.models import Plan

    plan, stream = Plan.objects.get(slug=slug), plan_stream(slug)
    rows = Run.objects.filter(stream=stream).prefetch_related("injections", "samples", "words")
    day = {
        "plan": plan.document,
        "author": plan.author.username,
        "runs": [
            {
                "id": str(row.pk),
                **_row(row, RUN),
                "injections": [_row(item, INJECTION) for item in row.injections.all()],
                "samples": [_row(item, SAMPLES) for item in row.samples.order_by("first_at", "id")],
                "words": [_row(item, ("word", "at", "by", "note")) for item in row.words.all()],
            }
            for row in rows
        ],
        "entries": [_row(entry, ENTRY) for entry in entries(stream)],
        "approvals": [
            {"approver": row.approver.username, **_row(row, APPROVAL)}
            for row in Approval.objects.filter(plan=plan).select_related("approver")
        ],
        "acknowledgements": [
            {"by": row.by.username, **_row(row, ("party", "by_name", "at"))}
            for row in Acknowledgement.objects.filter(plan=plan).select_related("by")
        ],
    }
    text = json.dumps(day, separators=(",", ":"), default=_plain)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def read(path: Path) -> str:
    """The recording's text, for `load`."""
    return gzip.decompress(path.read_bytes()).decode()


def moved(text: str, by: timedelta, seed: str, **changes: Any) -> dict[str, Any]:
    """The day `by` later (or earlier), as another plan, its runs under new ids derived from `seed`.

    `changes` are keys of the plan's document: its id `plan`, a title, a window.
    """
    from gameday.plans.compile import compile_plan
    from gameday.plans.yaml_writer import write as write_yaml

    day = json.loads(text)
    old, new = day["plan"], {**day["plan"], **changes}
    for run in day["runs"]:
        fresh = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{seed}/{run['id']}"))
        text = text.replace(run["id"], fresh).replace(run["id"][:8], fresh[:8])
    text = text.replace(compile_plan(old).digest, compile_plan(new).digest)
    text = INSTANT.sub(lambda found: f'"{_later(found.group(1), by)}"', text)
    day = json.loads(text)
    for entry in day["entries"]:
        if entry["kind"] == "plan.imported":
            entry["body"]["plan"] = write_yaml(new)
    return {**day, "plan": new}


def began(text: str) -> datetime:
    """When the first run of the recording was launched."""
    return min(datetime.fromisoformat(run["launched_at"]) for run in json.loads(text)["runs"])


def load(day: dict[str, Any], cluster_name: str, note: str) -> None:
    """Put a moved day into the database. Its people must be there. `note` is the first entry's sentence."""
    from django.db import transaction
    from django.utils import timezone

    from chaos.journal import plan_stream
    from chaos.models import Cluster
    from gameday.plans.compile import compile_plan

    spec = compile_plan(day["plan"])
    cluster = Cluster.objects.get(name=cluster_name)
    with transaction.atomic():
        plan = store_plan(day, spec, cluster)
        _decisions(day, plan, spec.digest, cluster.uid)
        stream = plan_stream(spec.slug)
        for run in day["runs"]:
            store_run(run, stream, spec.digest, cluster)
        first = {"at": timezone.now().isoformat(), "kind": "plan.recording_loaded", "text": note}
        _entries(stream, [first, *day["entries"]])


def store_plan(day: dict[str, Any], spec: Any, cluster: Any) -> Any:
    from gameday.people.models import Team, User
    from gameday.plans.models import Plan

    author = User.objects.get(username=day["author"])
    at = min(entry["at"] for entry in day["entries"])
    plan = Plan.objects.create(
        slug=spec.slug, title=spec.title, team=Team.objects.get(name=spec.team), cluster=cluster,
        document=day["plan"], author=author, last_editor=author, created_at=at, updated_at=at,
        opens_at=spec.window.opens, closes_at=spec.window.closes,
    )  # fmt: skip
    plan.writers.add(author)
    return plan


def _decisions(day: dict[str, Any], plan: Any, digest: str, uid: str) -> None:
    from gameday.approvals.models import Acknowledgement, Approval
    from gameday.people.models import User

    for row in day["approvals"]:
        approver = User.objects.get(username=row.pop("approver"))
        Approval.objects.create(plan=plan, digest=digest, cluster_uid=uid, approver=approver, **row)
    for row in day["acknowledgements"]:
        by = User.objects.get(username=row.pop("by"))
        Acknowledgement.objects.create(plan=plan, digest=digest, by=by, **row)


def store_run(run: dict[str, Any], stream: str, digest: str, cluster: Any) -> None:
    from chaos.models import Run, RunInjection, SampleChunk, Word

    row = Run.objects.create(
        pk=run["id"], cluster=cluster, lock_key=cluster.uid, stream=stream, plan_digest=digest,
        **{name: run[name] for name in RUN},
    )  # fmt: skip
    RunInjection.objects.bulk_create(RunInjection(run=row, **item) for item in run["injections"])
    SampleChunk.objects.bulk_create(SampleChunk(run=row, **item) for item in run["samples"])
    Word.objects.bulk_create(Word(run=row, **item) for item in run["words"])


def _entries(stream: str, rows: Sequence[dict[str, Any]]) -> None:
    from chaos.journal.record import append

    for row in rows:
        append(stream, **{**row, "at": datetime.fromisoformat(row["at"])})


def _row(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _plain(value: Any) -> str:
    from chaos.domain import codec

    return str(codec.to_plain(value))


def _later(instant: str, by: timedelta) -> str:
    from chaos.domain import codec

    return str(codec.to_plain(datetime.fromisoformat(f"{instant}+00:00") + by))


def main() -> int:
    import django

    django.setup()
    slug, path = sys.argv[1:3]
    write(slug, Path(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
