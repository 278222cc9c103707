"""Words of a shell as values of a service: what is not known of them is a variable of compose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.compose.interpolation import interpolated
from imagelint.documents.compose.words import MappedWord
from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.quoted import SUBSTITUTED, unquote
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Word

_PARAMETER = pattern(r"\$(?:[0-9@*#?!-])")
_FILLED_IN = pattern(r"[$`]")
_GLOB = pattern(r"[*?\[]|\{[^}]*(?:,|\.\.)")
# Where a line is run, as `$PWD` is in scripts: at the beginning of a path, also of a mount.
_HERE = pattern(
    r"(\"?(?:[\w=,/.-]*\b(?:source|src)=)?\"?)(?:\$\([ \t]*pwd[ \t]*\)|`[ \t]*pwd[ \t]*`)"
    r"(?=[\"/:,]|$)"
)
_GAP = f"${{{SUBSTITUTED[1:]}}}"


class Value(NamedTuple):
    """A word, or a part of it, as compose would write it.

    `text` has `$$` for a dollar and `$NAME` or `${NAME:-default}` for what is filled in, `raw` is
    what is written under the span.
    """

    span: Span
    text: str
    raw: str

    @property
    def fact(self) -> Fact[str]:
        """What it comes to: defaults count, other variables are unknown."""
        found = interpolated(self.text)
        return Known(found.value, self.span) if isinstance(found, Known) else UNKNOWN

    @property
    def known(self) -> str:
        """What it comes to, empty where that is not known."""
        fact = self.fact
        return fact.value if isinstance(fact, Known) else ""

    @property
    def scalar(self) -> Scalar:
        """The same as a node."""
        return Scalar(self.span, self.text, self.raw, plain=False)

    def behind(self, prefix: str) -> Value:
        """The rest behind a prefix of the text: `--name=`, `NAME=`."""
        text, raw, span = self.text[len(prefix) :], self.raw, self.span
        written = span.end - span.start == len(raw)
        inside = raw[:1] in "'\"" and raw.startswith(prefix, 1) and raw[-1:] == raw[:1]
        if not written or not (raw.startswith(prefix) or inside):
            return Value(span, text, raw)
        start, end = len(prefix) + inside, len(raw) - inside
        return Value(Span(span.start + start, span.start + end), text, raw[start:end])


def value_of(word: Word) -> Value:
    """A word as a value."""
    if isinstance(word.value, Known):
        return Value(word.span, word.value.value.replace("$", "$$"), word.raw)
    return Value(word.span, _with_variables(word.raw), word.raw)


def _with_variables(raw: str) -> str:
    """What is written in a word that is not known, without its quotes."""
    found = _HERE.match(raw)
    here = found is not None
    if found is not None:
        raw = f"{found[1]}.{raw[found.end() :]}"
    quoted = unquote(raw)
    text = quoted.mapped.text
    if quoted.literal:
        return text.replace("$", "$$")
    if not _FILLED_IN.search(raw):
        plain = (here or raw.startswith("~")) and not _GLOB.search(raw)
        return text if plain else _GAP
    return _PARAMETER.sub(_GAP, text)


def mapped_word(word: Word) -> MappedWord:
    """A word, and its text as a script that it may be: places are exact where it is written so."""
    fact = value_of(word).fact
    read = word._replace(value=Known(fact.value, word.span) if isinstance(fact, Known) else UNKNOWN)
    if word.span.end - word.span.start != len(word.raw):
        return MappedWord(read, MappedText(read.text, word.span, ()), "")
    quoted = unquote(word.raw).mapped
    if isinstance(fact, Known) and quoted.text != fact.value:
        return MappedWord(read, MappedText(fact.value, word.span, ()), "")
    outer = MappedText.verbatim(word.raw, word.span.start)
    return MappedWord(read, quoted.within(outer), "")
