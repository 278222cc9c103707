"""What is gathered of a store of made-up runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.cli.explanations.rulepage import describe
from imagelint.fleet.formats import Telling
from imagelint.fleet.gather import Question, gather
from imagelint.reporters.context import ReportContext
from imagelint.store.database import Store
from tests.store.conftest import store
from tests.store.samples import fill

__all__ = ["store"]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store of three runs over forty images."""
    path = tmp_path_factory.mktemp("fleet") / "audit.db"
    with Store.open(str(path)) as opened:
        fill(opened)
    return path


@pytest.fixture(scope="session")
def told(place: Path) -> Iterator[Telling]:
    context = ReportContext(version="1", command="audit", describe=describe)
    with Store.open(str(place)) as store:
        yield Telling(store, gather(store, Question()), context)
