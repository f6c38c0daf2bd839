"""People in browsers of their own, at one whole product in processes of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local import chromium
from deploy.local.chromium import Visitors
from tests.journeys import plans
from tests.journeys.house import House

WITHIN = 15_000  # milliseconds: what a page is waited for, on two cores that others use as well
expect.set_options(timeout=WITHIN)


@pytest.fixture(scope="session")
def chromium_is_here() -> None:
    if chromium.program() is None:
        pytest.skip(chromium.MISSING)


@pytest.fixture(scope="module")
def browser(chromium_is_here: None) -> Iterator[Browser]:
    """For one file: while it is open, nothing else on this thread may use the database."""
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def desk(chromium_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything is up, with the people, the plan and the history that the demo begins with."""
    house = House(tmp_path_factory.mktemp("house"))
    try:
        house.start("redis", "rehearsal", "prometheus")
        house.load()
        house.start("worker", "beat", "web")
        yield house
    finally:
        house.close()


@pytest.fixture
def house(desk: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """Everything is up and at ease, and nothing is live; whatever a test leaves is stopped."""
    desk.put_in_order()
    yield desk
    desk.start("redis", "worker", "beat", "web")
    said = desk.manage(
        "run", "stop", "--all", "--as", "fiona", "--reason", "The test is over.", "--wait", "60"
    )
    assert said.status == 0, said.told


@pytest.fixture(scope="module")
def visitors(browser: Browser, desk: House) -> Visitors:
    return Visitors(browser, desk.web_url, desk.loading.password)


Seat = Callable[..., Page]


@pytest.fixture
def seat(visitors: Visitors) -> Iterator[Seat]:
    """A page of somebody in a window of their own: `seat("fiona", "/plans/")`, options as for a window."""
    with ExitStack() as opened:

        def sit(user: str, path: str, **options: Any) -> Page:
            window = opened.enter_context(visitors.window(user, **options))
            window.set_default_timeout(WITHIN)
            page = window.new_page()
            page.goto(path)
            return page

        yield sit


@pytest.fixture
def quiet_day(house: House, request: pytest.FixtureRequest) -> str:
    """An approved plan whose one scenario takes a pod away for long enough to look at it; its slug."""
    name: str = request.node.name  # with the parameters, whose tests must not find each other's notes
    slug = f"quiet-{name.replace('_', '-')[5:40].strip('-')}-{crc32(name.encode()):x}"
    return house.approved(plans.plan(slug, plans.scenario(fault="90s", baseline="4s")))
