"""Options about images."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.tools.trivy import TrivyOptions
    from imagelint.core.environment import Signer

C = TypeVar("C", bound="Callable[..., object]")


def scan_options(command: C) -> C:
    """Options about the scan."""
    for option in (
        click.option("--trivy-cache", metavar="DIR", default="", help="Where Trivy's database is."),
        click.option(
            "--db-repository",
            "db_repositories",
            metavar="REPO",
            multiple=True,
            help="Where the database is downloaded from; may repeat for fallbacks.",
        ),
        click.option("--offline", is_flag=True, help="Download nothing: no database, no indexes."),
    ):
        command = option(command)
    return command


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


def trivy_options(
    cache: str, repositories: tuple[str, ...], timeout: float | None, *, offline: bool
) -> TrivyOptions:
    """How to scan, from the options."""
    from imagelint.collect.deadline import Deadline
    from imagelint.collect.tools.trivy import TrivyOptions

    return TrivyOptions(cache, offline, repositories, Deadline(timeout or 0))


def signer(key: str, identity: str, issuer: str, *, logged: bool) -> tuple[Signer, ...]:
    """The signer that the command line names; none when it names none."""
    from imagelint.core.environment import Signer

    if not (key or identity or issuer):
        return ()
    return (Signer("command line", key, identity, issuer, transparency_log=logged),)
