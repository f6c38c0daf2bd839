"""`make screens`: a picture of every page, and of a run from its baseline to its receipt, to be looked at.

From a stack of its own on free ports; its state is thrown away, the pictures stay.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from . import cast, chromium, pages, ports
from .camera import Camera
from .chromium import Visitors
from .interrupts import Interrupts
from .loading import PLAN, Loading
from .paths import STATE
from .say import Trouble, warn
from .screens_of_a_run import take_a_run
from .stack import Stack
from .supervisor import Supervisor

EMPTY = tuple(page for page in pages.PAGES if page.address in (
    "home", "plans:plans", "plans:new", "plans:upload", "debriefs:actions", "conduct:halt",
    "clusters:clusters", "people:people",
))  # fmt: skip


def take_all(folder: Path) -> int:
    """The pictures of a stack with the demo's data, then those of an empty one; how many."""
    with tempfile.TemporaryDirectory(prefix="gameday-screens-") as state, chromium.browser() as browser:
        with _full(Path(state) / "full") as loading, closing(_camera(browser, loading, folder)) as camera:
            _take_pages(camera)
            _take_refusals(camera)
            take_a_run(camera, loading)
        with _empty(Path(state) / "empty") as loading, closing(_camera(browser, loading, folder)) as empty:
            for page in EMPTY:
                empty.take(f"empty-{page.name}", page.path, page.by)
        return camera.count + empty.count


@contextmanager
def _full(state: Path) -> Iterator[Loading]:
    """As the demo is."""
    with _supervised(state) as (supervisor, loading):
        stack = loading.stack
        supervisor.start(stack.redis(), stack.rehearsal(), stack.prometheus())
        loading.load()
        supervisor.start(stack.worker(state / "logs"), stack.beat(state / "logs"), stack.web())
        yield loading


@contextmanager
def _empty(state: Path) -> Iterator[Loading]:
    """As it is after the installation: people, and nothing else."""
    with _supervised(state) as (supervisor, loading):
        loading.load_people()
        supervisor.start(loading.stack.web())
        yield loading


@contextmanager
def _supervised(state: Path) -> Iterator[tuple[Supervisor, Loading]]:
    state.mkdir()
    with ports.elsewhere(ports.REDIS, ports.PROMETHEUS, ports.REHEARSAL, ports.WEB):
        stack = Stack(state)
        script = cast.script_for(PLAN, cast.opened(PLAN))
        loading = Loading(stack, script, {**os.environ, **stack.environment()})
        with Supervisor(state / "logs", state / "run") as supervisor:
            yield supervisor, loading


def _camera(browser: Browser, loading: Loading, folder: Path) -> Camera:
    return Camera(Visitors(browser, loading.stack.web_url, loading.password), folder)


def _take_pages(camera: Camera) -> None:
    """Each page of the table of permissions as somebody finds it who opens it."""
    facts = pages.facts(camera.visitors)
    for page in pages.PAGES:
        camera.take(page.name, page.path.format(**facts), page.by)
    for address in ("debriefs:report", "debriefs:page", "plans:plan", "approvals:page"):
        page = next(page for page in pages.PAGES if page.address == address)
        camera.print(page.name, page.path.format(**facts), page.by)


def _take_refusals(camera: Camera) -> None:
    def signs_in_wrongly(page: Page) -> None:
        page.get_by_label("Username").fill("petra")
        page.get_by_label("Password").fill("mistyped")
        page.get_by_role("button", name="Sign in").click()

    def saves_what_cannot_be(page: Page) -> None:
        page.get_by_label("Baseline", exact=True).fill("0")
        page.get_by_role("button", name="Save").click()

    camera.take("refused-sign-in", "/sign-in", pages.NOBODY, signs_in_wrongly)
    camera.take(
        "refused-edit", f"/plans/{pages.PLAN}/scenarios/pod-failure/edit", "petra", saves_what_cannot_be
    )
    camera.take("refused-page", "/settings/people/", "fiona")
    camera.take("no-such-page", "/plans/nothing/", "fiona")


def main() -> int:
    """Returns 0, or 1 where there is no browser or the stack did not start."""
    parser = argparse.ArgumentParser(prog="make screens")
    parser.add_argument("folder", nargs="?", type=Path, default=STATE / "screens")
    folder: Path = parser.parse_args().folder
    Interrupts()
    try:
        if chromium.program() is None:
            raise Trouble(chromium.MISSING)
        count = take_all(folder)
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    print(f"{count} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
