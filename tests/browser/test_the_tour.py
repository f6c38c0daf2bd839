"""The README's tour: one day by several people, each in a browser of their own."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from deploy.local.pages import PLAN
from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys.house import House

pytestmark = pytest.mark.browser

NOTE = "The payments dashboard is half a minute behind what we see here."
SCENARIO = "Half of the payments pods fail"


def test_a_day_from_the_first_edit_to_the_printed_report(house: House, seat: Seat) -> None:
    _petra_shortens_the_baseline(seat)
    for user, party in (("ravi", "payments-on-call"), ("otto", "fraud-team"), ("kofi", "streaming-on-call")):
        _they_say_that_they_know(seat, user, party)
    _anders_sees_exactly_what_will_happen_and_approves(seat)

    fiona, ravi, sam = (seat(user, acts.day_of(PLAN)) for user in ("fiona", "ravi", "sam"))
    _fiona_arms_what_is_named_and_injects(fiona)
    for page in (fiona, ravi, sam):
        acts.comes_to(page, "baselining", "injecting")
        acts.stays_loaded(page)
    _sam_notes_and_ravi_detects(sam, ravi)
    acts.is_drawn(fiona, "p99")
    expect(fiona.locator(".entry").filter(has_text="Breach").first).to_be_visible(timeout=acts.LONG)
    assert all(acts.was_not_reloaded(page) for page in (fiona, ravi, sam))
    for page in (fiona, ravi, sam):
        acts.sees_the_receipt(page)
        expect(page.locator(".timeline").get_by_text(NOTE)).to_be_visible()
        assert len(set(acts.rows(page))) == len(acts.rows(page))
    assert acts.was_not_reloaded(fiona)  # the others' pages fetch the charts that were kept from them
    expect(acts.status(fiona).get_by_text("Aborted")).to_be_visible()
    expect(fiona.locator(".reached").get_by_text("Detected")).to_be_visible()
    house.nothing_is_left()

    _the_note_becomes_a_finding_with_an_action_item(seat)
    _iris_prints_the_report(seat)


def _petra_shortens_the_baseline(seat: Seat) -> None:
    page = seat("petra", f"/plans/{PLAN}/")
    page.locator("summary").filter(has_text=SCENARIO).click()
    page.get_by_role("link", name=f"Edit {SCENARIO}").click()
    page.get_by_label("Baseline", exact=True).fill("4")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("version 2").first).to_be_visible()


def _they_say_that_they_know(seat: Seat, user: str, party: str) -> None:
    page = seat(user, f"/plans/{PLAN}/approval")
    asked = page.get_by_role("listitem").filter(has_text=party).get_by_role("button", name="We know")
    asked.click()
    expect(page.get_by_role("listitem").filter(has_text=party).get_by_text("knows, ")).to_be_visible()


def _anders_sees_exactly_what_will_happen_and_approves(seat: Seat) -> None:
    page = seat("anders", f"/plans/{PLAN}/approval")
    digest = page.locator("dd.digest").inner_text()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    expect(page.get_by_role("row").filter(has_text=SCENARIO)).to_contain_text("payments-api-")
    exactly = page.locator("article, section").filter(has=page.get_by_role("heading", name=SCENARIO)).last
    for words in ("Delete pods", "p99 > 500", "error-rate > 25", "rollout restart"):
        expect(exactly).to_contain_text(words)
    page.get_by_label("Comment").fill("Targets and abort conditions read and agreed.")
    page.get_by_role("button", name="Approve exactly this").click()
    expect(page.get_by_role("heading", name="Nothing is missing")).to_be_visible()
    assert page.locator("dd.digest").inner_text() == digest


def _fiona_arms_what_is_named_and_injects(page: Page) -> None:
    card = acts.arms(page)
    assert len(set(re.findall(r"payments-api-[a-z0-9-]+", card.inner_text()))) == 3
    page.get_by_text("Inject…").click()
    page.get_by_role("button", name="Yes, inject now").click()
    page.wait_for_url("**/runs/*/")


def _sam_notes_and_ravi_detects(sam: Page, ravi: Page) -> None:
    acts.comes_to(sam, "injecting", "reverting")
    sam.keyboard.press("n")
    sam.keyboard.type(NOTE)
    sam.keyboard.press("Enter")
    ravi.get_by_role("button", name="Mark Detected").click()
    expect(ravi.locator(".reached").get_by_text("Detected")).to_be_visible()


def _the_note_becomes_a_finding_with_an_action_item(seat: Seat) -> None:
    page = seat("fiona", f"/plans/{PLAN}/debrief")
    page.locator("li").filter(has_text=NOTE).get_by_role("button", name="Make it a finding").click()
    finding = page.locator(".finding").filter(has_text=NOTE)
    finding.get_by_text("Action item for").click()
    finding.get_by_label("What will be done").fill("Scrape the dashboard every 5 s.")
    finding.get_by_label("Owner").select_option("ravi")
    finding.get_by_label("Due").fill(f"{date.today() + timedelta(days=14)}")
    finding.get_by_role("button", name="Add the action item").click()
    ravi = seat("ravi", "/actions/")
    expect(ravi.locator(".action").filter(has_text="Scrape the dashboard every 5 s.")).to_be_visible()


def _iris_prints_the_report(seat: Seat) -> None:
    page = seat("iris", f"/plans/{PLAN}/report")
    expect(page.get_by_role("heading", name="Payments platform game day", exact=True)).to_be_visible()
    expect(page.get_by_text(NOTE).first).to_be_visible()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 2
