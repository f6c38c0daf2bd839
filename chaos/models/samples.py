"""What probes answered, in chunks of about a second, so that a second is one row a probe."""

from __future__ import annotations

from django.db import models


class SampleChunk(models.Model):
    """`readings` is a list of [asked_at, at, value or null, reason]: RFC 3339 twice, number as text, text.

    Probe `ALERTS` holds the platform's pending and firing alerts instead of a value.
    """

    run = models.ForeignKey("chaos.Run", on_delete=models.PROTECT, related_name="samples")
    probe = models.CharField(max_length=63)
    first_at = models.DateTimeField()
    readings = models.JSONField()

    class Meta:
        ordering = ["first_at"]
        indexes = [models.Index(fields=["run", "probe", "first_at"], name="samples_in_order")]

    def __str__(self) -> str:
        return f"{self.probe} {self.first_at:%H:%M:%S}"
