"""Decisions on plans, and who was told. Each binds to a digest: an edited plan starts from nothing."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from gameday.approvals.policy import Decision


class Approval(models.Model):
    """One person's latest decision on one digest; the journal keeps the earlier ones.

    `ceilings` are the numbers of pods that the approver was shown, by scenario.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="approvals")
    digest = models.CharField(max_length=64)
    cluster_uid = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=16)
    decision = models.CharField(max_length=16, choices=[(item.value, item.value) for item in Decision])
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approver_name = models.CharField(max_length=150)
    comment = models.TextField(blank=True)
    ceilings = models.JSONField(default=dict)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["approver", "digest"], name="one_decision_a_digest"),
            models.CheckConstraint(
                condition=models.Q(decision__in=[item.value for item in Decision]),
                name="decision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approver_name} {self.decision} {self.plan} ({self.digest[:8]})"


class Acknowledgement(models.Model):
    """Somebody says for a party that they know what will be done and when."""

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="acknowledgements")
    digest = models.CharField(max_length=64)
    party = models.SlugField(max_length=63)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "digest", "party"], name="one_acknowledgement_a_party")
        ]

    def __str__(self) -> str:
        return f"{self.by_name} for {self.party}: {self.plan} ({self.digest[:8]})"
