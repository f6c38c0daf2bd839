"""What the report says, and that it stands alone."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chaos.domain.left import Left
from chaos.domain.run import Marks
from gameday.debriefs.report import day_report, render
from gameday.debriefs.report_run import run_report
from gameday.debriefs.sources import DaySource
from tests.gameday.debriefs.a_day import NASTY

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """Tags with attributes, ids, and the text of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def html(day: DaySource) -> str:
    return render(day_report(day))


@pytest.fixture
def page(html: str) -> Page:
    return Page(html)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_first_table_tells_the_day(page: Page) -> None:
    text = words(page.text)
    assert "2 scenarios conducted: 1 deviated, 1 held, 7 not conducted." in text
    assert "✓ Every fault proven gone" in text
    row = text[text.index("The day in one table") :]
    assert "▲ deviated p99 was 700 ms; the run stops when it is > 500 ms. 7.0 s, alert" in row
    assert "alert PaymentsPodsMissing; 12 s, Ravi <b>Responder</b>" in row
    assert "✓ held Nothing: it ran to its end." in row
    assert "Not conducted." in row


def test_what_people_wrote_is_escaped_everywhere(html: str, page: Page) -> None:
    assert NASTY in page.text
    assert "Ravi <b>Responder</b>" in page.text
    tags = {tag for tag, _ in page.tags}
    assert "script" not in tags
    assert "&lt;script&gt;" in html


def test_the_page_needs_nothing_from_elsewhere(html: str, page: Page) -> None:
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "form"}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes), tag
        assert (attributes.get("href") or "#").startswith("#")
    assert "@import" not in html
    assert "url(" not in html


def test_ids_are_unique_and_every_link_leads_somewhere(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    links = {str(attributes["href"])[1:] for tag, attributes in page.tags if tag == "a"}
    assert links and links <= set(ids)


def test_every_chart_has_a_title_a_description_and_a_table(day: DaySource, page: Page) -> None:
    charts = [attributes for tag, attributes in page.tags if tag == "svg"]
    probes = sum(len(source.run.spec.probes) for source in day.runs)
    assert len(charts) == probes
    assert [tag for tag, _ in page.tags].count("title") == probes + 1
    assert all(attributes["role"] == "img" for attributes in charts)
    assert words(page.text).count("Before the fault") == probes


def test_the_receipt_counts_from_the_breach(day: DaySource) -> None:
    report = run_report(day.runs[0], day)
    assert [(step.text, step.clock, step.since) for step in report.receipt][:3] == [
        ("First reading beyond the bound", "T+00:04.0", "0.0 s"),
        ("Decided to revert", "T+00:04.3", "0.3 s"),
        ("The cluster accepted every delete", "T+00:04.4", "0.4 s"),
    ]


def test_alerts_are_on_time_or_missed(day: DaySource) -> None:
    outcomes = {item.expected.name: item.outcome for item, _ in run_report(day.runs[0], day).alerts}
    assert outcomes == {"PaymentsPodsMissing": "on time", "PaymentsLatencyHigh": "missed"}


def test_a_fault_that_is_not_proven_gone_is_said_on_the_first_page(day: DaySource) -> None:
    source = day.runs[0]
    left = replace(source.run, marks=Marks(), left=(Left("1 of 6 pods are ready in payments"),))
    html = render(day_report(replace(day, runs=(replace(source, run=left), day.runs[1]))))
    first = words(Page(html).text).split("The day in one table")[0]
    assert "■ Not proven gone A fault may be left behind by: Half of the payments pods fail." in first
    assert "Left at the last look: 1 of 6 pods are ready in payments." in words(Page(html).text)


def test_print_has_page_numbers_and_the_digest_in_the_foot(day: DaySource, html: str) -> None:
    style = html[html.index("<style>") : html.index("</style>")]
    assert "@page" in style
    assert "counter(page)" in style
    assert f'content: "Plan {day.plan.digest}"' in style


def test_a_day_without_runs_still_reads(day: DaySource) -> None:
    text = words(Page(render(day_report(replace(day, runs=())))).text)
    assert "No scenario was conducted." in text
    assert "Nothing injected" in text
