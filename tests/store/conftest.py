"""A store of made-up runs, and an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.store.database import Store
from tests.store.samples import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "audit.db")) as opened:
        yield opened


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three runs over forty images, for those who only read."""
    with Store.open(str(tmp_path_factory.mktemp("filled") / "audit.db")) as opened:
        fill(opened)
        yield opened
