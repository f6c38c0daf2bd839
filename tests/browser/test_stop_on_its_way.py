"""Stop goes on its way beside the page: with the web app gone, hanging or the sign-in over, it says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from deploy.local.chromium import DESK, PHONE
from tests.browser import acts
from tests.browser.conftest import Seat
from tests.browser.wire import wire
from tests.journeys.house import House

pytestmark = pytest.mark.browser

NOT_THERE = "Stop did not reach Gameday. Trying again every second."
BY_HAND = "python manage.py halt --as fiona --reason WHY"


def _a_live_run(seat: Seat, slug: str, **options: object) -> Page:
    page = seat("fiona", acts.day_of(slug), **options)
    acts.injects(page)
    acts.sees_the_fault(page)
    acts.stays_loaded(page)
    return page


def _alert(page: Page) -> Locator:
    return page.locator("[data-stopping][role=alert]")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_stop_with_the_web_app_gone_stays_on_the_page_and_goes_through_when_it_is_back(
    house: House, quiet_day: str, seat: Seat, size: dict[str, int]
) -> None:
    page = _a_live_run(seat, quiet_day, viewport=size)
    house.kill("web")
    stop = acts.stop_of(page)
    stop.focus()
    page.keyboard.press("Enter")
    expect(_alert(page)).to_contain_text(NOT_THERE, timeout=4000)
    expect(_alert(page)).to_contain_text(BY_HAND)
    expect(_alert(page)).to_be_in_viewport(ratio=1)
    expect(stop).to_have_text("Stopping…")
    expect(stop).to_be_enabled()
    expect(page.locator("[data-stop-tries]")).to_contain_text(re.compile("Tried [3-9] times"))
    acts.has_nothing_for_axe_to_find(page)
    house.start("web")
    expect(_alert(page)).to_contain_text(re.compile(r"Stop reached Gameday at \d\d:\d\d:\d\d UTC\."))
    acts.sees_the_receipt(page)
    assert acts.was_not_reloaded(page)
    assert house.chaos_left() == []
    page.get_by_role("button", name="Close").click()
    expect(_alert(page)).to_be_empty()


def test_a_stop_that_hangs_on_its_way_says_that_nobody_knows_and_is_sent_again(
    house: House, quiet_day: str, seat: Seat
) -> None:
    fiona = _a_live_run(seat, quiet_day)
    with wire(house.web_url) as cable:
        ravi = seat("ravi", fiona.url.replace(house.web_url, cable.url))
        acts.stays_loaded(ravi)
        cable.cut()
        acts.stop_of(ravi).click()
        expect(_alert(ravi)).to_contain_text("Stopping…")
        expect(_alert(ravi)).to_contain_text("whether Stop reached it is not known", timeout=6000)
        cable.mend()
        expect(_alert(ravi)).to_contain_text("Stop reached Gameday at")
        acts.sees_the_receipt(ravi)
        assert acts.was_not_reloaded(ravi)
    assert house.chaos_left() == []


def test_a_stop_that_the_server_cannot_do_is_sent_again_until_it_can(
    house: House, quiet_day: str, seat: Seat
) -> None:
    page = _a_live_run(seat, quiet_day)
    page.route("**/stop", lambda route: route.fulfill(status=503, body=""), times=3)
    acts.stop_of(page).click()
    expect(_alert(page)).to_contain_text("Stop did not go through. Gameday answered 503.")
    expect(_alert(page)).to_contain_text("Stop reached Gameday at")
    acts.sees_the_receipt(page)


def test_stop_after_the_sign_in_is_over_leads_over_the_sign_in_to_the_run_and_its_button(
    house: House, quiet_day: str, seat: Seat
) -> None:
    page = _a_live_run(seat, quiet_day)
    at = page.url
    page.context.clear_cookies(name=re.compile("sessionid"))
    acts.stop_of(page).click()
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_role("alert")).to_contain_text("Nothing was stopped.")
    page.get_by_label("Username").fill("fiona")
    page.get_by_label("Password").fill(house.loading.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(at)
    acts.stop_of(page).click()
    acts.sees_the_receipt(page)


def test_stop_on_a_page_from_before_a_sign_in_is_sent_again_with_a_good_token(
    house: House, quiet_day: str, seat: Seat
) -> None:
    page = _a_live_run(seat, quiet_day)
    page.evaluate(
        "for (const one of document.querySelectorAll('[name=csrfmiddlewaretoken]')) one.value = 'old'"
    )
    acts.stop_of(page).click()
    expect(_alert(page)).to_contain_text("Stop reached Gameday at")
    acts.sees_the_receipt(page)
    assert acts.was_not_reloaded(page)


def test_stop_without_a_way_to_send_it_beside_the_page_is_sent_by_the_browser(
    house: House, quiet_day: str, seat: Seat
) -> None:
    page = seat("fiona", acts.day_of(quiet_day))
    page.context.add_init_script("delete window.fetch; delete AbortSignal.timeout;")
    acts.injects(page)
    acts.sees_the_fault(page)
    acts.stop_of(page).click()
    expect(page.get_by_text("Stopping 1 run.")).to_be_visible()
    acts.comes_to(page, "aborted")


def test_a_halt_that_times_out_is_never_said_not_to_have_arrived(house: House, seat: Seat) -> None:
    page = seat("fiona", "/halt")
    tries: list[Route] = []

    def hang_first(route: Route) -> None:
        tries.append(route)
        if len(tries) > 1:
            route.abort()

    page.evaluate("AbortSignal.timeout = AbortSignal.timeout.bind(AbortSignal, 300)")
    page.route("**/halt", hang_first)
    page.get_by_role("button", name="Halt everything").click()
    expect(_alert(page)).to_contain_text("whether Halt reached it is not known", timeout=2500)
    expect(page.locator("[data-stop-tries]")).to_contain_text("Tried 3 times")
    expect(_alert(page)).not_to_contain_text("did not reach")


def test_a_halt_that_is_not_through_in_ten_minutes_is_sent_no_more_and_asks_for_a_new_press(
    house: House, seat: Seat
) -> None:
    page = seat("fiona", "/halt")
    page.clock.install()
    page.route("**/halt", lambda route: route.abort())
    page.get_by_role("button", name="Halt everything").click()
    expect(_alert(page)).to_contain_text("Halt did not reach Gameday.")
    page.clock.fast_forward("10:05")
    expect(_alert(page)).to_contain_text("Press it again if it is still wanted.")
    expect(page.get_by_role("button", name="Halt everything")).to_be_enabled()
    page.get_by_role("button", name="Close").click()
    expect(_alert(page)).to_be_empty()


def test_stop_on_a_page_that_cannot_be_shown_again_says_how_it_went(
    house: House, quiet_day: str, seat: Seat
) -> None:
    _a_live_run(seat, quiet_day)
    ada = seat("ada", "/settings/people/ravi/")
    ada.get_by_role("button", name="Make a link").click()
    ada.wait_for_url("**/link")
    said = house.manage("run", "stop", "--all", "--as", "fiona", "--wait", "60")
    assert said.status == 0, said.told
    acts.stop_of(ada).click()
    expect(_alert(ada)).to_contain_text(re.compile("Stop reached Gameday at .* Nothing is live"))
