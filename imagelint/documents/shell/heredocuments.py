"""Here-documents taken out of a text that the grammar cannot read with them.

It knows no two of them on a line, nothing but words between one and the end of its line, and none
within braces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.reader import RawRedirect

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping

    from tree_sitter import Node

    from imagelint.documents.shell.reader import Range

_PIECE = pattern(
    r"\\[\s\S]|'[^']*'|\"(?:[^\"\\]|\\[\s\S])*\"|(?<![^\s;&|()])#[^\n]*|<<<"
    r"|\(\((?:[^()\n]|\([^()\n]*\))*\)\)"
    r"|<<(?P<dash>-?)[ \t]*(?P<delimiter>(?:'[^'\n]*'|\"[^\"\n]*\"|\\.|[^\s|&;<>()'\"\\`$])+)"
    r"|(?P<feed>\n)|[^\\'\"#<(\n]+|[\s\S]"
)
_QUOTE = pattern(r"['\"\\]")


class HereDocument(NamedTuple):
    """Offsets: `start` of `<<`, `behind` its delimiter, `end` behind the line that ends the body.

    `literal` tells that no variable in the body is filled in.
    """

    start: int
    behind: int
    operator: str
    body: tuple[int, int]
    end: int
    literal: bool


class Lifted(NamedTuple):
    """A text with a plain redirect for each here-document and blanks for the bodies, as long.

    `documents` are those by the offset of their operator.
    """

    text: str
    documents: Mapping[int, HereDocument]


def lift(text: str) -> Lifted | None:
    """Take the here-documents out of a text; None without one, or with one that does not end."""
    documents: dict[int, HereDocument] = {}
    pieces: list[str] = []
    waiting: list[re.Match[str]] = []
    at = 0
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None:
            return None
        at = match.end()
        if match["delimiter"]:
            waiting.append(match)
            name = "x" * len(match["delimiter"])
            pieces.append(f"{'<'.ljust(len(match[0]) - len(name))}{name}")
            continue
        pieces.append(match[0])
        if match["feed"] and waiting:
            bodies = _bodies(text, at, waiting)
            if not bodies:
                return None
            documents.update((one.start, one) for one in bodies)
            pieces.append(_blank(text[at : bodies[-1].end]))
            at, waiting = bodies[-1].end, []
    return Lifted("".join(pieces), documents) if documents and not waiting else None


def alone(text: str, document: HereDocument) -> str:
    """A text as long up to the end of a here-document, which one command reads and nothing else.

    Empty where there is no room for that command: what has none runs nothing.
    """
    begin, _ = document.body
    head = f":{text[document.start : document.behind]}\n"
    return head.rjust(begin) + text[begin : document.end] if len(head) <= begin else ""


def _bodies(text: str, at: int, heads: Iterable[re.Match[str]]) -> list[HereDocument]:
    """The here-documents whose bodies follow one another from an offset; none: one is open."""
    found: list[HereDocument] = []
    for head in heads:
        document = _body(text, at, head)
        if document is None:
            return []
        found.append(document)
        at = document.end
    return found


def _body(text: str, begin: int, head: re.Match[str]) -> HereDocument | None:
    delimiter = _QUOTE.sub("", head["delimiter"])
    literal = delimiter != head["delimiter"]
    start = begin
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end].removesuffix("\n").removesuffix("\r")
        if (line.lstrip("\t") if head["dash"] else line) == delimiter:
            operator = f"<<{head['dash']}"
            return HereDocument(*head.span(), operator, (begin, start), end, literal)
        start = end
    return None


def _blank(text: str) -> str:
    return " " * (len(text) - 1) + ("\n" if text.endswith("\n") else " ")


def bodies_in(root: Node) -> list[Node]:
    """The bodies of the here-documents that are statements of their own."""
    return [
        body
        for statement in root.named_children
        for redirect in statement.named_children
        for body in redirect.named_children
        if body.type == "heredoc_body"
    ]


def document_redirect(node: Node, text: str) -> RawRedirect:
    """The redirect that the grammar has seen of a here-document."""
    operator = "<<"
    literal = False
    body: Range | None = None
    whole = (node.start_byte, node.end_byte)
    for child in node.children:
        if child.type in ("<<", "<<-"):
            operator = child.type
        elif child.type == "heredoc_start":
            delimiter = text[child.start_byte : child.end_byte]
            literal = any(mark in delimiter for mark in "'\"\\")
            whole = (node.start_byte, child.end_byte)
        elif child.type == "heredoc_body":
            body = (child.start_byte, child.end_byte)
    return RawRedirect(whole, operator, body, body=True, literal=literal)
