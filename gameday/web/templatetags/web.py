"""What every page says the same way: icons, instants, spans, states, notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import nh3
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from gameday.web import marks
from gameday.web.prose import MARKDOWN

register = template.Library()

YEAR = timedelta(days=365)
FORTNIGHT = 14
"""Days from which on nobody asks for hours."""

_TAGS = {"p", "em", "strong", "code", "pre", "ul", "ol", "li", "a", "br", "blockquote", "hr"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """One of the sprite's icons. Without a label it is decoration: the text beside it says the same."""
    href = f"{static('web/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.filter
def instant(at: datetime | None) -> SafeString | str:
    """`2026-08-24 09:30:12 UTC`, and for machines; the reader's own time is in its title."""
    if at is None:
        return "—"
    return format_html(
        '<time datetime="{}">{}</time>', _iso(at), f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    )


@register.filter
def clock(at: datetime | None) -> SafeString | str:
    """`09:30:12` with the whole instant in its attribute."""
    if at is None:
        return "—"
    return format_html('<time datetime="{}">{}</time>', _iso(at), f"{at.astimezone(UTC):%H:%M:%S}")


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """`4 min ago`, `in 2 h`; the page's script keeps it true."""
    if at is None:
        return "never"
    gone = timezone.now() - at
    words = f"{span(gone)} ago" if gone >= timedelta(0) else f"in {span(-gone)}"
    return format_html('<time datetime="{}" data-ago>{}</time>', _iso(at), words)


@register.filter
def span(length: timedelta | None) -> str:
    """Two units, of long times only the first: `1 min 20 s`, `3 h`, `2 d 4 h`, `91 d`, `9 years`."""
    if length is None:
        return "—"
    if length >= 2 * YEAR:
        return f"{length // YEAR} years"
    seconds = round(length.total_seconds())
    parts = []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[: 1 if length.days >= FORTNIGHT else 2]) or "0 s"


@register.filter
def state(value: object) -> SafeString:
    """A state, verdict or status as a badge: icon, word and, where it means something, a colour."""
    mark = marks.of(str(getattr(value, "value", value)))
    return format_html('<span class="badge badge-{}">{} {}</span>', mark.tone, icon(mark.icon), mark.word)


@register.filter
def note(text: str) -> SafeString:
    """What people wrote, as Markdown: rendered, then sanitised."""
    html = nh3.clean(
        MARKDOWN.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
    )
    return mark_safe(html)  # noqa: S308 - sanitised in the line above


@register.filter
def short(digest: str) -> str:
    """The first twelve digits of a digest; the whole one belongs into its title."""
    return digest[:12]


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
