"""Options that say which images of an audit a report is about."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")

NOBODY = "nobody"
"""Who owns what no team does, as reports call it: an empty option is refused."""
_OPTIONS = (
    click.option("--rule", default="", metavar="GLOB", help="Which images have findings of it."),
    click.option(
        "--package",
        default="",
        metavar="GLOB",
        help="Which images have it, installed or in a finding: log4j-core, '*log4j*'.",
    ),
    click.option(
        "--vulnerability",
        default="",
        metavar="GLOB",
        help="Which images have it, by any of its names: CVE-2021-44228, GHSA-….",
    ),
    click.option(
        "--exploited",
        is_flag=True,
        help="Which images have a vulnerability that is known to be exploited (KEV).",
    ),
    click.option(
        "--severity",
        type=click.Choice(("critical", "high", "medium", "low", "info")),
        default=None,
        help="Which images have findings as severe, or worse.",
    ),
    click.option("--exposed", is_flag=True, help="Only images that are reached from outside."),
    click.option(
        "--owner",
        default=None,
        metavar="TEAM",
        help=f"Only that team's images; `{NOBODY}`: those that no team owns.",
    ),
    click.option(
        "--digest",
        default="",
        metavar="DIGEST",
        help="Only the image of it: sha256:…, or how it begins.",
    ),
    click.option("--repository", default="", metavar="GLOB", help="Only those repositories."),
)
_NAMES = (
    *("rule", "package", "vulnerability", "exploited", "severity", "exposed"),
    *("owner", "digest", "repository"),
)


def result_filter(command: C) -> C:
    """Which images: the command gets them together, as `wanted`, by the names of `ResultFilter`."""

    @wraps(command)
    def with_wanted(**given: object) -> object:
        wanted = {name: given.pop(name) for name in _NAMES}
        if wanted["owner"] == NOBODY:
            wanted["owner"] = ""
        return command(wanted=wanted, **given)

    collected = cast("C", with_wanted)
    for option in _OPTIONS:
        collected = option(collected)
    return collected
