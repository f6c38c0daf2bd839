"""What the live page says and does when a part of Gameday, or the way to it, is gone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import acts
from tests.browser.conftest import Seat
from tests.browser.wire import wire
from tests.journeys.house import House

pytestmark = pytest.mark.browser


def _a_live_run(seat: Seat, slug: str) -> Page:
    page = seat("fiona", acts.day_of(slug))
    acts.injects(page)
    acts.sees_the_fault(page)
    return page


def _is_stopped_and_proven_gone(house: House, page: Page) -> None:
    acts.stop_of(page).click()
    acts.sees_the_receipt(page)
    assert house.chaos_left() == []


def _says(page: Page, words: str) -> None:
    page.get_by_label("Note", exact=True).fill(words)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".timeline").get_by_text(words)).to_be_visible()


def test_a_page_whose_connection_hangs_says_so_and_has_everything_once_when_it_is_back(
    house: House, quiet_day: str, seat: Seat
) -> None:
    fiona = _a_live_run(seat, quiet_day)
    with wire(house.web_url) as cable:
        ravi = seat("ravi", fiona.url.replace(house.web_url, cable.url))
        acts.sees_the_fault(ravi)
        acts.stays_loaded(ravi)
        cable.cut()
        _says(fiona, "Said while Ravi was away.")
        strip = ravi.locator(".not-live")
        expect(strip).to_contain_text(re.compile(r"Not live: last update 1\d s ago"))
        assert "stale" in str(ravi.locator("body").get_attribute("class"))
        cable.mend()
        expect(strip).to_have_count(0, timeout=acts.LONG)
        _says(fiona, "Said once he was back.")
        expect(ravi.locator(".timeline").get_by_text("Said once he was back.")).to_be_visible()
        expect(ravi.locator(".timeline").get_by_text("Said while Ravi was away.")).to_have_count(1)
        assert acts.was_not_reloaded(ravi)
        _is_stopped_and_proven_gone(house, ravi)
        expect(fiona.locator(".rung-done").filter(has_text="The steady state is back")).to_be_visible()
        fiona.wait_for_timeout(500)  # the last line may be told to one a moment before the other
        assert acts.rows(ravi) == acts.rows(fiona) == sorted(set(acts.rows(ravi)))


def test_a_reload_in_mid_run_shows_the_same_and_goes_on(house: House, quiet_day: str, seat: Seat) -> None:
    page = _a_live_run(seat, quiet_day)
    page.get_by_label("Note", exact=True).press_sequentially("Half a sen")
    before = acts.rows(page)
    page.reload()
    assert acts.rows(page)[: len(before)] == before
    acts.comes_to(page, "injecting")
    acts.is_drawn(page, "p99")
    page.get_by_label("Note", exact=True).press_sequentially("tence.")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline").get_by_text("Half a sentence.")).to_be_visible()
    _is_stopped_and_proven_gone(house, page)


def test_with_its_driver_killed_the_page_says_that_nobody_drives_and_goes_on_with_the_next(
    house: House, quiet_day: str, seat: Seat
) -> None:
    page = _a_live_run(seat, quiet_day)
    house.kill("worker")
    expect(page.get_by_text("Nobody drives this run.")).to_be_visible(timeout=acts.LONG)
    expect(acts.status(page)).to_have_attribute("data-state", "injecting")
    house.start("worker")
    expect(page.get_by_text("Nobody drives this run.")).to_have_count(0, timeout=acts.LONG)
    _is_stopped_and_proven_gone(house, page)


def test_without_its_broker_a_run_is_stopped_all_the_same(house: House, quiet_day: str, seat: Seat) -> None:
    page = _a_live_run(seat, quiet_day)
    house.stop("redis")
    _is_stopped_and_proven_gone(house, page)
