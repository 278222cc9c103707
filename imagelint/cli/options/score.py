"""Options about where metrics are read: the command gets them together, as `source`."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click
from click import option

from imagelint.cli.evaluations.metrics import Source
from imagelint.cli.options.formats import FormatType
from imagelint.cli.options.valuetypes import Seconds

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("text", "json", "markdown", "html")
C = TypeVar("C", bound="Callable[..., object]")


def source_options(command: C) -> C:
    """Where metrics are read."""

    @wraps(command)
    def with_source(**given: object) -> object:
        values = [given.pop(name) for name in Source._fields]
        return command(source=Source._make(values), **given)

    collected = cast("C", with_source)
    for one in _SOURCE:
        collected = one(collected)
    return collected


def score_options(command: C) -> C:
    """What counts, and how the answer is shown."""
    told = f"One of {', '.join(FORMATS)}; may repeat, each with =FILE. [default: text]"
    known = FormatType(FORMATS)
    shown = option("--format", "formats", type=known, multiple=True, help=told)
    said = "The score below which it fails. [default: what the policy says, else 0]"
    return option("--fail-under", type=click.FloatRange(0, 1), help=said)(shown(command))


_SOURCE = (
    option("--image", metavar="DIGEST", default="", help="What is served, for `gate --scorecard`."),
    option("--evaluation", metavar="FILE", default="", help="A statement of `evaluate --attest`."),
    option("--timeout", type=Seconds(), default="60s", show_default=True, help="For all of it."),
    option("--engine", default="", help="Whose metrics count, where there are several engines'."),
    option("--label", "labels", metavar="NAME=VALUE", multiple=True, help="Only such series."),
    option("--again", type=Seconds(), default="0", help="Read the page once more after so long."),
    option("--window", type=Seconds(), default="1h", show_default=True, help="Of the server."),
    option("--metrics", metavar="URL|FILE", multiple=True, help="A page or samples; may repeat."),
    option("--prometheus", metavar="URL", default="", help="A Prometheus server."),
)
