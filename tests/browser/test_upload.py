"""A file that is no plan is refused where it was chosen, in a sentence."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser import acts
from tests.browser.conftest import Seat
from tests.journeys.house import House

pytestmark = pytest.mark.browser


def test_a_file_that_is_too_large_is_refused_in_the_form_and_what_was_typed_is_still_there(
    house: House, seat: Seat
) -> None:
    page = seat("petra", "/plans/upload")
    file = FilePayload(name="recording.yaml", mimeType="application/yaml", buffer=b"# a line\n" * 350_000)
    page.get_by_label("File", exact=True).set_input_files(files=[file])
    page.get_by_label("Or its text").fill("plan: typed-before")
    page.get_by_role("button", name="Store the plan").click()
    refused = page.get_by_role("alert").filter(has_text="Not stored")
    expect(refused).to_contain_text("The file has 3.0 MiB; a plan has at most 256 KiB.")
    expect(page.get_by_label("Or its text")).to_have_value("plan: typed-before")
    acts.has_nothing_for_axe_to_find(page)
