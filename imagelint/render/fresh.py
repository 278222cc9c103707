"""What a chart draws anew each time: keys, certificates and passwords that stand in no file.

A chart that can draw is rendered twice, and what differs is what was drawn. Nobody wrote that, and
the next installation has another: it is left open in what was made, as a value that is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

# https://helm.sh/docs/chart_template_guide/function_list/ (cryptographic, random and UUID)
_DRAWS = pattern(
    r"\b(?:gen(?:PrivateKey|CA|SelfSignedCert|SignedCert)|rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes"
    r"|Int)|uuidv4|shuffle|htpasswd|bcrypt|encryptAES)"
)
_KEYED = pattern(r"([ -]*[^\s:#{\[\"'-][^\s:]*:[ ]+)[^\s|>&#].*")
_LISTED = pattern(r"(\s*-[ ]+)[^\s|>&#].*")
_OPEN = '"{{ drawn }}"'


def draws(texts: Iterable[str]) -> bool:
    """Whether one of some templates may draw something at random."""
    return any(_DRAWS.search(text) for text in texts)


def left_open(made: str, again: str) -> str:
    """What was made, with an open value in each line that did not come out again.

    The lines stay as many as they are, and so does what stands before a value.
    """
    same = frozenset(again.split("\n"))
    return "\n".join(line if line in same else _opened(line) for line in made.split("\n"))


def _opened(line: str) -> str:
    found = _KEYED.fullmatch(line) or _LISTED.fullmatch(line)
    start = found[1] if found else line[: len(line) - len(line.lstrip())]
    return f"{start}{_OPEN}"
