"""Arrays that are no JSON: BuildKit takes them for words, or for a command of a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.complaints import BrokenJsonForm

if TYPE_CHECKING:
    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Word

_COMMANDS = ("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN")
_PATHS = ("ADD", "COPY", "VOLUME")
# `[ -f x ]` and `[[ … ]]` are commands of a shell, `[a-z]*` is a pattern of paths.
_QUOTED = pattern(r"\[\s*[\"'\u2018\u2019\u201c\u201d]")
_TEST = pattern(r"\[\[|\[\s+(?!\S+?,(?:\s|$))")
_ARRAY = pattern(r"\[[^\]]*\]\s*")


def broken_json_form(instruction: Instruction) -> Complaint | None:
    """The complaint about an array that was meant as one."""
    keyword = instruction.keyword
    if instruction.json or keyword not in (*_COMMANDS, *_PATHS):
        return None
    words = instruction.words[1:] if keyword == "HEALTHCHECK" else instruction.words
    if not words or not _meant(keyword, words):
        return None
    span = Span(words[0].span.start, words[-1].span.end)
    what = "a shell runs it as it is written" if keyword in _COMMANDS else "it is taken for words"
    message = f"this is no array in JSON form: {what}"
    help_ = 'put every word into double quotes and a comma between them: `["…", "…"]`'
    return BrokenJsonForm(span, keyword, message, help_, _mended(words, span, keyword))


def _meant(keyword: str, words: tuple[Word, ...]) -> bool:
    first = words[0].raw
    if not first.startswith("["):
        return False
    if keyword == "VOLUME":
        return True
    if keyword in _PATHS:
        return _QUOTED.match(first) is not None or _is_split_array(words)
    if _QUOTED.match(first):
        return not _is_test(first)
    return not _TEST.match(first) and _ARRAY.fullmatch(first) is not None


def _is_split_array(words: tuple[Word, ...]) -> bool:
    """`[a, b]` without quotes."""
    return len(words) > 1 and words[0].raw.endswith(",") and words[-1].raw.endswith("]")


def _is_test(text: str) -> bool:
    """`[ "$a" = b ]`: a blank behind the bracket, and no comma behind the first word."""
    if not text[1:2].isspace():
        return False
    return _FIRST_WORD.match(text) is None


_FIRST_WORD = pattern(r"\[\s*(?:\"(?:[^\"\\]|\\.)*\"|'[^']*')\s*(?:,|\]\s*$)")


# A word in quotes of any kind, or one without any; what a shell would change is neither.
_ITEM = pattern(
    r"[\s,]*(?:\"([^\"\\]*)\"|'([^'\"\\]*)'|[\u201c\u201d]([^\u201c\u201d\"\\]*)[\u201c\u201d]"
    r"|([^\s,\[\]\"'\u2018\u2019\u201c\u201d\\|&;<>()]+))(?=[\s,\]]|$)"
)
_END = pattern(r"[\s,]*\]?\s*")


def _mended(words: tuple[Word, ...], span: Span, keyword: str) -> str:
    """The array that was meant; empty where that is not certain, or it goes over several lines."""
    text = " ".join(word.raw for word in words)
    if len(text) != span.end - span.start or (keyword in _COMMANDS and "$" in text):
        return ""
    items, at = [], 1
    while found := _ITEM.match(text, at):
        items.append(next(group for group in found.groups() if group is not None))
        at = found.end()
    if not items or not _END.fullmatch(text, at):
        return ""
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"
