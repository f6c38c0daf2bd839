"""Conducting from the command line: launch one scenario after another, follow each to its end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from chaos.domain import codec
from chaos.domain.errors import GamedayError
from chaos.journal.models import JournalEntry
from chaos.journal.queries import entries
from chaos.journal.record import head_of
from chaos.services import queries
from chaos.services.queries import RunSummary
from gameday.conduct import services
from gameday.people.models import User
from gameday.plans.models import Plan

LOOK_EVERY = 0.25
NOBODY_DRIVES = timedelta(seconds=12)
SAY_AGAIN = timedelta(seconds=30)
STRANDED_PATIENCE = timedelta(seconds=30)

DONE, REFUSED, NOT_PROVEN, STOPPED = 0, 1, 2, 3


@dataclass(slots=True)
class Undriven:
    """Notices a run that nobody drives: never taken up, or its driver's lease ended with nobody after it."""

    _since: datetime | None = None
    _said_at: datetime | None = None

    def is_to_be_said(self, lease_until: datetime | None, now: datetime) -> bool:
        """One look. True when nobody has driven for 12 s, and again every 30 s for as long as nobody does."""
        if lease_until is not None and lease_until >= now:
            self._since = self._said_at = None
            return False
        # Between two drivers there is none for a moment, however long the run has been in its state.
        self._since = self._since or lease_until or now
        if now <= self._since + NOBODY_DRIVES or (self._said_at and now < self._said_at + SAY_AGAIN):
            return False
        self._said_at = now
        return True


@dataclass
class Day:
    """One conductor's day. `say` prints a line; `events_to` gets every event as a line of JSON.

    `is_asked_to_stop` is asked again and again; once it is true, the live run is stopped and waited for.
    `refusal` is why a day ended with REFUSED, in a sentence.
    """

    plan: Plan
    by: User
    say: Callable[[str], None]
    is_asked_to_stop: Callable[[], bool]
    events_to: Path | None = None
    runs: list[str] = field(default_factory=list)
    refusal: str = ""
    _seq: int = 0
    _is_stopped: bool = False

    def hold(self, only: str = "") -> int:
        """Conduct every scenario, or `only` that one, until one was not conducted; the exit status."""
        spec = self.plan.compiled()
        keys = [spec.scenario(only).key] if only else [scenario.key for scenario in spec.scenarios]
        self._seq = head_of(self.plan.stream).seq
        status = DONE
        for key in keys:
            scenario = spec.scenario(key)
            self.say(f"\n== {scenario.run.title} ({key})")
            self.say(f"   Hypothesis: {scenario.run.hypothesis}")
            try:
                self.runs.append(services.launch(self.plan, key, self.by, timezone.now()))
            except GamedayError as refusal:  # also a cluster that does not answer
                self._event("run.refused", str(refusal), key)
                self.refusal, status = f"{key} is not launched: {refusal}", REFUSED
                break
            status = self._follow(self.runs[-1])
            summary = queries.summary(self.runs[-1])
            if status == DONE and not summary.was_injected:
                self.refusal, status = _not_conducted(key, summary), REFUSED
            if status != DONE:
                break
        self._event("day.finished", f"The day ended with status {status}.", "", {"status": status})
        return status

    def _follow(self, run: str) -> int:
        undriven = Undriven()
        while True:
            summary = queries.summary(run)  # before the events: what it shows, they have told
            self._tell()
            if summary.state.is_final:
                return STOPPED if self._is_stopped or summary.was_stopped_by_person else DONE
            if self.is_asked_to_stop() and not self._is_stopped:
                self._is_stopped = True
                self._stop(run)
            now = timezone.now()
            if self._is_given_up(summary, now):
                return NOT_PROVEN
            if undriven.is_to_be_said(summary.lease_until, now):
                self.say("   Nobody drives this run: is a worker up?")
                self.say("   (`celery -A gameday worker -Q drive,control`, or `manage.py drive RUN`)")
            time.sleep(LOOK_EVERY)

    def _is_given_up(self, summary: RunSummary, now: datetime) -> bool:
        """A stranded run is retried for ever by its driver; the conductor reports it after a while."""
        stranded_at = summary.marks.stranded_at
        if not summary.is_stranded or stranded_at is None or now < stranded_at + STRANDED_PATIENCE:
            return False
        self.say(f"   NOT PROVEN GONE: {'; '.join(summary.residue) or 'nothing could be measured'}.")
        self.say("   Its driver goes on trying. `manage.py residue` shows what is left in the cluster.")
        return True

    def _stop(self, run: str) -> None:
        self.say("   Stopping the live run; waiting for its receipt.")
        try:
            stopped = services.stop_runs([run], self.by, "The conductor was interrupted.", timezone.now())
        except GamedayError as error:
            self.say(f"   It was not stopped. {error}")
            return
        silent = "The cluster has not answered yet." if stopped.waiting else ""
        for failure in filter(None, [silent, *stopped.failed.values(), stopped.record_error]):
            self.say(f"   Not all went through at first; it is tried again. {failure}")

    def _tell(self) -> None:
        for entry in entries(self.plan.stream, self._seq):
            self._seq = entry.seq
            who = f"{entry.actor}: " if entry.kind == "note" else ""
            self.say(f"   {entry.at:%H:%M:%S.%f}"[:-3] + f"  {who}{entry.text}")
            self._write(_line(entry, self.plan.slug))

    def _event(self, kind: str, text: str, key: str, data: object = None) -> None:
        at = codec.to_plain(timezone.now())
        self._write(
            {
                "at": at,
                "kind": kind,
                "plan": self.plan.slug,
                "scenario": key,
                "run": "",
                "text": text,
                "data": data or {},
            }
        )

    def _write(self, line: object) -> None:
        if self.events_to:
            with self.events_to.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def _line(entry: JournalEntry, slug: str) -> dict[str, object]:
    return {
        "at": codec.to_plain(entry.at),
        "kind": entry.kind,
        "plan": slug,
        "scenario": entry.scenario,
        "run": entry.run,
        "text": entry.text,
        "data": entry.body,
    }


def _not_conducted(key: str, summary: RunSummary) -> str:
    told = f"{key} was not conducted: its fault was never measured to be there."
    return f"{told} It was requested, so it may have been there." if summary.was_requested else told


def table(summaries: list[RunSummary]) -> list[str]:
    """The day in a table: scenario, end, verdict, what stopped it, and how long stopping took."""
    head = ("scenario", "state", "verdict", "proven gone", "stop took", "what stopped it")
    rows = [head, *(_row(summary) for summary in summaries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip()
        for row in rows
    ]


def _row(summary: RunSummary) -> tuple[str, ...]:
    marks = summary.marks
    start = marks.breach_at or marks.decided_at
    took = f"{(marks.clean_at - start).total_seconds():.1f} s" if start and marks.clean_at else "-"
    proven = "yes" if summary.is_proven_gone else "NO"
    return (
        summary.scenario,
        summary.state.value,
        summary.verdict.value,
        proven,
        took,
        summary.stop_reason or "-",
    )
