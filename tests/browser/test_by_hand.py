"""A fault by hand: said to be there, stopped, and over once somebody says that it is undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys import plans
from tests.journeys.house import House

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("is_injected", [True, False], ids=["injected", "not-injected"])
def test_a_fault_by_hand_is_over_once_it_is_stopped_and_said_to_be_undone(
    house: House, seat: Seat, is_injected: bool
) -> None:
    slug = f"by-hand-{'yes' if is_injected else 'no'}"
    taken = plans.scenario("certificate-expiry", fault="60s", baseline="4s", observe="60s")
    taken["expectations"] = [{"probe": "certificate-left", "recovers_within": {"is": "> 0", "within": "55s"}}]
    house.approved(plans.plan(slug, taken))
    fiona, ravi = (seat(user, acts.day_of(slug)) for user in ("fiona", "ravi"))
    acts.injects(fiona)
    expect(fiona.get_by_role("heading", name="Inject it by hand")).to_be_visible()
    if is_injected:
        house.turn(certificate="expired")
        fiona.get_by_role("button", name="It is injected").click()
        acts.sees_the_fault(fiona)
    acts.stop_of(ravi).click()
    expect(fiona.get_by_role("heading", name="Undo it by hand")).to_be_visible()
    house.turn(certificate="valid")
    fiona.get_by_role("button", name="It is undone").click()
    acts.comes_to(fiona, "aborted")
    acts.comes_to(ravi, "aborted")
