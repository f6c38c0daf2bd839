"""What a day taught, and who does something about it by when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chaos.journal.models import Audience


class Severity(models.TextChoices):
    """How much it would hurt on a real day; the order is that of the list."""

    CRITICAL = "critical", "Critical: customers or money at risk"
    MAJOR = "major", "Major: it would have made an incident longer"
    MINOR = "minor", "Minor: friction"
    STRENGTH = "strength", "Strength: it held, keep it so"


class Finding(models.Model):
    """One thing that was learned. `note_seq`: the entry of the plan's journal that it grew out of.

    `audience` is whose it was written for; until when that holds, `gameday.debriefs.audience` says.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="findings")
    scenario = models.SlugField(max_length=63, blank=True)
    run = models.CharField(max_length=36, blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    severity = models.CharField(max_length=16, choices=Severity)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.EVERYONE)
    note_seq = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "note_seq"], name="one_finding_a_note"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="severity_is_known"),
        ]

    def __str__(self) -> str:
        return self.title


class ActionItem(models.Model):
    """What somebody promised to do about a finding. Open until `done_at`; who said so, and how, is kept."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="actions")
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="action_items")
    due = models.DateField()
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    done_note = models.TextField(blank=True)

    class Meta:
        ordering = ["due", "id"]
        indexes = [
            models.Index(fields=["owner", "due"], condition=Q(done_at=None), name="open_actions_of_owner")
        ]

    def __str__(self) -> str:
        return self.text
