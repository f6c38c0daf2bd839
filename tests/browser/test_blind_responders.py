"""A responder who is not to know meets the scenario as an incident: no page and no stream tells."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys import plans
from tests.journeys.house import House

pytestmark = pytest.mark.browser

TITLE = "One of the payments pods is taken away"
LISTEN = """
  window.heard = [];
  for (const name of ["entry", "samples", "regions"])
    document.addEventListener(`gameday:${name}`, (event) => heard.push(JSON.stringify(event.detail)));
"""
SECRETS = (TITLE, "pod-delete", "Delete pods", "payments-api-")


@pytest.fixture
def blind_day(house: House) -> str:
    taken = plans.scenario(fault="8s", baseline="4s") | {"title": TITLE, "audience": "organisers"}
    return house.approved(plans.plan("blind-day", taken))


def _told(page: Page) -> str:
    return str(page.evaluate("fetch(location.pathname).then((answer) => answer.text())"))


def test_a_scenario_for_organisers_is_kept_from_responders_until_its_run_is_over(
    house: House, blind_day: str, seat: Seat
) -> None:
    ravi, fiona = (seat(user, acts.day_of(blind_day)) for user in ("ravi", "fiona"))
    ravi.context.add_init_script(LISTEN)
    ravi.reload()
    for path in (f"/plans/{blind_day}/", f"/plans/{blind_day}/approval", f"/plans/{blind_day}/preview"):
        page = seat("ravi", path)
        assert not [secret for secret in SECRETS if secret in _told(page)], path
    acts.injects(fiona)
    acts.comes_to(fiona, "injecting")
    acts.comes_to(ravi, "injecting")
    source = _told(ravi)
    stream = " ".join(ravi.evaluate("window.heard"))
    polled = str(ravi.evaluate("fetch(document.body.dataset.liveSince + '?after=0.0').then((a) => a.text())"))
    for secret in SECRETS:
        assert secret not in source, f"the page tells {secret}"
        assert secret not in stream, f"the stream tells {secret}"
        assert secret not in polled, f"asking tells {secret}"
    for told in (source, stream, polled):
        assert "Measuring the steady state" in told, "nothing is told, so that nothing was tried"
    acts.comes_to(fiona, "completed", "aborted")
    expect(ravi.locator("[data-region=status]").get_by_text(TITLE)).to_be_visible()
    assert re.search(TITLE, _told(ravi))
