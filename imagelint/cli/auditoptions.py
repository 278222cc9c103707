"""Options about which images are audited, how deep, and how politely."""

from __future__ import annotations

from functools import reduce, wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.audit.options import AuditOptions
    from imagelint.audit.selection import Selection

C = TypeVar("C", bound="Callable[..., object]")


class AuditChoice(NamedTuple):
    """What the command line says about an audit."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    connections: int = 8
    rate: float = 0.0
    budget: int = 0
    timeout: float = 120.0
    kept: bool = False
    store: str = ""
    log: str = ""
    quiet: bool = False

    def selection(self) -> Selection:
        """Which of the listed images are wanted."""
        from imagelint.audit.selection import Selection

        return Selection(self.include, self.exclude, self.tag)

    def options(self) -> AuditOptions:
        """How it is to be done."""
        from imagelint.audit.options import AuditOptions
        from imagelint.collect.registry.polite import Limits

        limits = Limits(self.connections, self.rate, self.budget)
        return AuditOptions(
            platforms=self.platform, limits=limits, seconds=self.timeout, kept=self.kept
        )


def audit_options(command: C) -> C:
    """Options of an audit: the command gets them together, as `choice`."""

    @wraps(command)
    def with_choice(**given: object) -> object:
        values = [given.pop(name) for name in AuditChoice._fields]
        return command(choice=AuditChoice._make(values), **given)

    collected = reduce(lambda made, option: option(made), reversed(_OPTIONS), with_choice)
    return cast("C", collected)


_OPTIONS = (
    click.option("--include", metavar="GLOB", multiple=True, help="Only these repositories."),
    click.option("--exclude", metavar="GLOB", multiple=True, help="All repositories but these."),
    click.option("--tag", metavar="GLOB", multiple=True, help="Only these tags."),
    click.option("--platform", multiple=True, metavar="OS/ARCH", help="Of several, only these."),
    click.option("--connections", default=8, type=click.IntRange(1), help="At once to a host."),
    click.option("--rate", default=0.0, type=click.FloatRange(0), help="Requests a second."),
    click.option("--budget", default=0, type=click.IntRange(0), help="Requests in all to a host."),
    click.option("--timeout", default=120.0, type=click.FloatRange(1), help="Seconds an image."),
    click.option("--store", metavar="FILE|URL", default="", help="[default: imagelint-audit.db]"),
    click.option("--log", metavar="FILE", default="", help="A line for each image; - is stderr."),
    click.option("--quiet", "-q", is_flag=True, help="No progress on the terminal."),
    click.option("--kept", is_flag=True, help="Ask nothing: judge what the store knows."),
)
