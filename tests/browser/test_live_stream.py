"""`live.js` in a real browser: one stream for its tabs, nothing lost or doubled, honest about its age."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from django.core.asgi import get_asgi_application
from playwright.sync_api import BrowserContext, Page

from deploy.local import chromium
from gameday.conduct import hub, live
from tests.gameday.conduct.listening import PATH, cookie_of, day, head, say
from tests.support.shared_database import shared_database

__all__ = ["day", "shared_database"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("chromium_is_here")]

PAGE = """<!doctype html><title>{title}</title>
<body data-live="{path}" data-live-since="{since}" data-live-cursor="{cursor}">
<ol data-timeline></ol><div data-region="status"><input id="typed"></div>
<script>
  window.told = [];
  for (const name of ["entry", "samples", "regions", "beat", "stale", "fresh"])
    document.addEventListener(`gameday:${{name}}`, (event) => told.push([name, event.detail]));
</script>
<script src="/static/web/js/page.js"></script><script src="/static/web/js/live.js"></script></body>"""


class Server:
    """The web process, on a thread, where it can be ended and begun again."""

    def __init__(self) -> None:
        self.port = 0
        self.start()

    def start(self) -> None:
        config = uvicorn.Config(
            get_asgi_application(), port=self.port, log_level="warning", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)

    @property
    def streams(self) -> int:
        """How many are open."""
        return sum(len(seat.viewers) for here in hub._HUBS.values() for seat in here.channels.values())


@pytest.fixture
def server(day: object, settings: Any) -> Iterator[Server]:
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_NAME = "sessionid"  # one that a browser takes over plain HTTP
    server = Server()
    yield server
    server.stop()


def elsewhere(deed: Callable[[], Any]) -> Any:
    """The browser's loop runs on this thread; the database is for others."""
    given: list[Any] = []

    def do() -> None:
        from django.db import connection

        given.append(deed())
        connection.close()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join()
    return given[0]


@contextmanager
def a_browser(server: Server) -> Iterator[tuple[BrowserContext, Callable[[], Page]]]:
    """A browser of somebody who is signed in, and how to open one more tab at the day."""
    name, _, value = cookie_of("ravi").partition("=")
    here = f"http://127.0.0.1:{server.port}"
    with chromium.browser() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": here}])

        def tab() -> Page:
            cursor = f"{elsewhere(head)}.0"
            since = PATH.replace("stream", "since")
            html = PAGE.format(title="A day", path=PATH, since=since, cursor=cursor)
            context.route("**/page", lambda route: route.fulfill(body=html, content_type="text/html"))
            page = context.new_page()
            page.goto(f"{here}/page")
            page.wait_for_function("told.some(([name]) => name === 'beat')")
            return page

        try:
            yield context, tab
        finally:
            context.close()


def rows(page: Page) -> list[int]:
    return [
        int(number)
        for number in page.eval_on_selector_all(
            "[data-timeline] > *", "all => all.map(one => one.dataset.seq)"
        )
    ]


def told(page: Page) -> list[int]:
    return page.evaluate("told.filter(([name]) => name === 'entry').map(([, entry]) => entry.seq)")


def has_row(page: Page, seq: int, within: float = 15) -> None:
    page.wait_for_selector(f"[data-timeline] > [data-seq='{seq}']", state="attached", timeout=within * 1000)


def test_the_tabs_of_a_browser_share_one_stream_and_each_is_told_everything_once(server):
    with a_browser(server) as (_, tab):
        first = elsewhere(head)
        tabs = [tab()]
        early = [elsewhere(say) for _ in range(3)]
        tabs += [tab(), tab()]
        assert server.streams == 1
        seqs = early + [elsewhere(say) for _ in range(10)]
        for page, due in zip(tabs, (seqs, seqs[3:], seqs[3:]), strict=True):
            has_row(page, seqs[-1])
            assert rows(page) == told(page) == due
        assert seqs[0] == first + 1


def test_another_tab_takes_over_when_the_one_with_the_stream_is_closed(server):
    with a_browser(server) as (_, tab):
        leader, follower = tab(), tab()
        seqs = [elsewhere(say)]
        has_row(follower, seqs[0])
        leader.close()
        seqs += [elsewhere(say) for _ in range(5)]
        has_row(follower, seqs[-1])
        assert rows(follower) == told(follower) == seqs


def test_a_page_says_that_it_is_not_live_and_has_everything_once_it_is_again(server):
    with a_browser(server) as (_, tab):
        page = tab()
        seqs = [elsewhere(say)]
        has_row(page, seqs[0])
        server.stop()
        seqs += [elsewhere(say) for _ in range(3)]
        page.wait_for_selector(".not-live", timeout=20_000)
        assert "Not live: last update 1" in page.inner_text(".not-live")
        assert page.evaluate("document.body.classList.contains('stale')")
        server.start()
        has_row(page, seqs[-1], within=40)
        page.wait_for_selector(".not-live", state="detached")
        assert rows(page) == told(page) == seqs
        assert page.evaluate("told.at(-1)[0] === 'fresh' || told.some(([name]) => name === 'fresh')")


def test_where_nothing_can_be_streamed_the_page_asks(server):
    with a_browser(server) as (context, tab):
        context.route("**/day/stream*", lambda route: route.fulfill(status=503))
        page = tab()
        seqs = [elsewhere(say) for _ in range(4)]
        has_row(page, seqs[-1])
        assert rows(page) == told(page) == seqs
        assert server.streams == 0


def test_a_region_is_exchanged_around_what_one_types_and_not_under_a_pressed_pointer(server, monkeypatch):
    html = '<input id="typed"><button id="press">{}</button>'
    monkeypatch.setattr(live, "regions", lambda slug, organiser: {"status": html.format(elsewhere(head))})
    with a_browser(server) as (_, tab):
        page = tab()
        page.wait_for_selector("#press")
        page.locator("#typed").press_sequentially("half a wo")
        seq = elsewhere(lambda: say(kind="run.breach"))
        page.wait_for_function(f"document.getElementById('press').textContent === '{seq}'")
        page.keyboard.type("rd")
        assert page.input_value("#typed") == "half a word"
        page.evaluate("document.getElementById('press').onclick = () => { window.pressed = true; }")
        page.hover("#press")
        page.mouse.down()
        has_row(page, elsewhere(lambda: say(kind="run.rung_done")))
        page.wait_for_timeout(700)  # as long as a rendering may take; nothing is to happen
        assert page.inner_text("#press") == str(seq)
        page.mouse.up()
        page.wait_for_function(f"document.getElementById('press').textContent === '{seq + 1}'")
        assert page.evaluate("window.pressed")
