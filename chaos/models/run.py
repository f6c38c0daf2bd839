"""Runs, their injections and people's words."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from chaos.domain.states import FINAL, RunState, StopKind, Verdict

LIVE = sorted(state.value for state in RunState if state not in FINAL)


def _choices(values: type) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in values]  # type: ignore[attr-defined]


class Run(models.Model):
    """One execution of one approved spec. State, intent (stop_*) and verdict are three facts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cluster = models.ForeignKey("chaos.Cluster", on_delete=models.PROTECT, related_name="runs")
    lock_key = models.CharField(max_length=64, help_text="One live run per key; today the cluster's UID")
    stream = models.CharField(max_length=200, help_text="The journal stream of its plan")
    plan_digest = models.CharField(max_length=64)
    scenario = models.SlugField(max_length=63)
    spec = models.JSONField()
    spec_digest = models.CharField(max_length=64)
    launched_at = models.DateTimeField()
    launched_by = models.CharField(max_length=150)
    ceiling = models.PositiveIntegerField(default=0, help_text="The most targets that were approved")
    not_after = models.DateTimeField(help_text="Hard deadline for the fault: window and durations")

    state = models.CharField(max_length=16, choices=_choices(RunState), default=RunState.PENDING.value)
    state_since = models.DateTimeField()
    marks = models.JSONField(default=dict, help_text="First instant of each step; chaos.domain.run.Marks")

    stop_wanted_at = models.DateTimeField(null=True)
    stop_kind = models.CharField(max_length=16, choices=_choices(StopKind), blank=True)
    stop_reason = models.TextField(blank=True)
    stopped_by = models.CharField(max_length=150, blank=True)

    verdict = models.CharField(max_length=16, choices=_choices(Verdict), default=Verdict.AWAITED.value)
    findings = models.JSONField(default=list, help_text="One entry per expectation; chaos.domain.verdict")
    residue = models.JSONField(default=list, help_text="What was left at the last look while reverting")

    late_since = models.DateTimeField(
        null=True, help_text="Since when something that came after the end is not measured to be gone"
    )

    owner = models.CharField(max_length=100, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["launched_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["lock_key"], condition=Q(state__in=LIVE), name="one_live_run_a_key"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RunState]), name="run_state_is_legal"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=[item.value for item in Verdict]), name="run_verdict_is_legal"
            ),
        ]
        indexes = [
            models.Index(F("lease_until"), condition=Q(state__in=LIVE), name="run_live_lease"),
            models.Index(fields=["stream", "launched_at"], name="run_of_stream"),
            # Every page asks which runs are live, and the first one which were launched last.
            models.Index(fields=["state"], name="run_by_state"),
            models.Index(fields=["launched_at"], name="run_by_launch"),
            models.Index(fields=["late_since"], condition=~Q(late_since=None), name="run_late"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario} {str(self.id)[:8]}"


class RunInjection(models.Model):
    """Written before the act: what will be done, how it is undone, what proves that it is gone."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="injections")
    index = models.PositiveSmallIntegerField()
    plan = models.JSONField(help_text="chaos.domain.injection.Injection")
    progress = models.JSONField(default=dict, help_text="chaos.domain.injection.Progress")
    manifest = models.JSONField(null=True, help_text="As sent")
    read_back = models.JSONField(default=list, help_text="Engine and ChaosResult, as last read")

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["run", "index"], name="one_injection_an_index")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.index}"


class Word(models.Model):
    """A person's word about a manual fault."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="words")
    word = models.CharField(max_length=10, choices=[("injected", "injected"), ("reverted", "reverted")])
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["run", "word"], name="a_word_is_given_once")]

    def __str__(self) -> str:
        return f"{self.by}: {self.word}"
