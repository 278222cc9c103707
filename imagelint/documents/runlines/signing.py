"""Lines by which cosign signs images: which are named, and whether by what they hold.

sigstore/cosign@v3.0.2: cmd/cosign/cli/options/sign.go, registry.go, root.go (which flags take no
value), doc/cosign_sign.md (a digest is what is signed, whatever is named)
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.shell.script import Command, Word

SIGNER, SIGNING = "cosign", "sign"
_SWITCHES = frozenset(
    (
        *("-d", "--verbose", "-r", "--recursive", "-y", "--yes", "--sk", "--k8s-keychain"),
        *("--allow-http-registry", "--allow-insecure-registry", "--issue-certificate"),
        *("--tlog-upload", "--upload", "--new-bundle-format", "--use-signing-config"),
        "--record-creation-timestamp",
    )
)
_VARIABLE = pattern(r"\$(?:\{[^{}]*\}|[A-Za-z_]\w*)")


class SignedImage(NamedTuple):
    """An image that a line signs, by `text` as it is written; `by_tag` where no digest is named."""

    span: Span
    text: str
    by_tag: bool
    path: str = ""


def read_signing(command: Command) -> Iterator[SignedImage]:
    """The images that a command signs; none for other commands."""
    words = command.arguments
    if command.program != SIGNER or not words or words[0].text != SIGNING:
        return
    for before, word in pairwise(words):
        flag = before.text
        valued = flag.startswith("-") and "=" not in flag and flag not in _SWITCHES
        if not valued and word.text and not word.text.startswith("-"):
            text = word.raw.strip("\"'")
            yield SignedImage(word.span, text, _is_by_tag(word, text))


def _is_by_tag(word: Word, text: str) -> bool:
    """Whether a tag is certainly what is named: of a variable alone nobody knows."""
    if isinstance(word.value, Known):
        return "@" not in word.value.value
    if "$(" in text or "`" in text or "digest" in text.lower():
        return False
    plain = _VARIABLE.sub("x", text)
    return "@" not in plain and "$" not in plain and ":" in plain.rpartition("/")[2]
