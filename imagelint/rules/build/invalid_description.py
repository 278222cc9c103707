"""The rule `invalid-description`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction


@rule(Dockerfile, Severity.INFO, references=("BuildKit InvalidDefinitionDescription",))
def invalid_description(dockerfile: Dockerfile, ctx: Context) -> Findings:
    """A comment above an ARG or a stage does not begin with its name.

    `docker build --call=outline` shows the comment right above an ARG or a FROM as its
    description, if it begins with the name. A comment that is none stands apart, by an empty line.

    Bad:
        # The release of the server.
        ARG VERSION=1.2
        FROM alpine:3.20

    Good:
        # VERSION is the release of the server.
        ARG VERSION=1.2
        FROM alpine:3.20
    """
    lines = ctx.source.text.split("\n")
    for instruction in dockerfile.instructions:
        names = _names(instruction)
        above = lines[instruction.start_line - 2].strip() if instruction.start_line > 1 else ""
        if not names or not above.startswith("#"):
            continue
        words = above[1:].split()
        if not words or words[0] in names or _is_directive(above, dockerfile):
            continue
        yield ctx.finding(
            instruction.keyword_span,
            f"the comment above it does not begin with `{names[0]}`",
            help=f"write `# {names[0]} <description>`, or leave an empty line behind the comment",
            subject=names[0],
        )


def _names(instruction: Instruction) -> tuple[str, ...]:
    if instruction.keyword == "ARG":
        return tuple(word.raw.partition("=")[0] for word in instruction.words)
    words = instruction.words
    named = instruction.keyword == "FROM" and len(words) == 3  # noqa: PLR2004 - image, AS, name
    return (words[2].raw.lower(),) if named else ()


def _is_directive(line: str, dockerfile: Dockerfile) -> bool:
    name = line[1:].partition("=")[0].strip().lower()
    return "=" in line and name in dockerfile.directives
