"""Templates: texts that become documents only when they are rendered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source

TEMPLATE_BLOCK = pattern(r"^[ \t-]*\{[{%]|\{[{%]-", re.MULTILINE)
"""What begins a control block, or an expression that stands for more than a value."""
_HELP = "render it first (%s) and check what comes out"
_BY_GO = "`helm template`, `kustomize build`"
_BY_JINJA = "as Ansible or `jinja2` does"
_BY_OTHERS = "as the tool does that it belongs to"
# What begins an action of Go's templates, and no expression of Jinja's.
_GO = pattern(
    r"\{\{-?\s*(?:[.$]|/\*|end\s*-?\}"
    r"|(?:if|range|with|include|template|define|block|toYaml|tpl)[ \t]+[\"$.(\w])"
)

# Jinja's and Go's; `${templateOption:…}` is that of containers.dev, `$[NAME]` in the place of
# instructions that of scripts which replace words.
_INSTRUCTION = pattern(
    r"(?im)^(?:\{[{%]|\$\[\w+\][ \t]*$|FROM[ \t].*\{\{"
    r"|(?:FROM[ \t]+)?(?:__\w+__|@\w+@|%%\w+%%)[ \t]*(?:AS[ \t].*)?$)|\$\{templateOption:"
)
_HERE_DOCUMENT = pattern(r"(?<!<)<<(?!<)-?[\"']?([A-Za-z_][\w.-]*)")
BRACES = pattern(r"\{\{|\{%|<%|@[A-Za-z_]\w*@")
"""What stands for something else, be it a value or a block."""


def template_error(text: str) -> DocumentError:
    """Why a template cannot be examined, at its first braces."""
    message = "this is a template: what it becomes is known only when it is rendered"
    found = BRACES.search(text)
    at = found.start() if found else 0
    return DocumentError(ProblemKind.TEMPLATE, message, Span(at, at), _HELP % _renderer(text))


def fills_instructions_in(dockerfile: str) -> bool:
    """Whether not even the instructions of a Dockerfile are certain.

    Its here-documents may hold, and end with, what elsewhere stands for something else.
    """
    if _INSTRUCTION.search(dockerfile) is None:
        return False
    return any(map(_INSTRUCTION.search, _outside_here_documents(dockerfile)))


def _outside_here_documents(dockerfile: str) -> Iterator[str]:
    """The lines of a Dockerfile that are no part of a here-document."""
    ends: list[str] = []
    for line in dockerfile.splitlines():
        if ends:
            if line.strip() == ends[0]:
                del ends[0]
            continue
        yield line
        if "<<" in line and not line.lstrip().startswith("#"):
            ends += _HERE_DOCUMENT.findall(line)


def filled_in_error(span: Span) -> DocumentError:
    """Why what stands at a place is not read in a document that is no template otherwise."""
    message = "a template fills this in: it was not examined"
    return DocumentError(ProblemKind.TEMPLATE, message, span, _HELP % _BY_OTHERS)


def _renderer(text: str) -> str:
    """What renders a template, as far as its braces tell."""
    if _GO.search(text):
        return _BY_GO
    return _BY_JINJA if "{%" in text else _BY_OTHERS


def refuse_template(source: Source) -> NoReturn:
    """Say that a text is a template, at its first braces.

    Raises:
        DocumentError: always.
    """
    raise template_error(source.text)
