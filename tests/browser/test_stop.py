"""Inject happens once, Stop happens always: twice clicked, without scripts, by somebody without any role."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys.house import House

pytestmark = pytest.mark.browser


def _launches(house: House, slug: str) -> int:
    return sum(event["kind"] == "run.launched" for event in house.events(slug))


def test_a_double_click_on_inject_launches_once(house: House, quiet_day: str, seat: Seat) -> None:
    page = seat("fiona", acts.day_of(quiet_day))
    acts.arms(page)
    page.get_by_text("Inject…").click()
    page.get_by_role("button", name="Yes, inject now").dblclick(no_wait_after=True)
    page.wait_for_url("**/runs/*/")
    acts.comes_to(page, "baselining", "injecting")
    assert _launches(house, quiet_day) == 1
    acts.stop_of(page).click()
    acts.comes_to(page, "aborted")
    assert _launches(house, quiet_day) == 1


def test_inject_and_stop_work_without_scripts(house: House, quiet_day: str, seat: Seat) -> None:
    page = seat("fiona", acts.day_of(quiet_day), java_script_enabled=False)
    acts.injects(page)
    acts.stop_of(page).click()
    page.wait_for_url("**/runs/*/")
    expect(page.get_by_text("Stopping 1 run.")).to_be_visible()
    for _ in range(60):
        if acts.status(page).get_attribute("data-state") == "aborted":
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Reload").click()
    expect(acts.status(page)).to_have_attribute("data-state", "aborted")
    expect(page.get_by_role("heading", name="Stop receipt", exact=True)).to_be_visible()


def test_somebody_without_any_role_stops_what_is_live_from_the_page_they_are_on(
    house: House, quiet_day: str, seat: Seat
) -> None:
    said = house.manage("people", "add", "nils", "--name", "Nils Berg", "--team", "treasury", "--as", "ada")
    assert said.status == 0, said.told
    ada = seat("ada", "/settings/people/nils/")
    ada.get_by_role("button", name="Make a link").click()
    nils = seat("", ada.locator("input[readonly]").input_value())
    nils.get_by_label("New password", exact=True).fill(house.loading.password)
    nils.get_by_label("New password again").fill(house.loading.password)
    nils.get_by_role("button", name="Set the password").click()
    fiona = seat("fiona", acts.day_of(quiet_day))
    acts.injects(fiona)
    acts.comes_to(fiona, "injecting")
    nils = seat("nils", "/faults/")
    acts.stop_of(nils).click()
    nils.get_by_role("link", name="See how it goes on").click()
    nils.wait_for_url("**/runs/*/")
    acts.sees_the_receipt(nils)
    expect(acts.status(fiona)).to_contain_text("Nils Berg pressed Stop.")
    assert house.chaos_left() == []
