"""Pictures of a live day: armed, baseline, the fault, its breach, the receipt; a fault by hand; a halt."""

from pathlib import Path

import yaml
from playwright.sync_api import Page

from . import pages
from .camera import PATIENCE, Camera
from .loading import PLAN, Loading

DAY = f"/plans/{pages.PLAN}/day"
UNHURRIED = "15s"
"""How long the baseline takes here: four pictures take a moment."""
WAITED_FOR = "10m"
"""How long a fault by hand waits here for its person: many pictures are taken while it does."""


def take_a_run(camera: Camera, loading: Loading) -> None:
    """Approves the plan, conducts one scenario until its receipt and another until it waits for a person."""
    loading.seed(_approval(_slower(loading.stack.state)))
    camera.take("approved-plan", f"/plans/{pages.PLAN}/", "petra")
    camera.take("approved-approval", f"/plans/{pages.PLAN}/approval", "anders")
    with camera.watch(DAY, "fiona") as room:
        _arms(room, "pod-failure")
        camera.shoot("run-1-armed", room)
        _injects(room)
        camera.shoot("run-2-baseline", room, _state("baselining") + " >> nth=0")
        camera.shoot("run-3-fault", room, "[data-region=targets] >> text=Fault is there")
        camera.shoot("run-4-breach", room, "[data-region=status] .notice-bad")
        _notes(room)
        camera.shoot("run-5-receipt", room, _state("aborted"))
        camera.take("run-6-home", "/", "fiona")
        camera.take("run-6-stop-not-through", DAY, "ravi", _cannot_stop)
        _arms(room, "certificate-expiry")
        _injects(room)
        camera.shoot("run-7-by-hand", room, ".attest")
        camera.take("run-8-responder", DAY, "ravi")
        camera.take("run-9-not-live", DAY, "ravi", _loses_its_stream)
        _stops(room)
        camera.shoot("run-10-undo-by-hand", room, ".attest >> text=It is undone")
        _undoes(room)
    camera.take("run-11-debrief", f"/plans/{pages.PLAN}/debrief", "fiona")
    loading.seed([["halt", "--as", "ada", "--reason", "A real incident: settlements are late."]])
    camera.take("halted-home", "/", "fiona")
    camera.take("halted-release", "/halt", "ada")


def _slower(state: Path) -> Path:
    """The sample plan with more time to look at the first scenario, and at the one by hand."""
    plan = yaml.safe_load(PLAN.read_text())
    scenarios = {scenario["key"]: scenario for scenario in plan["scenarios"]}
    scenarios["pod-failure"]["durations"]["baseline"] = UNHURRIED
    scenarios["certificate-expiry"]["faults"][0]["parameters"]["person_within"] = WAITED_FOR
    path = state / "slower.yaml"
    path.write_text(yaml.safe_dump(plan, sort_keys=False, allow_unicode=True))
    return path


def _approval(plan: Path) -> list[list[str]]:
    told = (("payments-on-call", "ravi"), ("fraud-team", "otto"), ("streaming-on-call", "kofi"))
    return [
        ["plan", "import", str(plan), "--as", "petra"],
        *(["plan", "acknowledge", pages.PLAN, "--party", party, "--as", user] for party, user in told),
        [
            "plan",
            "approve",
            pages.PLAN,
            "--as",
            "anders",
            "--comment",
            "Read and agreed.",
        ],
    ]


def _state(state: str) -> str:
    return f"[data-region=status] .status[data-state={state}]"


def _arms(room: dict[str, Page], scenario: str) -> None:
    """In one window; the others see it when they are loaded again."""
    first, *others = room.values()
    first.goto(DAY)
    first.get_by_label("Scenario").select_option(scenario)
    first.get_by_role("button", name="Arm", exact=True).click()
    first.locator(".armed").wait_for()
    for page in others:
        page.goto(DAY)


def _injects(room: dict[str, Page]) -> None:
    first = next(iter(room.values()))
    first.get_by_text("Inject…").click()
    first.get_by_role("button", name="Yes, inject now").click()
    first.wait_for_url("**/runs/*/")


def _stops(room: dict[str, Page]) -> None:
    first = next(iter(room.values()))
    first.get_by_role("button", name="Stop").locator("visible=true").click()


def _undoes(room: dict[str, Page]) -> None:
    """Nothing was done, so that there is nothing to undo but to say so; then the run can end."""
    first = next(iter(room.values()))
    first.get_by_role("button", name="It is undone").click()
    first.locator(_state("aborted")).wait_for(timeout=PATIENCE)


def _notes(room: dict[str, Page]) -> None:
    first = next(iter(room.values()))
    first.get_by_label("Note", exact=True).fill("The payments dashboard is half a minute behind.")
    first.get_by_role("button", name="Add note").click()


def _loses_its_stream(page: Page) -> None:
    page.route("**/day/s*", lambda route: route.abort())
    page.reload()
    page.locator(".not-live").wait_for()


def _cannot_stop(page: Page) -> None:
    page.route("**/stop", lambda route: route.abort())
    page.get_by_role("button", name="Stop").locator("visible=true").click()
    page.locator("[data-stop-tries]").get_by_text("Tried").wait_for()
