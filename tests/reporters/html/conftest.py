from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import Reading, browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def started() -> Iterator[Browser]:
    with browser() as program:
        yield program


@pytest.fixture
def reading(started: Browser) -> Iterator[Reading]:
    """A page for one test, which must have been quiet and loaded nothing but its file."""
    page = started.new_page(viewport={"width": 1280, "height": 900})
    reading = Reading(page)
    yield reading
    assert reading.complaints == []
    assert {url.partition(":")[0] for url in reading.loaded} <= {"file", "about"}
    files = {url.partition("#")[0] for url in reading.loaded if url.startswith("file:")}
    assert len(files) <= 1
    page.close()
