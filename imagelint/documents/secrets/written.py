"""Secrets that stand in the middle of a text: in addresses, headers, options, login commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.named_secrets import ANYTHING, named_values
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.redact import secret_spans
from imagelint.core.secret_forms import SIGNATURE
from imagelint.core.source import Span
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.secrets.values import is_counted_key, is_path, is_placeholder, secret_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.named_secrets import Hinted, NamedValue

# What examples write for the password of an address, and what fills it later.
_EXAMPLES = frozenset(
    ("pass", "pwd", "pw", "passwd", "user", "username", "x-oauth-basic", "oauth2")
)
_FILLED = pattern(r"[$`{}<>*]|%\(|%[a-z]\b|%[A-Z_]{3}\w*%|\.\.\.|…")
# What `useradd -p` takes, crypt(5): who has it tries passwords without being counted.
_CRYPT = pattern(r"\\?\$\w{1,9}\\?\$")
# Code in here-documents: `os.environ[`, `get_token(`, `settings.api_key`, `token).get(`.
_CODE = pattern(
    r"[\w.]*[\[(].*|[A-Za-z_]\w*\)+[.,\[].*|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+[),;:]*|[A-Za-z_]*[),;:]+"
)
# What tells a password only in files of a name.
_OF_FILES = {
    "netrc": pattern(r"\b(?:password|account)\s+(\S+)"),
    # https://curl.se/docs/manpage.html#-K
    "curlrc": pattern(
        r"^[ \t]{0,9}(?:-u|(?:--)?(?:proxy-)?user)\b[ \t=:]{0,9}\"?[^\s:\"]{1,99}:([^\s\"]{4,})",
        re.MULTILINE,
    ),
}
_COMMENT = pattern(r"[ \t]*#")
_SHORTEST_TOKEN = 20
_LONGEST_COMMENT = 10_000


class WrittenSecret(NamedTuple):
    """A secret in a text: `span` is its own, `name` what it is called, empty for an address.

    `what` is how a reader is told of it, for the beginning of a sentence. `counted` says that it
    looks like a key which somebody made up by counting.
    """

    span: Span
    name: str
    what: str
    counted: bool = False

    @property
    def certain(self) -> bool:
        """Whether the form alone says that it is one, and that it is more than borrowed."""
        return not (self.name or self.counted) and self.what != SIGNATURE


def written_secrets(text: str, start: int = 0, among: Hinted = ANYTHING) -> Iterator[WrittenSecret]:
    """The secrets of a text that something in front of them gives away, each once, in order.

    Those that are keys by their looks are not among them, nor what a line comments. `start` is
    added to the places; `among` is what may occur in it, where the whole text has told that.
    """
    done = 0
    for value in sorted(named_values(text, among)):
        written = text[value.span.start : value.span.end]
        if value.span.start < done or not _counts(value, written, text):
            continue
        done = value.span.end
        place = Span(start + value.span.start, start + value.span.end)
        yield WrittenSecret(place, value.name, value.what, is_counted_key(written))


def tells_secret(text: str, name: str = "") -> bool:
    """Whether a text holds a secret, be it a key by its looks; some files tell by their name."""
    if any(secret_kind(text[span.start : span.end]) for span in secret_spans(text)):
        return True
    for ending, told in _OF_FILES.items():
        if name.endswith(ending) and any(not _FILLED.search(m[1]) for m in told.finditer(text)):
            return True
    return any(True for _ in written_secrets(text))


def _counts(value: NamedValue, written: str, text: str) -> bool:
    if value.name and not is_secret_name(value.name):
        return False
    if _FILLED.search(written) and not _CRYPT.match(written):
        return False
    if written == value.name or text.startswith("${{", value.span.end):
        return False  # an object that is called so: `--age-secret=age-secret`; filled by a workflow
    if is_placeholder(written) or (secret_kind(written) and not is_counted_key(written)):
        return False
    if is_path(written) or written.lower() in _EXAMPLES or _is_comment(text, value.span.start):
        return False
    if value.name:
        return not _CODE.fullmatch(written) and "://" not in written
    return not _is_variable(text, value.span, written) and not _is_user(text, value.span, written)


def _is_variable(text: str, span: Span, written: str) -> bool:
    """Whether a program's variable stands behind a quoted key: `{"Authorization": value,`."""
    if text[span.start - 1 : span.start] != " " or not written.isidentifier():
        return False
    key = text[: span.start].rstrip(" ")[-2:]
    return key in ('":', "':") and text[span.end : span.end + 1] in (",", "}", ")")


def _is_user(text: str, span: Span, written: str) -> bool:
    """Whether only a user stands in an address: `https://organisation@host`."""
    alone = text.endswith("://", 0, span.start) and text.startswith(("@", ":@"), span.end)
    return alone and (len(written) < _SHORTEST_TOKEN or not any(map(str.isdigit, written)))


def _is_comment(text: str, at: int) -> bool:
    line = text.rfind("\n", max(0, at - _LONGEST_COMMENT), at)
    return (line >= 0 or at <= _LONGEST_COMMENT) and _COMMENT.match(text, line + 1) is not None
