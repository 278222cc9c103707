"""What a plain scalar means: the core schema of YAML 1.2, where `off` stays a word."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.documents.booleans import YAML_CORE

_LONGEST_NUMBER = 400

_NUMBER_START = frozenset("0123456789+-.")
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **YAML_CORE,
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
# https://yaml.org/spec/1.2.2/#1032-tag-resolution
_INTEGER = pattern(r"[-+]?[0-9]+", re.ASCII)
_BASED = pattern(r"0o([0-7]+)|0x([0-9a-fA-F]+)", re.ASCII)
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)


def resolve(word: str) -> str | int | float | bool | None:
    """What a plain scalar means by the core schema of YAML 1.2."""
    if word in _WORDS:
        return _WORDS[word]
    if word[0] not in _NUMBER_START or len(word) > _LONGEST_NUMBER:
        return word
    if _INTEGER.fullmatch(word):
        return int(word)
    based = _BASED.fullmatch(word)
    if based:
        return int(based[1], 8) if based[1] else int(based[2], 16)
    return float(word) if _FLOAT.fullmatch(word) else word
