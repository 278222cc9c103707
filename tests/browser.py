"""A real browser, as `make tools` provides it, and what a page said while it was used."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PROVIDED = Path(__file__).parents[1] / ".tools" / "chromium"
PROGRAM = PROVIDED / "usr" / "lib" / "chromium" / "chromium-headless-shell"
_LIBRARIES = PROVIDED / "usr" / "lib" / "x86_64-linux-gnu"
HANGS = 10_000
"""Milliseconds after which an answer is none, however busy the machine is. It takes 40 to 200."""


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser, started; without a sandbox of its own, which root has not."""
    if not PROGRAM.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no browser: run `make tools`")
    libraries = os.pathsep.join((str(_LIBRARIES), str(_LIBRARIES / "pulseaudio")))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=PROGRAM,
            args=["--no-sandbox"],
            env={**os.environ, "LD_LIBRARY_PATH": libraries},
        )
        yield started
        started.close()


class Reading:
    """A page that is open: no script may fail, no console may complain, nothing may be loaded."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.loaded: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.loaded.append(request.url))

    def open(self, path: Path, address: str = "") -> None:
        """Open a file at a place within it, and wait until it is ready."""
        self.page.goto("about:blank")
        self.page.goto(f"{path.as_uri()}{address}")
        self.page.wait_for_selector("html[data-ready]")

    def go(self, address: str) -> None:
        """Follow an address within the page."""
        self.page.evaluate("address => { location.hash = address }", address)

    def info(self, table: str) -> str:
        """How many rows of a table are shown."""
        return self.page.inner_text(f"#section-{table} .dt-info")

    def column(self, table: str, number: int) -> list[str]:
        """The texts of a shown column of a table, counted from 1."""
        cells = self.page.locator(f"#table-{table} > tbody > tr > td:nth-child({number})")
        return cells.all_inner_texts()

    def look_for(self, table: str, words: str) -> float:
        """Search, and give the milliseconds until the answer is painted."""
        return self._measured(
            f"#search-{table}",
            "(it, words) => { it.value = words; it.dispatchEvent(new Event('input')) }",
            words,
        )

    def click(self, selector: str) -> float:
        """Click, and give the milliseconds until the answer is painted."""
        return self._measured(selector, "it => it.click()")

    def _measured(self, selector: str, action: str, argument: str = "") -> float:
        """The best of the time that the page itself needed: others may use the machine too."""
        script = """async ([selector, words]) => {
            const began = performance.now();
            (ACTION)(document.querySelector(selector), words);
            await new Promise((done) => setTimeout(done, 90));
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return performance.now() - began;
        }"""
        took: float = self.page.evaluate(script.replace("ACTION", action), [selector, argument])
        return took

    def settle(self, seconds: float = 0.1) -> None:
        """Let what waits for a pause in typing happen."""
        time.sleep(seconds)
