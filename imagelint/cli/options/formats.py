"""The formats of reports as the command line names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.names import beginning, unknown
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FORMATS = (
    *("text", "concise", "json", "sarif", "github", "summary", "outputs", "html", "markdown"),
    *("gitlab", "gitlab-sast", "junit", "csv", "jsonl", "defectdojo", "openmetrics"),
)

_OF_REPOSITORY = ("sarif", "github", "gitlab", "gitlab-sast", "defectdojo", "summary")


class Format(NamedTuple):
    """A report to write: to a file, or to standard output when `path` is empty."""

    name: str
    path: str


class FormatType(click.ParamType[Format]):
    """`NAME` or `NAME=FILE`."""

    name = "FORMAT[=FILE]"

    def __init__(self, known: tuple[str, ...] = FORMATS) -> None:
        self._known = known

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Format:
        """The format that was asked for."""
        name, _, path = str(value).partition("=")
        if name not in self._known:
            self.fail(unknown("format", name, self._known), param, ctx)
        if name == "html":
            from imagelint.cli.output.missingextras import need

            need("jinja2", "report", "what makes HTML reports")
        return Format(name, path)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The formats that begin so."""
        return beginning(self._known, incomplete)


def below_repository(name: str, here: str) -> str:
    """The path from the root of the repository to `here`, for formats whose readers start there.

    Empty at the root, outside of any repository, and for formats of people.
    """
    if name not in _OF_REPOSITORY:
        return ""
    from imagelint.collect.findup import repository_of

    root = repository_of(here)
    return "" if root is None else here.removeprefix(root).strip("/")


def page_of_sources() -> str:
    """Where GitHub shows the files of the commit of a job; empty elsewhere."""
    from imagelint.collect.environment import variable

    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    server, repository, commit = map(variable, names)
    return f"{server}/{repository}/blob/{commit}" if server and repository and commit else ""
