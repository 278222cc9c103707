"""The options of `imagelint audit`, one a line."""

from __future__ import annotations

import click

from imagelint.cli.options.valuetypes import OneOf

DEPTHS = ("config", "signatures", "sbom", "layers", "scan")


class ShardType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`I/N`: part I of N."""

    name = "I/N"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """The two numbers."""
        number, _, of = str(value).partition("/")
        if not (number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
            self.fail(f"{value!r} is not of the form I/N, with I from 1 to N", param, ctx)
        return int(number), int(of)


OPTIONS = (
    click.option("--include", metavar="GLOB", multiple=True, help="Only these repositories."),
    click.option("--exclude", metavar="GLOB", multiple=True, help="All repositories but these."),
    click.option("--tag", metavar="GLOB", multiple=True, help="Only these tags."),
    click.option("--platform", multiple=True, metavar="OS/ARCH", help="Of several, only these."),
    click.option("--connections", default=8, type=click.IntRange(1), help="At once to a host."),
    click.option("--rate", default=0.0, type=click.FloatRange(0), help="Requests a second."),
    click.option("--budget", default=0, type=click.IntRange(0), help="Requests in all to a host."),
    click.option(
        "--timeout",
        default=120.0,
        type=click.FloatRange(1),
        help="Seconds an image, and a question of a list.",
    ),
    click.option("--newest", default=0, type=click.IntRange(0), help="Tags of each repository."),
    click.option("--younger-than", default=0, type=click.IntRange(0), help="Days since a push."),
    click.option("--shard", type=ShardType(), default="1/1", help="Do this part of the whole."),
    click.option(
        "--cluster", metavar="tcp://HOST:PORT", default="", help="Let Dask's workers do the parts."
    ),
    click.option("--depth", type=OneOf(DEPTHS), default="config", help="How deep to look."),
    click.option("--plan", is_flag=True, help="Only say what it would take."),
    click.option("--store", metavar="FILE|URL", default="", help="[default: imagelint-audit.db]"),
    click.option("--log", metavar="FILE", default="", help="A line for each image; - is stderr."),
    click.option("--quiet", "-q", is_flag=True, help="No progress on the terminal."),
    click.option("--kept", is_flag=True, help="Ask nothing: judge what the store knows."),
)
