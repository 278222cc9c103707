"""The syntax tree of a text, also where the grammar needs help to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.grammar import is_broken, parse
from imagelint.documents.shell.heredocuments import lift
from imagelint.documents.shell.normalize import parted, simplified, unturned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

    from imagelint.documents.shell.heredocuments import HereDocument
    from imagelint.documents.shell.reader import Reader

# A dash right before a here-document: `docker build - <<EOF`.
_LEFT_OUT = pattern(r"[ \t]-[ \t]*<<(?!<)")
_NO_DOCUMENTS: Mapping[int, HereDocument] = {}


class Syntax(NamedTuple):
    """A whole syntax tree, and the here-documents that are not in it, by their operators."""

    root: Node
    documents: Mapping[int, HereDocument]


def syntax_of(reader: Reader) -> Syntax | None:
    """The syntax of a text, said to be unreadable in the output where a part of it is not in it.

    Where the grammar fails on the text as it is written, simpler ones that mean the same are tried.
    None when it is too costly.
    """
    text = unturned(reader.text)
    tree = parse(text)
    if tree is None:
        reader.output.readable = False
        return None
    if not is_broken(tree.root_node):
        return _whole(text) or Syntax(tree.root_node, _NO_DOCUMENTS)
    whole = _simpler(text) or _parted(reader)
    if whole is None:
        reader.output.readable = False
    return whole or Syntax(tree.root_node, _NO_DOCUMENTS)


def _whole(text: str) -> Syntax | None:
    """The tree of a text of which the grammar would leave a word out without a word about it."""
    lifted = lift(text) if "<<" in text and _LEFT_OUT.search(text) else None
    tree = parse(lifted.text) if lifted is not None else None
    if lifted is None or tree is None or is_broken(tree.root_node):
        return None
    return Syntax(tree.root_node, lifted.documents)


def _simpler(text: str) -> Syntax | None:
    """The tree of a text in simpler signs; None where it is broken in each of them."""
    simple = simplified(text)
    lifted = lift(text) if "<<" in text else None
    candidates = [(simple, _NO_DOCUMENTS)]
    if lifted is not None:
        candidates += [(lifted.text, lifted.documents)]
        candidates += [(simplified(lifted.text), lifted.documents)]
    for candidate, documents in candidates:
        tree = parse(candidate)
        if tree is not None and not is_broken(tree.root_node):
            return Syntax(tree.root_node, documents)
    return None


def _parted(reader: Reader) -> Syntax | None:
    """The same with a blank between the parentheses of nested subshells."""
    moved = parted(reader.text)
    if moved is None:
        return None
    tree = parse(moved.text)
    plain = tree is not None and not is_broken(tree.root_node)
    reading = Syntax(tree.root_node, _NO_DOCUMENTS) if tree and plain else _simpler(moved.text)
    if reading is not None:
        reader.rewrite(moved)
    return reading
