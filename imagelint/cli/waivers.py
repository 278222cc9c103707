"""`imagelint waivers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.formats import Format, FormatType
from imagelint.cli.options.shared import policy_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions

_FORMATS = ("text", "json", "csv", "openvex")


@click.command()
@policy_options
@click.option(
    "--ending", type=click.IntRange(0), metavar="DAYS", help="Those that end within so many days."
)
@click.option("--unused", is_flag=True, help="Those that the newest audit did not need.")
@click.option("--owner", default=None, metavar="TEAM", help="Those of a team.")
@click.option(
    "--store",
    "place",
    default="",
    metavar="FILE|URL",
    help="Where an audit tells how often each was needed, and in which images.",
)
@click.option(
    "--format",
    "formats",
    type=FormatType(_FORMATS),
    multiple=True,
    help=f"One of {', '.join(_FORMATS)}; may repeat, each with =FILE. [default: text]",
)
def waivers(  # noqa: PLR0913 - the options of the command
    *,
    policy: PolicyOptions,
    ending: int | None,
    unused: bool,
    owner: str | None,
    place: str,
    formats: tuple[Format, ...],
) -> None:
    """List the waivers of the policy that holds here: what ends soon, what nobody needs.

    --format openvex writes what they say about vulnerabilities as a VEX document about the images
    in which the audit of --store met them.
    """
    from imagelint.cli.output.waivers import Asked, write
    from imagelint.fleet.waivers import Choice

    asked = Asked(policy.open().policies.of("."), place, Choice(ending, unused, owner))
    write(asked, formats or (Format("text", ""),))
