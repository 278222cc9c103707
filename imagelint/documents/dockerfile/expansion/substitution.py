"""What the operators in `${name:-word}` and its like come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.expansion.patterns import (
    Pattern,
    PatternError,
    read_pattern,
    replace,
    trim_prefix,
    trim_suffix,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_MATCHED = 1 << 12  # of a value that a pattern is applied to


class ExpansionError(ValueError):
    """BuildKit refuses the word; `args[0]` says why."""


class UnclosedQuoteError(ExpansionError):
    """A quote begins and does not end."""


class RequiredVariableError(ExpansionError):
    """`${name:?message}`, and the variable is certainly not set."""


class TextPart(NamedTuple):
    """A piece of an expanded text, empty when it is not known."""

    text: str
    known: bool = True


DOLLAR = TextPart("$")
NOT_KNOWN = TextPart("", known=False)


class VariableReference(NamedTuple):
    """The variable that is asked for, and whether an empty value counts as none (`:`)."""

    name: str
    colon: bool


def chosen(fact: Fact[str], operator: str, word: TextPart, asked: VariableReference) -> TextPart:
    """`-`, `+` and `?`, with or without a colon."""
    if fact is UNKNOWN:
        return NOT_KNOWN
    value = fact.value if isinstance(fact, Known) else None
    there = value is not None and not (asked.colon and value == "")
    if operator == "+":
        return word if there else TextPart("")
    if there:
        return TextPart(value or "")
    if operator == "-":
        return word
    message = word.text or f"is not allowed to be {'unset' if value is None else 'empty'}"
    raise RequiredVariableError(f"{asked.name}: {message}")


def trimmed(fact: Fact[str], operator: str, word: TextPart) -> TextPart:
    """`#`, `##`, `%` and `%%`; a doubled operator is the first character of `word`."""
    if fact is UNKNOWN or not word.known:
        return NOT_KNOWN
    value = fact.value if isinstance(fact, Known) else ""
    longest = word.text.startswith(operator)
    trim = trim_prefix if operator == "#" else trim_suffix
    text = word.text[1:] if longest else word.text
    return _matched(value, text, lambda pattern: trim(value, pattern, longest=longest))


def replaced(fact: Fact[str], pattern: TextPart, text: TextPart, *, every: bool) -> TextPart:
    """`/` and, for every match, `//`."""
    if fact is UNKNOWN or not (pattern.known and text.known):
        return NOT_KNOWN
    if every and "$" in text.text:  # Go takes it for the name of a group
        return NOT_KNOWN
    value = fact.value if isinstance(fact, Known) else ""
    return _matched(
        value, pattern.text, lambda known: replace(value, known, text.text, every=every)
    )


def _matched(value: str, text: str, apply: Callable[[Pattern], str]) -> TextPart:
    """The outcome of a pattern; unknown where it would cost too much to tell."""
    if "\n" in value or len(value) > _LONGEST_MATCHED or len(text) > _LONGEST_MATCHED:
        return NOT_KNOWN
    try:
        return TextPart(apply(read_pattern(text)))
    except PatternError as error:
        raise ExpansionError(f"{error} in the pattern {text}") from None
