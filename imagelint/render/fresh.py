"""What a chart draws anew each time: keys, certificates and passwords that stand in no file.

A chart that can draw is rendered twice, and what differs is what was drawn. Nobody wrote that, and
the next installation has another: it is left open in what was made, as a value that is not known.
"""

from __future__ import annotations

from posixpath import commonprefix
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

# https://helm.sh/docs/chart_template_guide/function_list/ (cryptographic, random and UUID)
_DRAWS = pattern(
    r"\b(?:gen(?:PrivateKey|CA|SelfSignedCert|SignedCert)|rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes"
    r"|Int)|uuidv4|shuffle|htpasswd|bcrypt|encryptAES)"
)
# One word, which nothing can stand beside that would be hidden with it.
_ONE = r"(?:\"[^\s\"\\]*+\"|'[^\s']*+'|[^\s|>&*!#\"'{}\[\],][^\s#{}\[\],]*+)"
_KEYED = pattern(r"([ -]*[^\s:#{\[\"'-][^\s:]*:[ ]+)" + _ONE)
_LISTED = pattern(r"(\s*-[ ]+)" + _ONE)
_ALONE = pattern(r"(\s*)[\w+/=.-]+")
_PART = pattern(r"[\w+/.-]+")
_OPEN = '"{{ drawn }}"'
_PLACEHOLDER = "<drawn>"


def draws(texts: Iterable[str]) -> bool:
    """Whether one of some templates may draw something at random."""
    return any(_DRAWS.search(text) for text in texts)


def left_open(made: str, again: str) -> str:
    """What was made, with an open value in each line that did not come out again.

    Only a value of one word is open. Of other lines the words that differ are a placeholder, and
    the rest of them counts: nothing is hidden by something that is drawn beside it. The lines stay
    as many as they are, and so does what stands before a value.
    """
    lines, others = made.split("\n"), again.split("\n")
    same = frozenset(others)
    if len(lines) != len(others):
        return "\n".join(one if one in same else _opened(one, one) for one in lines)
    pairs = zip(lines, others, strict=True)
    return "\n".join(one if one in same else _opened(one, other) for one, other in pairs)


def _opened(line: str, other: str) -> str:
    found = _KEYED.fullmatch(line) or _LISTED.fullmatch(line)
    if found is not None:
        return f"{found[1]}{_OPEN}"
    if (alone := _ALONE.fullmatch(line)) is not None:
        return f"{alone[1]}{_PLACEHOLDER}"
    if line == other:
        return line
    start = len(commonprefix((line, other)))
    rest = line[start:][::-1], other[start:][::-1]
    end = len(line) - len(commonprefix(rest))
    # Parts of a word that happen to be the same are no less drawn.
    start -= _reach(line[: start + 1][::-1]) - 1 if _reach(line[start:end]) else 0
    end += _reach(line[end - 1 :]) - 1 if _reach(line[start:end][::-1]) else 0
    return f"{line[:start]}{_PLACEHOLDER}{line[end:]}"


def _reach(text: str) -> int:
    """How far a word goes on."""
    found = _PART.match(text)
    return found.end() if found else 0
