"""What people do in the control room, and what they see there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text()
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
LONG = 60_000  # milliseconds: what a run may take from one state to the next


def day_of(slug: str) -> str:
    return f"/plans/{slug}/day"


def status(page: Page) -> Locator:
    return page.locator("[data-region=status] .status")


def comes_to(page: Page, *states: str) -> None:
    """Wait until the run in focus is in one of these states."""
    found = ", ".join(f"[data-region=status] .status[data-state={state}]" for state in states)
    expect(page.locator(found)).to_be_visible(timeout=LONG)


def sees_the_fault(page: Page) -> None:
    """Wait until it is measured to be there."""
    expect(page.locator("[data-region=targets]").get_by_text("Fault is there").first).to_be_visible(
        timeout=LONG
    )


def arms(page: Page) -> Locator:
    """Arm the scenario that is proposed; the card that says what will be hit."""
    page.get_by_role("button", name="Arm", exact=True).click()
    card = page.locator(".armed")
    expect(card).to_be_visible()
    return card


def injects(page: Page) -> None:
    """Arm, then inject in two acts; the page is then that of the run."""
    arms(page)
    page.get_by_text("Inject…").click()
    page.get_by_role("button", name="Yes, inject now").click()
    page.wait_for_url("**/runs/*/")


def stop_of(page: Page) -> Locator:
    """The one button in sight that stops."""
    return page.get_by_role("button", name="Stop").locator("visible=true")


def sees_the_receipt(page: Page) -> None:
    """Of a fault that was stopped: every rung done, nothing left out."""
    receipt = page.locator(".receipt")
    expect(receipt.get_by_role("heading", name="Stop receipt", exact=True)).to_be_visible(timeout=LONG)
    expect(receipt.get_by_text("1 of 1 fault measured to be gone")).to_be_visible(timeout=LONG)
    expect(receipt.locator(".rung-done").filter(has_text="The steady state is back")).to_be_visible(
        timeout=LONG
    )
    assert receipt.locator(".rung:not(.rung-done)").count() == 0


def rows(page: Page) -> list[int]:
    """The numbers of the timeline's lines, in their order on the page."""
    numbers: list[str] = page.eval_on_selector_all(
        ".timeline > [data-seq]", "all => all.map(one => one.dataset.seq)"
    )
    return [int(number) for number in numbers]


def is_drawn(page: Page, probe: str) -> None:
    """Wait until the chart of a probe has ink on it and says what was measured last."""
    chart = page.locator(f"[data-probe='{probe}']")
    expect(chart.locator("canvas").first).to_be_attached()
    page.wait_for_function(
        """probe => {
          const canvas = document.querySelector(`[data-probe='${probe}'] canvas`);
          const drawn = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return drawn.some((part, at) => at % 4 === 3 && part > 0);
        }""",
        arg=probe,
    )
    expect(chart.locator("[data-value]")).not_to_be_empty()


def has_nothing_for_axe_to_find(page: Page) -> None:
    """In light and in dark, as it stands."""
    page.evaluate(AXE)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(LOOK)
        where = [", ".join(str(node["target"]) for node in one["nodes"][:3]) for one in found]
        told = [f"{one['id']} ({one['help']}): {there}" for one, there in zip(found, where, strict=True)]
        assert told == [], scheme


def stays_loaded(page: Page) -> None:
    """From now on `was_not_reloaded` knows this very document again."""
    page.evaluate("window.isTheSame = true")


def was_not_reloaded(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSame === true"))
