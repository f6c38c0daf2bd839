"""A fault that cannot be proven gone, in people's browsers: on open pages, with commands to be copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from deploy.local.chromium import DESK, PHONE
from tests.adapters.things import until
from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys import plans
from tests.journeys.house import House

pytestmark = pytest.mark.browser

SOON = 25_000
"""Milliseconds: pages ask every ten seconds."""


def test_a_page_that_is_open_learns_of_it_and_its_commands_are_copied_by_the_keyboard(
    house: House, seat: Seat
) -> None:
    short = plans.scenario(fault="3s", observe="1s", revert_within="10s")
    slug = house.approved(plans.plan("stranded-in-sight", short))
    elsewhere = seat("petra", "/plans/", viewport=PHONE)
    acts.stays_loaded(elsewhere)
    page = seat("fiona", acts.day_of(slug), viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    acts.injects(page)
    acts.sees_the_fault(page)
    house.turn(revert="stuck")  # the replacement never gets ready
    strip = elsewhere.get_by_role("region", name="Stranded")
    expect(strip).to_contain_text("Stranded on rehearsal.", timeout=acts.LONG)
    assert acts.was_not_reloaded(elsewhere)
    acts.has_nothing_for_axe_to_find(elsewhere)
    strip.get_by_role("link").click()
    expect(elsewhere.get_by_role("heading", name="What is left")).to_be_visible()
    acts.has_nothing_for_axe_to_find(elsewhere)

    page.locator("[data-region=status]").get_by_role("link", name="What is left").click()
    expect(page.get_by_role("heading", name="5 of 6 pods are ready in payments")).to_be_visible()
    button = page.get_by_role("button", name="Copy the command: See what keeps the pods")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied the command: See what keeps the pods")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("kubectl -n payments get pods -o wide -l app=payments-api")

    house.turn(revert="ok")
    expect(page.get_by_role("region", name="Stranded")).to_have_count(0, timeout=acts.LONG + SOON)
    until(lambda: _is_certified(page), bool, acts.LONG / 1000)  # nothing is before the run's end


def _is_certified(page: Page) -> bool:
    page.reload()
    return page.get_by_role("main").get_by_text("Clean", exact=True).count() > 0
