"""A real headless Chromium, and a watch over everything that goes wrong in its pages."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# What the page itself gave up, by leaving or by aborting a poll, is no failure.
GIVEN_UP = "net::ERR_ABORTED"

# A job may start between the question why it waits and the answer, and the page takes that for what it is.
STARTED_MEANWHILE = re.compile(r"answered: 409 GET \S+/waiting$")


class NoBrowser(Exception):
    """There is no Chromium on this machine"""


def chromium() -> str:
    for name in PROGRAMS:
        if found := shutil.which(name):
            return found
    raise NoBrowser(f"no browser: looked for {', '.join(PROGRAMS)} on PATH; as root: apt-get install chromium")


@contextmanager
def running_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Chromium will not put root's pages into its sandbox.
        browser = playwright.chromium.launch(executable_path=chromium(), chromium_sandbox=os.geteuid() != 0)
        yield browser
        browser.close()


@dataclass
class Watch:
    """Faults of the pages of one test: errors in the console (refusals by CSP are such), and failed requests."""

    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium's own line about a refusal says less than the response, which is noted too.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self.faults.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"answered: {response.status} {response.request.method} {response.url}")

    def expect(self, pattern: str) -> None:
        """Name a fault that belongs to the test. It must happen."""
        self.expected.append(pattern)

    def verify(self) -> None:
        known = [*self.expected, STARTED_MEANWHILE]
        unexpected = [fault for fault in self.faults if not any(re.search(one, fault) for one in known)]
        absent = [one for one in self.expected if not any(re.search(one, fault) for fault in self.faults)]
        assert (unexpected, absent) == ([], [])


@dataclass
class Marked:
    """A page that must not be loaded anew: what its script remembers goes with a reload."""

    page: Page

    def __post_init__(self) -> None:
        self.page.evaluate("window.rememberedByTheTest = true")

    def verify(self) -> None:
        assert self.page.evaluate("window.rememberedByTheTest") is True, "the page was loaded anew"
