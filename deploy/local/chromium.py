"""The browser of the screenshots and of the browser tests: Debian's Chromium, driven by Playwright."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

VARIABLE = "GAMEDAY_CHROMIUM"
MISSING = f"no Chromium here: apt-get install chromium, or set {VARIABLE} to the path of one"
# It is fed from loopback alone and runs as root in CI; whatever it would do by itself is off.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def program() -> Path | None:
    """The browser's program, or None where there is none."""
    named = os.environ.get(VARIABLE)
    found = named or shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(found) if found and Path(found).is_file() else None


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser. Until it is closed, the thread that asked for it must not touch the database."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program(), args=[*OPTIONS])
        try:
            yield opened
        finally:
            opened.close()


class Visitors:
    """People in browsers of their own. Each signs in once, through the page, for all their windows."""

    def __init__(self, browser: Browser, url: str, password: str) -> None:
        self.browser, self.url, self.password = browser, url, password
        self._signed_in: dict[str, Any] = {}

    def window(self, user: str = "", **options: Any) -> BrowserContext:
        """A browser window of `user`, of nobody where it is "". Options as Playwright's `new_context`."""
        given = {"base_url": self.url, "viewport": DESK, "reduced_motion": "reduce", **options}
        if user and user not in self._signed_in:
            self._signed_in[user] = self._sign_in(user)
        return self.browser.new_context(**given, storage_state=self._signed_in.get(user))

    def _sign_in(self, user: str) -> Any:
        with self.browser.new_context(base_url=self.url) as window:
            page = window.new_page()
            page.goto("/sign-in")
            page.get_by_label("Username").fill(user)
            page.get_by_label("Password").fill(self.password)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_label("your account").wait_for()
            return window.storage_state()
