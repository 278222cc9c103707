"""Questions about servers that nobody vouches for, and packages that nobody signed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.packages.lookup import MANAGERS, PACKAGE_PROGRAMS, manager_call
from imagelint.documents.packages.options import sort_words
from imagelint.documents.queries.downloads import downloads
from imagelint.documents.queries.downloadvalues import (
    ARIA_VALUES,
    CURL_VALUES,
    GIT_VALUES,
    WGET_VALUES,
)
from imagelint.knowledge.packages.transport import (
    ALWAYS_INSECURE,
    INSECURE_SETTING,
    INSECURE_SWITCHES,
    INSECURE_VARIABLES,
    NO,
    UNSIGNED_SETTING,
    UNSIGNED_SWITCHES,
    is_own_host,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import HereDoc
    from imagelint.documents.packages.model import Option
    from imagelint.documents.packages.options import ParsedOptions
    from imagelint.documents.packages.packagemanager import Call
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command, Word

__all__ = ["Weakness", "distinct", "insecure_file", "insecure_settings", "insecure_switches"]
__all__ += [
    "WRITING",
    "insecure_variable",
    "line_removal",
    "unsigned_file",
    "unsigned_settings",
    "unsigned_switches",
    "written_settings",
]

_VALUED = {"curl": CURL_VALUES, "wget": WGET_VALUES, "aria2c": ARIA_VALUES}
WRITING = frozenset(
    (
        "cat",
        "echo",
        "printf",
        "sed",
        "tee",
        "yum-config-manager",
        "dnf-config-manager",
        "add-apt-repository",
    )
)
"""The programs that write words into files of settings."""
_GIT = "git"
TRUSTING = WRITING | PACKAGE_PROGRAMS | INSECURE_SWITCHES.keys() | {_GIT}
"""The programs by which a command may do without certificates."""
TAKING = WRITING | PACKAGE_PROGRAMS | UNSIGNED_SWITCHES.keys()
"""The programs by which a command may take packages that nobody signed."""
_COMMENT = ("#", ";", "//")
_BEFORE = " \t'\""  # a comment, in a word that begins a line
_SED = "sed"
# What sed looks for is none of what it writes: `s/sought/written/`, `/sought/d`.
_SOUGHT = pattern(
    r"(?<![\w/])s(?P<by>[/|#@,:%!~+=^_])(?:\\.|(?!(?P=by))[^\\\n])*+(?P=by)"
    r"(?P<written>(?:\\.|(?!(?P=by))[^\\])*+)(?P=by)"
    r"|(?:^|(?<=[;{\s'\"!,]))/(?:\\.|[^/\\\n])*+/"
)
_HOSTS = frozenset(name for manager in MANAGERS for name in manager.insecure_variables)
_SWITCHED = frozenset(name for manager in MANAGERS for name in manager.secure_variables)


class Weakness(NamedTuple):
    """Something that takes trust away: `text` is what is written.

    `removal` is the part to replace, and by what, so that it is gone; None where that is no plain
    edit.
    """

    span: Span
    text: str
    removal: tuple[Span, str] | None = None


def insecure_switches(document: Document, command: Command) -> Iterator[Weakness]:
    """The options of a command by which certificates are not verified."""
    call = manager_call(command)
    if call is not None:
        yield from _options(document, command, call.words, call.manager.insecure)
        return
    names = INSECURE_SWITCHES.get(command.program)
    if names is not None and not _asks_itself(command):
        words = sort_words(command.arguments, _VALUED.get(command.program, frozenset()))
        yield from _options(document, command, words, names)


def unsigned_switches(document: Document, command: Command) -> Iterator[Weakness]:
    """The options of a command by which packages are taken that nobody signed."""
    call = manager_call(command)
    if call is not None:
        yield from _options(document, command, call.words, call.manager.unsigned)
        return
    names = UNSIGNED_SWITCHES.get(command.program)
    if names is not None:
        yield from _options(document, command, sort_words(command.arguments, frozenset()), names)


def _options(
    document: Document, command: Command, words: ParsedOptions, names: Iterable[str]
) -> Iterator[Weakness]:
    for option in words.options:
        whole = f"{option.name}={option.value.text}" if option.value else option.name
        if option.name in names or whole in names:
            said = whole if whole in names else option.name
            yield Weakness(option.span, said, _removal(document, command, option))


def _removal(document: Document, command: Command, option: Option) -> tuple[Span, str] | None:
    """Without the option, and what stands between it and the word before, or behind a comment."""
    words = command.words
    at = next((n for n, word in enumerate(words) if word.span.start == option.span.start), 0)
    if not at:
        return None
    word, before = words[at], words[at - 1]
    if len(option.name) == 2 and word.raw[:2] != "--" and len(word.raw.strip("\"'")) > 2:  # noqa: PLR2004 - `-k` in `-skL`
        return word.span, word.raw.replace(option.name[1], "", 1)
    if "#" not in document.written(Span(before.span.end, word.span.start)):
        return Span(before.span.end, option.span.end), ""
    behind = next((one for one in words if one.span.start >= option.span.end), None)
    if behind is None or "#" in document.written(Span(option.span.end, behind.span.start)):
        return None
    return Span(option.span.start, behind.span.start), ""


def line_removal(text: str, span: Span) -> tuple[Span, str]:
    """Without what is written there in a file of lines; with its line, where nothing else stands.

    A comment of the line stays.
    """
    begin = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end) + 1 or len(text)
    before, behind = text[begin : span.start], text[span.end : end]
    if before.strip():
        return Span(begin + len(before.rstrip()), span.end), ""
    if behind.strip():
        return Span(span.start, end - len(behind.lstrip())), ""
    return Span(begin, end), ""


def _asks_itself(command: Command) -> bool:
    """Whether all that is fetched comes from the machine itself, as health checks do."""
    fetched = downloads(command)
    return bool(fetched) and all(
        is_own_host(one.url.value if isinstance(one.url, Known) else _raw(command, one.span))
        for one in fetched
    )


def _raw(command: Command, span: Span) -> str:
    return next((word.raw.strip("\"'") for word in command.words if word.span == span), "")


def insecure_settings(command: Command) -> Iterator[Weakness]:
    """What a command writes into settings by which certificates are not verified."""
    call = manager_call(command)
    if call is not None:
        yield from _configured(call)
    if command.program == _GIT:
        yield from _of_git(command)
    if command.program in WRITING or call is not None:
        yield from written_settings(command, INSECURE_SETTING)


def unsigned_settings(command: Command) -> Iterator[Weakness]:
    """What a command writes into settings by which packages are taken that nobody signed."""
    call = manager_call(command)
    if command.program in WRITING or (call is not None and call.manager.ecosystem.is_system):
        yield from written_settings(command, UNSIGNED_SETTING)


def _configured(call: Call) -> Iterator[Weakness]:
    """`npm config set strict-ssl false`, `conda config --set ssl_verify no`."""
    manager, operands = call.manager, call.words.operands
    if not operands or operands[0].text not in ("config", "c", "set"):
        return
    for word, value in pairwise(operands):
        name = word.text.rpartition(".")[2]
        off = name in manager.secure_settings and value.text.lower() in NO
        if off or (name in manager.insecure_settings and value.text):
            yield Weakness(Span(word.span.start, value.span.end), f"{word.text} {value.text}")
    for word in operands:
        name, _, said = word.text.partition("=")
        if name in manager.secure_settings and said.lower() in NO:
            yield Weakness(word.span, word.text)


def _of_git(command: Command) -> Iterator[Weakness]:
    words = sort_words(command.arguments, GIT_VALUES)
    for option in words.options:
        name, _, said = (option.value.text if option.value else "").partition("=")
        if option.name in ("-c", "--config") and _is_verification(name) and said.lower() in NO:
            yield Weakness(option.span, f"{name}={said}")
    if words.operands and words.operands[0].text == "config":
        for word, value in pairwise(words.operands):
            if _is_verification(word.text) and value.text.lower() in NO:
                yield Weakness(Span(word.span.start, value.span.end), f"{word.text} {value.text}")


def _is_verification(name: str) -> bool:
    lower = name.lower()
    return lower.startswith("http.") and lower.endswith(".sslverify")


def written_settings(command: Command, settings: re.Pattern[str]) -> Iterator[Weakness]:
    """The settings of that pattern among the words and here-documents of a command."""
    bodies = (one.target for one in command.redirects if one.operator.startswith("<<"))
    texts: list[Word] = [*command.arguments, *(body for body in bodies if body is not None)]
    for word in texts:
        # No line of a file begins so: what only prints an option writes none.
        if not word.text.startswith("--") or command.program not in ("echo", "printf"):
            raw = _SOUGHT.sub(_unsought, word.raw) if command.program == _SED else word.raw
            yield from _matches(raw, word.span.start, settings)


def _unsought(match: re.Match[str]) -> str:
    """A part of a script of sed with line ends for all but what it writes."""
    start, end = match.span("written")
    before = "\n" * (len(match[0]) if start < 0 else start - match.start())
    return before + (match["written"] or "") + "\n" * (len(match[0]) - len(before) - (end - start))


def insecure_file(heredoc: HereDoc) -> Iterator[Weakness]:
    """The settings of a file by which certificates are not verified."""
    yield from _matches(heredoc.content, heredoc.content_span.start, INSECURE_SETTING)


def unsigned_file(heredoc: HereDoc) -> Iterator[Weakness]:
    """The settings of a file by which packages are taken that nobody signed."""
    yield from _matches(heredoc.content, heredoc.content_span.start, UNSIGNED_SETTING)


def _matches(text: str, start: int, settings: re.Pattern[str]) -> Iterator[Weakness]:
    for match in settings.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if line.rpartition("\\n")[2].lstrip(_BEFORE).startswith(_COMMENT):
            continue
        yield Weakness(Span(start + match.start(), start + match.end()), match[0])


def insecure_variable(variable: EnvVar) -> bool:
    """Whether a variable makes programs accept servers that nobody vouches for."""
    if not isinstance(variable.value, Known):
        return False
    name, value = variable.name, variable.value.value.strip().lower()
    if name in ALWAYS_INSECURE:
        return True
    if name in _HOSTS:
        return bool(value)
    values: Mapping[str, frozenset[str]] = INSECURE_VARIABLES
    return value in (values.get(name) or (NO if name in _SWITCHED else ()))


def distinct(found: Iterable[Weakness]) -> list[Weakness]:
    """Each place once, the first that was told."""
    kept: list[Weakness] = []
    for one in found:
        if not any(
            one.span.start < other.span.end and other.span.start < one.span.end for other in kept
        ):
            kept.append(one)
    return kept
