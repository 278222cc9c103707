"""A scorecard in, text chunks out: one module per format, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.serving.scorecard import Scorecard


def load(name: str) -> Callable[[Scorecard], Iterator[str]]:
    """The reporter of that name.

    Raises:
        ModuleNotFoundError: there is no such format.
    """
    module = import_module(f"imagelint.reporters.scorecard.{name}")
    return cast("Callable[[Scorecard], Iterator[str]]", module.report)
