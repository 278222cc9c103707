"""Options about the files that are checked: which, as what, by which rules."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.cli.options.names import NameType, beginning, rules_and_families, unknown
from imagelint.cli.options.shared import exclude_option
from imagelint.cli.options.since import CHANGE_OPTIONS
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

C = TypeVar("C", bound="Callable[..., object]")


class FileOptions(NamedTuple):
    """What the user says about the files."""

    kind: str = ""
    candidates: bool = False
    stdin_filename: str | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    since: str = ""
    diff_from: str = ""


class KindType(click.ParamType[str]):
    """The name of a kind of document, or none."""

    name = "KIND"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The kind that was said."""
        from imagelint.documents.kinds import kinds_to_say

        if value and value not in kinds_to_say():
            self.fail(unknown("kind", str(value), kinds_to_say()), param, ctx)
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The kinds that begin so."""
        from imagelint.documents.kinds import kinds_to_say

        return beginning(kinds_to_say(), incomplete)


def file_options(command: C) -> C:
    """Options about files: the command gets them together, as `files`."""

    @wraps(command)
    def with_files(**given: object) -> object:
        values = [given.pop(name) for name in FileOptions._fields]
        return command(files=FileOptions._make(values), **given)

    collected = exclude_option(cast("C", with_files))
    names = NameType("RULE|FAMILY", rules_and_families)
    for option in (
        *CHANGE_OPTIONS,
        click.option("--candidates", is_flag=True, help="It is fine if none of these is ours."),
        click.option("--stdin-filename", metavar="NAME", help="What input (`-`) stands for."),
        click.option("--kind", type=KindType(), default="", help="What the named files are."),
        click.option("--only", type=names, multiple=True, help="Run these rules and no others."),
    ):
        collected = option(collected)
    return collected
