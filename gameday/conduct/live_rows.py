"""Lines of the timeline as HTML. An entry never changes, so each is rendered once for all who read it."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from chaos.journal.models import JournalEntry

MOST = 4000


class _Row:
    """An entry that is known by its hash."""

    __slots__ = ("entry",)

    def __init__(self, entry: JournalEntry) -> None:
        self.entry = entry

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Row) and self.entry.hash == other.entry.hash

    def __hash__(self) -> int:
        return hash(self.entry.hash)


def row(entry: JournalEntry) -> SafeString:
    """The entry's line; the same for everybody who may read it."""
    return _rendered(_Row(entry))


@lru_cache(maxsize=MOST)
def _rendered(of: _Row) -> SafeString:
    html = get_template("conduct/_entry.html").render({"entry": of.entry})
    return mark_safe(html)  # noqa: S308 - made by a template that escapes
