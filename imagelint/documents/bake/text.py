"""Texts of several lines in bake files, as the builder gets them.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions
"""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

_EXPANSION = pattern(r"[$%]\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}|([$%])\2\{|[$%]\{")
_HERE = pattern(r"<<(?P<dash>-?)[\w-]+\r?\n(?P<body>(?:[^\n]*\n)*+)[ \t]*[\w-]+\s*")
_ESCAPE = pattern(r"\\(?:([nrt\"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LAST = 0x10FFFF


def inline_text(found: object, variables: Mapping[str, str], *, quoted: bool) -> Fact[str]:
    """What a value stands for, known variables filled in; unknown where something else is.

    `quoted` tells that it is as it is written in HCL: with escapes, or as a here-document.
    """
    if not isinstance(found, str):
        return ABSENT if found is None else UNKNOWN
    bare = found[1:-1] if len(found) > 1 and found[0] == found[-1] == '"' else found
    here = _HERE.fullmatch(bare) if quoted else None
    if here is not None:
        bare = dedent(here["body"]) if here["dash"] else here["body"]
    elif quoted:
        bare = _ESCAPE.sub(_unescaped, bare)
    unknown = [
        one for one in _EXPANSION.finditer(bare) if not one[2] and not variables.get(one[1] or "")
    ]
    if unknown:
        return UNKNOWN
    # `$${` stands for itself, and is left to the Dockerfile.
    return Known(_EXPANSION.sub(lambda one: f"{one[2]}{{" if one[2] else variables[one[1]], bare))


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return _ESCAPED[escape[1]]
    code = int(escape[2] or escape[3], 16)
    return chr(code) if code <= _LAST else escape[0]
