"""Whether anybody is there to take runs up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Workers(models.Model):
    """One row: the last time that workers were asked whether they take runs up, and the last time one did.

    `count` is how many answered when they were asked last.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "workers"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_row_of_workers")]

    def __str__(self) -> str:
        return f"{self.count} answered at {self.asked_at:%H:%M:%S}"
