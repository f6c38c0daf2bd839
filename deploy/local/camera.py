"""Pictures of pages: each in light and dark, at the desk and on a phone, all four of the same moment."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import TimeoutError as TookTooLong

from .chromium import DESK, PHONE, Visitors

VIEWS = {f"{scheme}-{width}": (scheme, size) for (width, size), scheme in product(
    (("desk", DESK), ("phone", PHONE)), ("light", "dark"))}  # fmt: skip
SETTLED = 400  # milliseconds: charts are drawn, and what a page asks for after it was loaded is there
PATIENCE = 120_000  # milliseconds: other things may keep the machine busy


class Camera:
    """Writes `<name>.<view>.png` into a folder. Keeps a window for each person and view."""

    def __init__(self, visitors: Visitors, folder: Path) -> None:
        self.visitors, self.folder, self.count = visitors, folder, 0
        self._windows: dict[tuple[str, str], BrowserContext] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, path: str, by: str, act: Callable[[Page], object] | None = None) -> None:
        """A page as it is, or after something was done on it."""
        with self.watch(path, by) as pages:
            if act:
                for page in pages.values():
                    act(page)
            self.shoot(name, pages)

    @contextmanager
    def watch(self, path: str, by: str) -> Iterator[dict[str, Page]]:
        """The same page in all views, to follow what happens on it."""
        with ExitStack() as opened:
            pages = {}
            for view in VIEWS:
                pages[view] = self._window(by, view).new_page()
                opened.callback(pages[view].close)
                pages[view].goto(path)
            yield pages

    def shoot(self, name: str, pages: dict[str, Page], until: str = "") -> None:
        """Once the selector `until` is on a page, and even where it never is: the picture shows what was."""
        if not until:
            next(iter(pages.values())).wait_for_timeout(SETTLED)
        for view, page in pages.items():
            try:
                page.locator(until or "body").first.wait_for(timeout=PATIENCE)
            except TookTooLong:
                print(f"  {name} ({view}): {until} did not come", flush=True)
            page.screenshot(
                path=self.folder / f"{name}.{view}.png", full_page=True, animations="disabled", caret="hide"
            )
            self.count += 1

    def print(self, name: str, path: str, by: str) -> None:
        """As `<name>.pdf`, on A4 where the page does not say otherwise."""
        page = self._window(by, "light-desk").new_page()
        page.goto(path)
        page.wait_for_timeout(SETTLED)
        page.pdf(path=self.folder / f"{name}.pdf", format="A4", prefer_css_page_size=True)
        page.close()
        self.count += 1

    def close(self) -> None:
        for window in self._windows.values():
            window.close()

    def _window(self, by: str, view: str) -> BrowserContext:
        if (by, view) not in self._windows:
            scheme, size = VIEWS[view]
            window = self.visitors.window(by, color_scheme=scheme, viewport=size)
            window.set_default_timeout(PATIENCE)
            self._windows[by, view] = window
        return self._windows[by, view]
