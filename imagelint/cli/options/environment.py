"""Options that say what the files cannot: whether there are more, and how they are built."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.environment import Environment

C = TypeVar("C", bound="Callable[..., object]")


def declared_options(command: C) -> C:
    """What is declared: the command gets it together, as `declared`."""

    @wraps(command)
    def with_declared(
        *, closed: bool, build_arg: tuple[str, ...], target: str, **given: object
    ) -> object:
        return command(declared=_environment(build_arg, target, closed=closed), **given)

    collected = cast("C", with_declared)
    for option in (
        click.option("--target", default="", metavar="STAGE", help="The stage that is built."),
        click.option(
            "--build-arg",
            multiple=True,
            metavar="NAME[=VALUE]",
            help="What builds of Dockerfiles are given. May repeat.",
        ),
        click.option("--closed", is_flag=True, help="What is examined is all there is."),
    ):
        collected = option(collected)
    return collected


def _environment(arguments: Iterable[str], target: str, *, closed: bool) -> Environment:
    """What the options declare.

    Raises:
        UsageError: an argument of a build has no name.
    """
    from imagelint.core.environment import Environment, GivenBuild

    build = GivenBuild(tuple(dict(_given(arguments)).items()), target)
    return Environment(closed=closed or None, build=build)


def _given(arguments: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names and values; of a name alone the value is that of the environment, where it has one."""
    from imagelint.collect.environment import variables
    from imagelint.core.errors import Diagnostic, UsageError

    for said in arguments:
        name, equals, value = said.partition("=")
        if not name.strip():
            help_ = "write `--build-arg NAME=VALUE`"
            raise UsageError(Diagnostic("--build-arg: an argument has no name", help=help_))
        if equals:
            yield name, value
        elif name in variables():
            yield name, variables()[name]
