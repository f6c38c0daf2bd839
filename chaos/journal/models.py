"""Three tables that the database itself refuses to rewrite (see `triggers`)."""

from __future__ import annotations

from django.db import models

from chaos.journal.chain import GENESIS

HASH_LENGTH = 64


class Audience(models.TextChoices):
    """Who may read an entry while the day is live; afterwards everyone may."""

    EVERYONE = "everyone", "Everyone"
    ORGANISERS = "organisers", "Organisers"


class JournalStream(models.Model):
    """A chain's head. Its row is locked by every append, which is what makes `seq` gapless."""

    name = models.CharField(max_length=200, unique=True)
    last_seq = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=HASH_LENGTH, default=GENESIS)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class JournalEntry(models.Model):
    """One thing that happened. `at` is our clock's instant, `recorded_at` the database's; both UTC."""

    version = models.PositiveSmallIntegerField(default=1)
    stream = models.ForeignKey(JournalStream, on_delete=models.PROTECT, related_name="entries")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=100)
    text = models.TextField()
    actor = models.CharField(max_length=200, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.EVERYONE)
    scenario = models.CharField(max_length=200, blank=True)
    run = models.CharField(max_length=64, blank=True)
    body = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=HASH_LENGTH)
    hash = models.CharField(max_length=HASH_LENGTH, unique=True)

    class Meta:
        ordering = ["stream_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="journal_entry_once_per_seq"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="journal_entry_seq_from_one"),
        ]
        indexes = [models.Index(fields=["run", "seq"], name="journal_entry_run")]

    def __str__(self) -> str:
        return f"{self.stream_id}#{self.seq} {self.kind}: {self.text}"


class Checkpoint(models.Model):
    """A signed list of every stream's head. `payload` is the exact text that was signed."""

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    payload = models.TextField()
    signature = models.CharField(max_length=128)
    """Ed25519 over the payload's UTF-8, in hex."""
    key_id = models.CharField(max_length=HASH_LENGTH)
    """SHA-256 of the raw public key, in hex."""

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"Checkpoint {self.number}"
