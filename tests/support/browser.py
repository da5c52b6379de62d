"""A buyer's phone: headless Chromium of this machine, at phone size, as fixtures.

Playwright brings only its driver; which Chromium it starts is decided by
``tests/support/find_tools.py``. A page is closed after its test, and a test whose
page reported an uncaught error fails.

While Playwright's synchronous interface is open, ``asyncio.run`` fails in the same
thread. So a browser lives no longer than a module, and a module that has one leaves
event loops to other modules, threads or processes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.support.find_tools import find_chromium

PHONE = ViewportSize(width=390, height=844)


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


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Return an empty page of a phone that has never been here."""
    context = browser.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="en",
        # A test that keeps pages says so; what it serves is not to be routed past.
        service_workers="block",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
