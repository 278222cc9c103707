"""tree-sitter's grammar of bash: loaded when the first script needs it, once per process."""

from __future__ import annotations

import re
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from types import ModuleType

    from tree_sitter import Node, Parser, Tree

_FOREIGN = pattern(r"[^\x01-\x7f]")
# A `-` before `2>`.
_DASH = pattern(r"(?<=[ \t])-(?=(?:[ \t]|\\\n)+\d+[<>])")
# The end of a line behind a redirect, where another command begins the next one.
_REDIRECTED = pattern(
    r"^(?P<line>[^\n#]*(?:[<>]&?|>>|>\|)[ \t]*[^\s;&|<>()#'\"`\\]++[ \t]*+)\n(?=[ \t]*+[\w./$\"'])",
    re.MULTILINE,
)
# A run of continuations, at the start of a line, before `2>` or at the end of a line, or not.
_CONTINUATIONS = pattern(
    r"(?P<start>^(?<!\\\n)[ \t]*+)?(?:\\\n[ \t]*+)++"
    r"(?P<next>(?<=[ \t])(?=[0-9]+[<>])|(?=\n|\Z))?",
    re.MULTILINE,
)
# The parser's time grows with the square of the number of these in text that is not a script at
# all, and in pipelines without end. Scripts of people have some dozens, each behind a word or two.
_OPERATORS = "<>|&()[{$"
_MOST_OPERATORS = 4_000
_FEW_OPERATORS = 200
_CHARACTERS_AN_OPERATOR = 8


@cache
def _parser() -> Parser:
    from tree_sitter import Language, Parser

    return Parser(Language(_grammar().language()))


def _grammar() -> ModuleType:
    """The compiled module of tree-sitter-bash, where it can be had without the package around it.

    The package is there for highlighting, and imports what reads resources, archives and temporary
    files for it: that takes as long as to read a hundred scripts.
    """
    package = find_spec("tree_sitter_bash")
    within = package.submodule_search_locations if package else None
    binding = PathFinder.find_spec("tree_sitter_bash._binding", within)
    if binding is None or binding.loader is None:
        import tree_sitter_bash

        return tree_sitter_bash
    module = module_from_spec(binding)
    binding.loader.exec_module(module)
    return module


def parse(text: str) -> Tree | None:
    """The syntax tree, whose byte offsets are code-point offsets of the text; None: too costly.

    Characters beyond ASCII have no meaning in shell syntax, but more than one byte: a comma, which
    has none either, stands in for each. A carriage return before a line feed becomes another line
    feed, and continuations that the grammar takes for words, or loses words at, become blanks. So
    it loses a `-` before `2>`: a comma stands for that, too. A line feed behind a redirect, which
    it loses in pipelines, becomes a semicolon, unless what follows may be a here-document.
    """
    if _is_costly(text):
        return None
    plain = text if text.isascii() and "\0" not in text else _FOREIGN.sub(",", text)
    if "\r" in plain:
        plain = plain.replace("\\\r\n", " \\\n").replace("\r\n", "\n\n")
    if "\\\n" in plain:
        plain = _CONTINUATIONS.sub(_blanks, plain)
    if "- " in plain or "-\t" in plain:
        plain = _DASH.sub(",", plain)
    if "|" in plain and "<<" not in plain:
        plain = _REDIRECTED.sub(r"\g<line>;", plain)
    return _parser().parse(plain.encode())


def _blanks(match: re.Match[str]) -> str:
    misread = match["start"] is not None or match["next"] is not None
    return " " * len(match[0]) if misread else match[0]


def _is_costly(text: str) -> bool:
    operators = sum(map(text.count, _OPERATORS))
    dense = operators > _FEW_OPERATORS + len(text) // _CHARACTERS_AN_OPERATOR
    return dense or operators > _MOST_OPERATORS


def is_broken(root: Node) -> bool:
    """Whether a part of the text is not in the tree."""
    if not root.has_error:
        return False
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or (node.is_missing and not _is_nameless_command(node)):
            return True
        stack.extend(child for child in node.children if child.has_error or child.is_missing)
    return False


def _is_nameless_command(node: Node) -> bool:
    """`X=1 > file` is a command without a name; the grammar thinks that it misses one."""
    parent = node.parent
    return parent is not None and parent.type == "command_name" and parent.child_count == 1
