"""A buyer's phone: headless Chromium of this machine, at phone size, as fixtures.

Playwright brings only its driver; which Chromium it starts is decided by
``tests/support/find_tools.py``. A page is cleared after its test, and a test whose
page reported an uncaught error fails.

While Playwright's synchronous interface is open, ``asyncio.run`` fails in the same
thread. So a browser lives no longer than a module, and a module that has one leaves
event loops to other modules, threads or processes.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.support.find_tools import find_chromium

PHONE = ViewportSize(width=390, height=844)
MEDIA: Final = ("media", "color_scheme", "reduced_motion", "forced_colors", "contrast")
SHARED: Final = {"season", "served"}
"""Servers that outlive a test."""
FORGET_JS: Final = """async () => {
  const forget = async () => {
    localStorage.clear()
    sessionStorage.clear()
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name)
    for (const name of await caches.keys()) await caches.delete(name)
  }
  const late = (_, fail) => setTimeout(() => fail(new Error("not forgotten")), 9000)
  await Promise.race([forget(), new Promise(late)])
}"""


@contextmanager
def launched(*options: str) -> Iterator[Browser]:
    """Start Chromium."""
    # Chromium's own sandbox refuses to run as root, as in continuous integration.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(),
            headless=True,
            args=[*sandbox, "--disable-dev-shm-usage", "--disable-gpu", *options],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium once for each module that asks for it."""
    with launched() as chromium:
        yield chromium


class Lent:
    """A phone that is lent, cleared, and lent again."""

    def __init__(self, browser: Browser) -> None:
        """Have none yet."""
        self._browser = browser
        self._page: Page | None = None

    @contextmanager
    def page(self, errors: list[str]) -> Iterator[Page]:
        """Lend the page; add to the list whatever error is not caught on it."""
        page = self._page or self._new()
        self._page = None
        with ExitStack() as undo:
            notice, add_script = type(page).on, type(page).add_init_script

            def on(event: str, heard: Callable[..., None]) -> None:
                notice(page, event, heard)  # type: ignore[call-overload]
                undo.callback(page.remove_listener, event, heard)

            def add_init_script(script: str) -> None:
                undo.callback(add_script(page, script).close)

            undo.callback(page.unroute_all, behavior="ignoreErrors")
            vars(page).update(on=on, add_init_script=add_init_script)
            page.on("pageerror", lambda error: errors.append(str(error)))
            try:
                yield page
                if page.is_closed():
                    undo.pop_all()
                    return
                self._leave(page)
            except BaseException:
                page.context.close()
                undo.pop_all()
                raise
        page.set_viewport_size(PHONE)
        page.emulate_media(**dict.fromkeys(MEDIA, "null"))
        self._page = page

    def give_up(self) -> None:
        """Have no phone any more."""
        if self._page is not None:
            self._page.context.close()
            self._page = None

    def _new(self) -> Page:
        context = self._browser.new_context(
            viewport=PHONE,
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="en",
            # A test that keeps pages says so; what it serves is not to be routed past.
            service_workers="block",
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    def _leave(self, page: Page) -> None:
        """Stop the page, and forget what it left on the phone.

        Chromium keeps its process, which is what takes time, if the next page is of the
        same site: so that is one, of which no server knows.
        """
        origin = re.match("https?://[^/]+", page.url)
        if origin:
            page.route("**/nowhere", lambda route: route.fulfill(body=""))
            page.goto(f"{origin[0]}/nowhere")
            page.evaluate(FORGET_JS)
        page.context.clear_cookies()


@pytest.fixture(scope="module")
def lent(browser: Browser) -> Iterator[Lent]:
    """Have a phone for each module, which its tests use one after another."""
    phones = Lent(browser)
    yield phones
    phones.give_up()


@pytest.fixture
def phone(lent: Lent, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Return an empty page of a phone that seems never to have been here.

    It is the same phone for all tests of a module: to start one takes longer than most
    tests do. What a test leaves there is undone; only a clock cannot be, so whoever
    sets one takes a phone of their own. A test whose server ends with it has one, too:
    requests that nobody will answer are not undone.
    """
    errors: list[str] = []
    is_alone = not SHARED & {*request.fixturenames}
    if is_alone:
        lent.give_up()
    with lent.page(errors) as page:
        yield page
        if is_alone:
            page.context.close()
    assert errors == []
