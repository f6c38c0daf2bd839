"""Clusters that may be touched, who we are to them, and the halt lever."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Environment(models.TextChoices):
    REHEARSAL = "rehearsal"
    STAGING = "staging"
    PRODUCTION = "production"


class Installation(models.Model):
    """One row: the name under which this Gameday labels its objects, so that two never touch each other's."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return str(self.name)


SEALED = "gAAAA"
"""How everything begins that chaos.services.sealing made."""


class Cluster(models.Model):
    """Where to find a cluster and its Prometheus, who we are there, and what it allows at the most.

    A token or password lies in a file that is named here and read when needed, or here, sealed: never in the
    clear, which the database refuses too. `prometheus_username` makes the secret of Prometheus a password.
    """

    name = models.SlugField(unique=True)
    uid = models.CharField(max_length=64, unique=True, help_text="UID of the kube-system namespace")
    environment = models.CharField(max_length=16, choices=Environment.choices)
    server = models.URLField(max_length=300)
    token_file = models.CharField(max_length=500, blank=True)
    sealed_token = models.TextField(blank=True, default="")
    ca_file = models.CharField(max_length=500, blank=True)
    ca_pem = models.TextField(blank=True, default="")
    chaos_namespace = models.CharField(max_length=63, default="chaos")
    service_account = models.CharField(max_length=253, default="chaos-runner")
    prometheus_url = models.URLField(max_length=300)
    prometheus_token_file = models.CharField(max_length=500, blank=True)
    prometheus_username = models.CharField(max_length=150, blank=True, default="")
    sealed_prometheus_secret = models.TextField(blank=True, default="")
    prometheus_ca_file = models.CharField(max_length=500, blank=True)
    prometheus_ca_pem = models.TextField(blank=True, default="")
    services_url = models.URLField(
        max_length=300, blank=True, help_text="Base address for probes that name a service instead of a URL"
    )
    limits = models.JSONField(default=dict, help_text="chaos.domain.targets.Limits in plain form")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(**{column: ""}) | Q(**{f"{column}__startswith": SEALED}),
                name=f"{column}_is_sealed",
            )
            for column in ("sealed_token", "sealed_prometheus_secret")
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """The last time that we asked a part of a cluster whether it is there, and what it said.

    `answered_at` is the last time that it did: it was reached when that is `asked_at`. `lever`: why the halt
    lever in the cluster was down when it last said so, or "", and `lever_since` when that was first seen.
    """

    class Part(models.TextChoices):
        CLUSTER = "cluster"
        PROMETHEUS = "prometheus"

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="contacts")
    part = models.CharField(max_length=16, choices=Part.choices)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    sentence = models.TextField()
    lever = models.TextField(blank=True, default="")
    lever_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "part"], name="one_contact_a_part")]

    def __str__(self) -> str:
        return f"{self.part} of {self.cluster}: {self.sentence}"


class Halt(models.Model):
    """A pulled lever: nothing starts while one is not released. `cluster` null means everywhere."""

    cluster = models.ForeignKey(Cluster, null=True, on_delete=models.PROTECT, related_name="halts")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.TextField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"Halted by {self.by}: {self.reason}"
