"""Reading what a run left behind, for the evidence: everything, as domain values, and no secrets."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from chaos.domain import codec
from chaos.domain.errors import Forbidden
from chaos.domain.injection import Injection, Progress
from chaos.domain.left import Left
from chaos.domain.run import Marks, Stop, Word
from chaos.domain.rungs import Rung, rungs_there
from chaos.domain.sight import AlertsReading, Reading
from chaos.domain.spec import RunSpec
from chaos.domain.states import RunState, Verdict
from chaos.domain.verdict import Outcome
from chaos.models import Cluster, Run
from chaos.services import rows, sealing


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """A run as it is recorded now. `manifests` and `read_back` go with `injections`, index by index."""

    run: str
    stream: str
    scenario: str
    cluster: str
    cluster_uid: str
    environment: str
    plan_digest: str
    spec: RunSpec
    spec_digest: str
    launched_at: datetime
    launched_by: str
    lease_until: datetime | None
    not_after: datetime
    state: RunState
    state_since: datetime
    marks: Marks
    stop: Stop | None
    verdict: Verdict
    outcomes: tuple[Outcome, ...]
    left: tuple[Left, ...]
    """Of a stranded run, as of the last look."""
    late_since: datetime | None
    """Since when there is something that came after its end; None once that was measured to be gone."""
    words: tuple[Word, ...]
    injections: tuple[Injection, ...]
    progress: tuple[Progress, ...]
    manifests: tuple[Mapping[str, Any] | None, ...]
    read_back: tuple[tuple[Any, ...], ...]

    @property
    def injected_at(self) -> datetime | None:
        """When the first fault was measured to be there."""
        return min((item.injected_at for item in self.progress if item.injected_at), default=None)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Those whose fault was known to be there, in order; a run without a ladder has one at the most."""
        return rungs_there(self.injections, self.progress)

    @property
    def residue(self) -> tuple[str, ...]:
        """What is left, in sentences."""
        return tuple(item.sentence for item in self.left)

    @property
    def was_requested(self) -> bool:
        return any(item.requested_at for item in self.progress)

    @property
    def is_proven_gone(self) -> bool:
        """Every fault that was asked for was measured to be gone; also true when none was asked for. Not
        where something came after that and was not measured to be gone, or not looked into."""
        is_late = self.late_since is not None or any(item.left_alone_at for item in self.progress)
        is_clean = self.marks.clean_at is not None and not is_late
        return is_clean or not self.was_requested


def runs_of(stream: str, only: Collection[str] | None = None) -> tuple[RunEvidence, ...]:
    """Every run of a plan's journal stream, or `only` these, in the order of their launch."""
    found = _rows().filter(stream=stream)
    if only is not None:
        found = found.filter(pk__in=only)
    return tuple(map(_evidence, found.order_by("launched_at", "id")))


def run_of(run: str) -> RunEvidence | None:
    """One run as it is recorded now; None when it is not there."""
    found = _rows().filter(pk=run).first()
    return _evidence(found) if found else None


def _rows() -> QuerySet[Run]:
    return Run.objects.select_related("cluster").prefetch_related("injections", "words")


def readings_of(run: str) -> tuple[Reading, ...]:
    """Every reading of every probe, in the order of their instants."""
    return rows.readings_of(Run.objects.get(pk=run))


def alerts_of(run: str) -> tuple[AlertsReading, ...]:
    """Every sample of the platform's alerts while the run was watched."""
    return rows.alerts_of(Run.objects.get(pk=run))


def alerts_watched(
    windows: Mapping[str, tuple[datetime, datetime]],
) -> dict[str, tuple[datetime, ...]]:
    """When the alerts could be read, for each run and within its window, in order."""
    return rows.alerts_watched(windows)


def secrets_of_clusters() -> frozenset[str]:
    """The credentials we hold for clusters, so that whoever exports can make sure that none goes along.

    Kept ones too, as they are sent, and the keys that open them.
    """
    found = set(sealing.keys())
    for row in Cluster.objects.all():
        found |= {_content(row.token_file), _content(row.prometheus_token_file)}
        found |= {_opened(row.sealed_token)}
        secret = _opened(row.sealed_prometheus_secret)
        found |= {secret, *_as_basic(row.prometheus_username, secret)}
    return frozenset(item for item in found if item)


def _as_basic(username: str, password: str) -> tuple[str, ...]:
    return (b64encode(f"{username}:{password}".encode()).decode(),) if username and password else ()


def _opened(sealed: str) -> str:
    try:
        return sealing.opened(sealed, "It") if sealed else ""
    except Forbidden:
        return ""  # what no key opens, this installation cannot have written anywhere since


def _content(path: str) -> str:
    try:
        return Path(path).read_text().strip() if path else ""
    except (OSError, UnicodeDecodeError):
        return ""  # a credential that is no more here cannot be compared


def _evidence(row: Run) -> RunEvidence:
    injections = list(row.injections.all())
    return RunEvidence(
        run=str(row.pk),
        stream=row.stream,
        scenario=row.scenario,
        cluster=row.cluster.name,
        cluster_uid=row.cluster.uid,
        environment=row.cluster.environment,
        plan_digest=row.plan_digest,
        spec=codec.from_plain(RunSpec, row.spec),
        spec_digest=row.spec_digest,
        launched_at=row.launched_at,
        launched_by=row.launched_by,
        lease_until=row.lease_until,
        not_after=row.not_after,
        state=RunState(row.state),
        state_since=row.state_since,
        marks=codec.from_plain(Marks, row.marks),
        stop=rows.stop_of(row),
        verdict=Verdict(row.verdict),
        outcomes=tuple(codec.from_plain(Outcome, item) for item in row.findings),
        left=rows.left_of(row),
        late_since=row.late_since,
        words=tuple(Word(item.word, item.at, item.by, item.note) for item in row.words.all()),
        injections=tuple(codec.from_plain(Injection, item.plan) for item in injections),
        progress=tuple(codec.from_plain(Progress, item.progress) for item in injections),
        manifests=tuple(item.manifest for item in injections),
        read_back=tuple(tuple(item.read_back) for item in injections),
    )
