"""A plan as it is stored: its document, and who wrote it. Specs and digests are derived from the document."""

from __future__ import annotations

import json
from functools import lru_cache

from django.conf import settings
from django.db import models

from chaos.journal import plan_stream
from gameday.people.roles import DayRole
from gameday.plans.compile import compile_plan
from gameday.plans.spec import PlanSpec

DOCUMENT_TEXT = "document_text"
"""What a query of many plans calls the document as it stands in the database: no need to read it as data, and
to write it as text again, only to find what was compiled before."""


class Plan(models.Model):
    """`document` is valid: it went through the schema and the compiler. `version` counts its changes.

    Title, team, cluster and window stand beside it for lists of many plans, and are written with it.
    """

    slug = models.SlugField(max_length=63, unique=True)
    title = models.CharField(max_length=200)
    team = models.ForeignKey("people.Team", on_delete=models.PROTECT, related_name="plans")
    cluster = models.ForeignKey("chaos.Cluster", on_delete=models.PROTECT, related_name="plans")
    document = models.JSONField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(db_index=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        help_text="Everybody who ever changed it; none of them approves it",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return plan_stream(self.slug)

    def compiled(self) -> PlanSpec:
        """Raises PlanRefused for a document that an older release accepted and this one does not."""
        text: str | None = getattr(self, DOCUMENT_TEXT, None)
        return _compiled(json.dumps(self.document) if text is None else text)

    def day_roles(self, username: str) -> frozenset[DayRole]:
        """What somebody is on this day; read off the document, which is cheaper than compiling it."""
        return frozenset(map(DayRole, self.document.get("people", {}).get(username, ())))

    @property
    def kept(self) -> frozenset[str]:
        """The keys of the scenarios that are for its organisers alone, until they have been run."""
        scenarios = self.document.get("scenarios", ())
        return frozenset(item["key"] for item in scenarios if item.get("audience") == "organisers")


@lru_cache(maxsize=1024)
def _compiled(document: str) -> PlanSpec:
    """Compiled once for each text: a page asks for the same plan many times, and specs are frozen."""
    return compile_plan(json.loads(document))
