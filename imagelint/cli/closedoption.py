"""The option that tells whether there is more than what is examined."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")


def closed_option(command: C) -> C:
    """Whether what is named and not there is missing."""
    said = "What is examined is all there is."
    return click.option("--closed", is_flag=True, help=said)(command)
