"""What one person does in the room, the others see at once; what came while one looked away is counted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from deploy.local.chromium import DESK, PHONE
from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys import plans
from tests.journeys.house import House

pytestmark = pytest.mark.browser

SOON = 4000
"""Milliseconds. A push comes within one second; two cores are shared with others."""


@pytest.fixture
def two_to_conduct(house: House) -> str:
    """An approved plan that Fiona and Sam may conduct; its slug."""
    people = plans.SAMPLE["people"] | {"sam": ["facilitator"]}
    slug = "together"
    return house.approved(plans.plan(slug, plans.scenario(fault="90s"), people=people))


def _notes(page: Page, *texts: str) -> None:
    for text in texts:
        page.get_by_label("Note", exact=True).fill(text)
        page.get_by_role("button", name="Add note").click()
        expect(page.locator(".timeline").get_by_text(text)).to_be_visible()


def test_a_second_facilitator_sees_at_once_what_the_first_has_armed_and_put_back(
    house: House, two_to_conduct: str, seat: Seat
) -> None:
    fiona, sam, petra, ravi = (
        seat(user, acts.day_of(two_to_conduct)) for user in ("fiona", "sam", "petra", "ravi")
    )
    for page in (sam, petra, ravi):
        acts.stays_loaded(page)
    acts.arms(fiona)
    expect(sam.locator(".armed")).to_contain_text("by Fiona", timeout=SOON)
    expect(sam.get_by_role("button", name="Arm it yourself")).to_be_visible()
    expect(petra.locator(".armed-line")).to_contain_text("armed", timeout=SOON)
    expect(ravi.locator(".armed, .armed-line")).to_have_count(0)
    fiona.get_by_role("button", name="Put it back").click()
    expect(sam.get_by_role("button", name="Arm", exact=True)).to_be_visible(timeout=SOON)
    expect(petra.locator(".armed-line")).to_have_count(0, timeout=SOON)
    assert all(acts.was_not_reloaded(page) for page in (sam, petra, ravi))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_came_while_one_looked_elsewhere_is_counted_and_a_press_away(
    house: House, quiet_day: str, seat: Seat, size: dict[str, int]
) -> None:
    fiona = seat("fiona", acts.day_of(quiet_day))
    ravi = seat("ravi", acts.day_of(quiet_day), viewport=size)
    _notes(fiona, *(f"Long ago {number}, and a line that is not short at all." for number in range(14)))
    expect(ravi.locator(".timeline").get_by_text("Long ago 13")).to_be_visible()
    newer = ravi.locator("[data-to-newest]")
    expect(newer).to_be_hidden()
    ravi.locator("[data-scroll]").evaluate("there => { there.scrollTop = 0; }")
    _notes(fiona, "The first new one.", "The second.", "The third.")
    expect(newer).to_have_text("3 new")
    newer.click()
    expect(ravi.get_by_text("The first new one.")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_a_tab_in_the_background_counts_in_its_title_what_came(
    house: House, quiet_day: str, seat: Seat
) -> None:
    fiona, ravi = (seat(user, acts.day_of(quiet_day)) for user in ("fiona", "ravi"))
    title = ravi.title()
    _is_hidden(ravi, True)
    _notes(fiona, "While he was away.", "And once more.")
    ravi.wait_for_function("title => document.title === title", arg=f"(2) {title}")
    _is_hidden(ravi, False)
    assert ravi.title() == title


def test_what_is_asked_for_meanwhile_does_not_close_what_one_has_opened_to_inject(
    house: House, quiet_day: str, seat: Seat
) -> None:
    page = seat("fiona", acts.day_of(quiet_day))
    waiting: list[Route] = []
    page.route("**/day/mine", lambda route: waiting.append(route))
    acts.arms(page)
    for _ in range(100):
        if waiting:
            break
        page.wait_for_timeout(50)
    page.get_by_text("Inject…").click()
    with page.expect_response("**/day/mine"):
        waiting[0].continue_()
    page.wait_for_timeout(300)  # in which it would be put in place
    expect(page.locator(".inject details")).to_have_attribute("open", "")
    page.get_by_role("button", name="Yes, inject now").click()
    page.wait_for_url("**/runs/*/")


def test_what_is_asked_for_meanwhile_does_not_swallow_what_one_has_just_armed(
    house: House, quiet_day: str, seat: Seat
) -> None:
    page = seat("fiona", acts.day_of(quiet_day))
    looks: list[Route] = []
    sent: list[Route] = []
    page.route("**/day/mine", lambda route: looks.append(route))
    page.route("**/day/arm", lambda route: sent.append(route))
    page.evaluate("htmx.trigger(document.getElementById('mine'), 'refresh')")
    page.get_by_role("button", name="Arm", exact=True).click()
    for _ in range(100):
        if looks and sent:
            break
        page.wait_for_timeout(50)
    with page.expect_response("**/day/mine"):
        looks[0].continue_()
    page.wait_for_timeout(300)  # in which it would be put in place of what the answer belongs to
    sent[0].continue_()
    expect(page.locator(".armed")).to_be_visible(timeout=SOON)


def _is_hidden(page: Page, hidden: bool) -> None:
    """As for a tab that goes to the background, which a headless browser has none of."""
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
