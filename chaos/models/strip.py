"""Finalizers that somebody broke the glass for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chaos.models.run import Run


class Strip(models.Model):
    """A finalizer that was taken off an engine by hand, and who looked at that afterwards.

    It is written before the act: `done_at` is when the API server had taken it, `failure` why it did not.
    `measured` is what was looked at first, in the same act.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="strips")
    namespace = models.CharField(max_length=63)
    engine = models.CharField(max_length=253)
    uid = models.CharField(max_length=64)
    finalizer = models.CharField(max_length=253)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    by_name = models.CharField(max_length=150)
    reason = models.TextField()
    measured = models.JSONField(help_text="One list of chaos.domain.measured.Measured for each injection")
    done_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_by_name = models.CharField(max_length=150, blank=True)
    review = models.TextField(blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reviewed_by=F("by")), name="reviewed_by_somebody_else"),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(reviewed_at=None), name="strip_to_be_reviewed"),
        ]

    def __str__(self) -> str:
        return f"{self.finalizer} of {self.engine}, taken off by {self.by}"
