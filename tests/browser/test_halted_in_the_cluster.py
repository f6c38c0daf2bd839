"""A lever that somebody pulled in the cluster alone, in people's browsers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from deploy.local.chromium import DESK, PHONE
from deploy.local.paths import ROOT
from deploy.local.stack import manage
from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys.house import House

pytestmark = pytest.mark.browser

SEEN = 60_000
"""Milliseconds: levers are looked at every half a minute, and pages ask every ten seconds."""
BY = "pulled in the cluster, on no record here"


def test_it_comes_to_open_pages_and_goes_by_the_release_that_the_halt_page_offers(
    house: House, seat: Seat, tmp_path: Path
) -> None:
    elsewhere = seat("petra", "/plans/", viewport=PHONE)
    acts.stays_loaded(elsewhere)
    apart = {**house.environment, "GAMEDAY_SPOOL_DIR": str(tmp_path)}  # as from a machine nobody looks at
    words = ("--as", "otto", "--reason", "Gameday is gone", "--wait", "20")
    subprocess.run(manage("halt", "--no-db", *words), env=apart, cwd=ROOT, check=True, capture_output=True)
    strip = elsewhere.get_by_role("region", name="Halted")
    expect(strip).to_contain_text(f"Halted on rehearsal. Gameday is gone (by otto) ({BY}, ", timeout=SEEN)
    assert acts.was_not_reloaded(elsewhere)
    acts.has_nothing_for_axe_to_find(elsewhere)

    page = seat("ada", "/halt", viewport=DESK)
    expect(page.get_by_role("cell", name=BY)).to_be_visible()
    acts.has_nothing_for_axe_to_find(page)
    page.get_by_label("Why it is safe to go on").fill("It was a drill.")
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("Nothing is halted.")).to_be_visible()
    expect(strip).to_have_count(0, timeout=SEEN)
