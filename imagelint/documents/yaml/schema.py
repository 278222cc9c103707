"""What a scalar means: the core schema of YAML 1.2, where `off` stays a word, as Go reads it.

Kubernetes, Helm and compose read YAML with go-yaml, which takes the numbers of Go as well (`1_000`,
`0b11`, `017`), and looks at tags before it looks at quotes.
https://github.com/yaml/go-yaml/blob/v2/resolve.go
"""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.documents.booleans import GO_YAML, YAML_CORE

_LONGEST_NUMBER = 400

_NUMBER_START = frozenset("0123456789+-.")
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **YAML_CORE,
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
# https://pkg.go.dev/strconv#ParseInt with base 0; go-yaml drops every underline before.
_INTEGER = pattern(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<binary>[01]+)"
    r"|0[oO]?(?P<octal>[0-7]+)|(?P<decimal>0|[1-9][0-9]*))",
    re.ASCII,
)
_BASES = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_TAG = "tag:yaml.org,2002:"


def resolve(word: str) -> str | int | float | bool | None:
    """What a plain scalar without a tag means."""
    if word in _WORDS:
        return _WORDS[word]
    if word[0] not in _NUMBER_START or len(word) > _LONGEST_NUMBER:
        return word
    digits = word.replace("_", "")
    integer = _INTEGER.fullmatch(digits)
    if integer:
        base = str(integer.lastgroup)
        number = int(integer[base], _BASES[base])
        return -number if integer["sign"] == "-" else number
    return float(digits) if _FLOAT.fullmatch(digits) else word


def resolve_tagged(word: str, tag: str) -> str | int | float | bool | None:
    """What a scalar with a tag means, plain or quoted; a tag that go-yaml does not know: a string.

    What its tag does not fit is refused by go-yaml, with the whole file: here it stays a word.
    """
    match tag.removeprefix(_TAG):
        case "bool":
            return GO_YAML.get(word, word)
        case "int" | "null":
            return resolve(word)
        case "float":
            number = resolve(word)
            return float(number) if type(number) is int else number
        case "binary":
            return _decoded(word)
    return word


def _decoded(word: str) -> str:
    import binascii

    try:
        return binascii.a2b_base64(word, strict_mode=False).decode("utf-8", errors="replace")
    except binascii.Error:
        return word
