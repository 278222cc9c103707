"""Options about images."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.environment import Signer

C = TypeVar("C", bound="Callable[..., object]")


def verify_options(command: C) -> C:
    """Options about a signer that the policy does not name."""
    for option in (
        click.option("--key", metavar="FILE", default="", help="A public key, as cosign takes it."),
        click.option("--identity", default="", help="The identity in a keyless certificate."),
        click.option("--issuer", default="", help="Who vouched for that identity."),
        click.option("--no-transparency-log", is_flag=True, help="The log need not hold it."),
        click.option(
            "--cross-check/--no-cross-check",
            default=True,
            help="Ask cosign as well, where it is there and could disagree.  [default: on]",
        ),
    ):
        command = option(command)
    return command


def files_options(command: C) -> C:
    """Files whose images are verified."""
    path = click.Path()
    built = "Verify what Dockerfiles at PATH are built from; may repeat."
    run = "Verify what manifests and compose files at PATH run; may repeat."
    for option in (
        click.option("--from", "manifests", type=path, metavar="PATH", multiple=True, help=run),
        click.option("--bases", type=path, metavar="PATH", multiple=True, help=built),
    ):
        command = option(command)
    return command


def image_options(command: C) -> C:
    """Which image of several, and how long everything may take."""
    for option in (
        click.option(
            "--timeout", type=click.FloatRange(1), help="Seconds for all of it. [default: by size]"
        ),
        click.option("--platform", default="", metavar="OS/ARCH", help="Of several, only this."),
    ):
        command = option(command)
    return command


def image_scan_options(command: C) -> C:
    """Options about the scan of one image."""
    from imagelint.cli.options.scan import scan_options

    every = click.option("--layers", is_flag=True, help="Read a registry's layers, however large.")
    return every(scan_options(command))


def signer(key: str, identity: str, issuer: str, *, logged: bool) -> tuple[Signer, ...]:
    """The signer that the command line names; none when it names none."""
    from imagelint.core.environment import Signer

    if not (key or identity or issuer):
        return ()
    return (Signer("command line", key, identity, issuer, transparency_log=logged),)
