"""Every page of the table of permissions, in light and dark, at the desk and on a phone, during a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from deploy.local.chromium import DESK, PHONE, Visitors
from deploy.local.pages import NO_PAGES, NOBODY, PAGES, facts
from deploy.local.pages import Page as Address
from gameday.access import TABLE
from tests.browser import acts
from tests.journeys import plans
from tests.journeys.house import House

WIDTHS = {"desk": DESK, "phone": PHONE}
Windows = dict[tuple[str, str], BrowserContext]
PRINTED = "debriefs:report"
"""A document to print and to take away: it stands alone, without the frame."""


def test_every_address_that_is_read_has_its_page_or_is_none() -> None:
    read = {name for name, rules in TABLE.items() if "GET" in rules}
    assert read == {page.address for page in PAGES} | set(NO_PAGES)


@pytest.fixture(scope="module")
def live(desk: House, visitors: Visitors) -> Iterator[Mapping[str, str]]:
    """What addresses are made of, while a fault is there: for longer than all pages take."""
    desk.put_in_order()
    slug = desk.approved(plans.plan("long-day", plans.scenario(fault="20m")))
    with visitors.window("fiona") as window:
        page = window.new_page()
        page.goto(acts.day_of(slug))
        acts.injects(page)
        acts.sees_the_fault(page)
        yield facts(visitors)
        acts.stop_of(page).click()
        acts.sees_the_receipt(page)


@pytest.fixture(scope="module")
def windows(visitors: Visitors) -> Iterator[Windows]:
    opened: Windows = {}
    yield opened
    for window in opened.values():
        window.close()


@pytest.fixture
def page(
    address: Address,
    width: str,
    live: Mapping[str, str],
    visitors: Visitors,
    windows: Windows,
) -> Iterator[Page]:
    seat = address.by, width
    if seat not in windows:
        windows[seat] = visitors.window(address.by, viewport=WIDTHS[width])
    opened = windows[seat].new_page()
    answer = opened.goto(address.path.format(**live))
    assert answer is not None and answer.status == 200
    opened.locator(".loading").wait_for(state="detached")
    yield opened
    opened.close()


def _sideways(page: Page) -> int:
    """By how many pixels it is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
def test_a_page_fits_its_window_has_stop_in_sight_and_nothing_for_axe_to_find(
    page: Page, address: Address, width: str
) -> None:
    assert _sideways(page) <= 0
    if address.by != NOBODY and address.address != PRINTED:
        expect(acts.stop_of(page)).to_have_count(1)
        expect(acts.stop_of(page)).to_be_in_viewport(ratio=1)
    acts.has_nothing_for_axe_to_find(page)
