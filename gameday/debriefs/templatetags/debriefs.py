"""How the report writes instants, figures, verdicts and charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chaos.domain.states import Verdict
from gameday.debriefs import charts, measures, scales
from gameday.debriefs.report_proof import Badge
from gameday.debriefs.report_run import VERDICTS
from gameday.debriefs.sources import DaySource

register = template.Library()


@register.filter
def utc(at: datetime) -> str:
    """To the second, with the date and the zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


@register.filter
def utc_exact(at: datetime) -> str:
    """To the millisecond; tables say UTC in their head."""
    return at.astimezone(UTC).isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")


@register.filter
def since(at: datetime, zero: datetime) -> str:
    return measures.clock(at, zero)


@register.filter
def span(length: timedelta) -> str:
    return measures.span(length)


@register.filter
def figure(value: float | None) -> str:
    return scales.figure(value)


@register.simple_tag
def badge(mark: Badge) -> SafeString:
    return format_html('<span class="badge {}">{} {}</span>', mark.meaning, mark.icon, mark.word)


@register.simple_tag
def verdict(value: Verdict) -> SafeString:
    return badge(VERDICTS[value])


@register.simple_tag
def person(day: DaySource, username: str) -> str:
    return day.name(username)


@register.simple_tag
def chart(drawn: charts.Chart, run: str, probe: str) -> SafeString:
    """The drawing; its ids are unique in the page by run and probe."""
    band = drawn.band
    width = round(band[1] - band[0], 1) if band else 0
    context = {"chart": drawn, "chart_id": f"chart-{run[:8]}-{probe}", "band_width": width}
    return render_to_string("debriefs/_chart.html", context)
