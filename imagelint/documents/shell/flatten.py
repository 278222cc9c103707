"""The syntax tree's lists and pipelines, taken apart into commands and operators.

The grammar nests them as it likes: `a | b | c && d` is `a | (b | c && d)` to it, what stands
behind `<<EOF` on its line is a part of the redirect, and a line feed may be lost in a command. The
order in the text is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.lists import CHOICES, PIPES, Link

if TYPE_CHECKING:
    from tree_sitter import Node

REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
OUTPUTS = frozenset((">", ">>", ">|", "&>", "&>>", "1>", "1>>", ">&"))
"""The operators that send somewhere what a command writes."""
GATHERING = (">", ">|", ">>")
"""Those by which a group sends to a file what all of its commands write."""
SKIPPED = frozenset({"comment", "ERROR"})
SIMPLE = frozenset(
    {"command", "declaration_command", "unset_command", "test_command"}
    | {"variable_assignment", "variable_assignments"}
)
EXPRESSIONS = frozenset(
    {"binary_expression", "unary_expression", "parenthesized_expression", "ternary_expression"}
    | {"postfix_expression", "negated_expression"}
)
COMMANDS = frozenset({"command", "declaration_command", "unset_command", "variable_assignments"})
_LISTS = frozenset({"list", "pipeline"})
_OPERATORS = PIPES | CHOICES | {";", "&", "\n"}
_DOCUMENT = frozenset({"heredoc_start", "heredoc_body", "heredoc_end", "ERROR", "comment"})
_CONTINUATION = pattern(r"\\\r?\n")


class Part(NamedTuple):
    """A statement that is no list, and the redirects that belong to it.

    A `redirected_statement` is one only when it has no body: redirects without a command.
    `children` are those of the node that belong to this statement; none: all of them.
    """

    node: Node
    redirects: tuple[Node, ...] = ()
    children: tuple[Node, ...] = ()


_Pieces: TypeAlias = list["str | Part"]


def flatten(part: Part, text: str) -> list[Link[Part]]:
    """The statements of a list, a pipeline or a redirected statement, in the text's order."""
    links: list[Link[Part]] = []
    operator = ""
    pieces: _Pieces = [part]
    while pieces:
        piece = pieces.pop()
        if isinstance(piece, str):
            operator = piece
            continue
        if piece.node.type in _LISTS:
            pieces += reversed(_of_list(piece))
            continue
        if piece.node.type == "redirected_statement":
            piece, behind = _of_redirected(piece)
            pieces += reversed(behind)
            if piece.node.type in _LISTS or _has_body(piece.node):
                pieces.append(piece)
                continue
        for line in _lines(piece, text):
            links.append(Link(operator, line))
            operator = ""
    return links


def is_several(node: Node, text: str) -> bool:
    """Whether a simple command holds a line feed that ends one: it is several, then."""
    return node.type in COMMANDS and len(_lines(Part(node), text)) > 1


def _lines(part: Part, text: str) -> list[Part]:
    """The commands of what the grammar takes for one, where a line feed stands between words."""
    node = part.node
    if node.type not in COMMANDS or "\n" not in text[node.start_byte : node.end_byte]:
        return [part]
    lines: list[list[Node]] = []
    end = node.start_byte
    for child in node.children:
        if not lines or _ends_command(text[end : child.start_byte]):
            lines.append([])
        lines[-1].append(child)
        end = child.end_byte
    if len(lines) == 1:
        return [part]
    parts = [Part(node, (), tuple(line)) for line in lines]
    parts[-1] = parts[-1]._replace(redirects=part.redirects)
    return parts


def _ends_command(gap: str) -> bool:
    return "\n" in gap and "\n" in _CONTINUATION.sub("", gap)


def _of_list(part: Part) -> _Pieces:
    """The parts of a list or a pipeline; redirects behind it belong to its last command."""
    pieces: _Pieces = []
    last = 0
    for child in part.node.children:
        if child.type in _OPERATORS:
            pieces.append(child.type)
        elif child.is_named and child.type != "comment":
            last = len(pieces)
            pieces.append(Part(child))
    if pieces and isinstance(final := pieces[last], Part):
        pieces[last] = final._replace(redirects=part.redirects)
    return pieces


def _of_redirected(part: Part) -> tuple[Part, _Pieces]:
    """The body with all its redirects, and what follows `<<EOF` on its line.

    Without a body it is the statement itself.
    """
    children = part.node.children
    own = [child for child in children if child.type in REDIRECTS]
    inner = [child for one in own for child in one.children if child.type in REDIRECTS]
    redirects = (*own, *inner, *part.redirects)
    behind = [piece for one in own for piece in _behind_document(one)]
    return Part(_body(part.node) or part.node, redirects), behind


def _body(node: Node) -> Node | None:
    for child in node.named_children:
        if child.type not in REDIRECTS and child.type != "comment":
            return child
    return None


def _has_body(node: Node) -> bool:
    return node.type == "redirected_statement" and _body(node) is not None


def _behind_document(redirect: Node) -> _Pieces:
    if redirect.type != "heredoc_redirect":
        return []
    pieces: _Pieces = []
    for child in redirect.children:
        if child.type in _OPERATORS:
            pieces.append(child.type)
        elif child.type == "pipeline" or (
            pieces and child.is_named and child.type not in REDIRECTS | _DOCUMENT
        ):
            pieces.append(Part(child))
    return pieces


def words_behind(document: Node) -> list[tuple[int, int]]:
    """The ranges of the words between `<<EOF` and the end of the command."""
    ranges: list[tuple[int, int]] = []
    for child in document.children:
        if child.type in _OPERATORS or child.type in ("pipeline", "ERROR"):
            break
        if not child.is_named or child.type in REDIRECTS | _DOCUMENT:
            continue
        if ranges and ranges[-1][1] == child.start_byte:
            ranges[-1] = (ranges[-1][0], child.end_byte)
        else:
            ranges.append((child.start_byte, child.end_byte))
    return ranges
