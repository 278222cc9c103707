"""pip's requirements files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.base import (
    Allowance,
    Document,
    stated_reason,
    unreadable_allowance,
)
from imagelint.documents.complaints import InvalidRequirement, UnknownPipOption
from imagelint.documents.packages.model import PackageIndex, Requirement, TrustedHost
from imagelint.documents.packages.pep508 import read_requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Complaint, Node
    from imagelint.documents.kinds import Beside

__all__ = ["FileReference", "PackageIndex", "Requirement", "Requirements", "parse_requirements"]
__all__ += ["read_requirements"]

_COMMENT = pattern(r"(?:^|(?<=\s))#")
_OPTION = pattern(r"(?:^|(?<=\s))-")
_TOKEN = pattern(r"\S+")
_ALLOW = pattern(
    r"#\s*imagelint:\s*allow\s+(?P<rules>[^\s,]+(?:\s*,\s*[^\s,]+)*)"
    r"(?:\s+in\s+(?P<scope>file)\b)?\s*(?:--\s*(?P<reason>.*))?"
)
_INDEXES = {
    "-i": "--index-url",
    "--index-url": "--index-url",
    "--extra-index-url": "--extra-index-url",
    "-f": "--find-links",
    "--find-links": "--find-links",
}
# https://pip.pypa.io/en/stable/reference/requirements-file-format/
_KNOWN = frozenset(
    {"--hash", "--no-index", "--pre", "--prefer-binary", "--trusted-host", "--no-binary"}
    | {"--only-binary", "--use-feature", "--global-option", "--config-setting", "--pypi-url"}
    | {"--config-settings", "--install-option", "--always-unzip", "-Z", "--no-use-wheel"}
)
_HELP = "write `<name>==<version>`, a URL, or a path"


class FileReference(NamedTuple):
    """`-r FILE` or `-c FILE`; `constraint` is true for the latter."""

    span: Span
    path: str
    constraint: bool = False


class Requirements(Document):
    """A requirements file: requirements, files that it includes, indexes, global switches.

    `require_hashes` is true when `--require-hashes` is given, or any requirement has a hash (pip
    then demands one of each).
    """

    kind: ClassVar[str] = "requirements"
    __slots__ = ("hosts", "indexes", "packages", "references", "require_hashes")

    def __init__(  # noqa: PLR0913 - the parts of a requirements file
        self,
        source: Source,
        *,
        packages: Iterable[Requirement] = (),
        references: Iterable[FileReference] = (),
        indexes: Iterable[PackageIndex] = (),
        hosts: Iterable[TrustedHost] = (),
        require_hashes: bool = False,
        complaints: Iterable[Complaint] = (),
        allowances: Iterable[Allowance] = (),
    ) -> None:
        super().__init__(source, complaints=complaints, allowances=allowances)
        self.packages = tuple(packages)
        self.references = tuple(references)
        self.indexes = tuple(indexes)
        self.hosts = tuple(hosts)
        self.require_hashes = require_hashes

    def nodes(self) -> Iterator[Node]:
        """Requirements, references, indexes and trusted hosts in source order."""
        every: list[Node] = [*self.packages, *self.references, *self.indexes, *self.hosts]
        yield from sorted(every, key=lambda node: node.span)


class _Lines:
    """Logical lines: text of the same length as what is written, continuations as blanks."""

    __slots__ = ("_source",)

    def __init__(self, source: Source) -> None:
        self._source = source

    def __iter__(self) -> Iterator[tuple[str, int]]:
        source = self._source
        start, length = 0, 0
        parts: list[str] = []
        for number in range(1, len(source.line_starts) + 1):
            begin = source.line_starts[number - 1]
            line = source.line(number)
            if number == 1 and line.startswith("\ufeff"):
                line = f" {line[1:]}"
            if not parts:
                start, length = begin, 0
            goes_on = line.endswith("\\") and not line.lstrip().startswith("#")
            parts += (" " * (begin - start - length), f"{line[:-1]} " if goes_on else line)
            length = begin - start + len(line)
            if not goes_on:
                yield "".join(parts), start
                parts = []
        if parts:
            yield "".join(parts), start


def parse_requirements(source: Source) -> Requirements:
    """Read a requirements file; what is no requirement becomes a complaint. Never raises."""
    reading = _Parsed(source)
    for text, start in _Lines(source):
        reading.line(text, start)
    return reading.result()


def read_requirements(source: Source, read: Beside) -> Requirements:
    """The same, with what it includes under names that do not say that they are requirements.

    Each file that it takes lines from and that is not to be had is a gap.
    """
    document = parse_requirements(source)
    if not document.references:
        return document
    from imagelint.documents.packages.included import included

    return included(document, read)


class _Parsed:
    """What was found so far."""

    __slots__ = (
        "_allowances",
        "_complaints",
        "_hashes",
        "_hosts",
        "_indexes",
        "_packages",
        "_pending",
        "_references",
        "_source",
    )

    def __init__(self, source: Source) -> None:
        self._source = source
        self._packages: list[Requirement] = []
        self._references: list[FileReference] = []
        self._indexes: list[PackageIndex] = []
        self._hosts: list[TrustedHost] = []
        self._complaints: list[Complaint] = []
        self._allowances: list[Allowance] = []
        self._pending: list[Allowance] = []
        self._hashes = False

    def result(self) -> Requirements:
        """The document; allowances above nothing hold for nothing."""
        hashes = self._hashes or any(package.hashed for package in self._packages)
        return Requirements(
            self._source,
            packages=self._packages,
            references=self._references,
            indexes=self._indexes,
            hosts=self._hosts,
            require_hashes=hashes,
            complaints=self._complaints,
            allowances=(*self._allowances, *self._pending),
        )

    def line(self, text: str, start: int) -> None:
        """Read one logical line."""
        comment = _COMMENT.search(text)
        end = comment.start() if comment else len(text)
        content = text[:end].rstrip()
        own = list(_allowances(text[end:], start + end, len(self._source.text)))
        if not content.strip():
            self._pending += own
            return
        scope = Span(start, start + len(content))
        for allowance in (*self._pending, *own):
            narrow = (
                allowance._replace(scope=scope)
                if allowance.scope.start == allowance.scope.end
                else allowance
            )
            self._allowances.append(narrow)
        self._pending = []
        self._content(content, start)

    def _content(self, content: str, start: int) -> None:
        option = _OPTION.search(content)
        end = option.start() if option else len(content)
        written = content[:end].strip()
        at = content.index(written) if written else 0
        span = Span(start + at, start + at + len(written))
        options = list(_options(content[end:], start + end))
        hashed = any(name == "--hash" for name, _, _ in options)
        readable = not written or self._requirement(written, span, hashed=hashed)
        for name, value, where in options:
            # Of a line that is no requirement, the rest is no option either.
            if not self._option(name, value, where) and readable:
                message = f"pip knows no option {name} here"
                self._complaints.append(UnknownPipOption(where, name, message))

    def _requirement(
        self, written: str, span: Span, *, hashed: bool, editable: bool = False
    ) -> bool:
        """Take a requirement, or complain that it is none; whether it is one."""
        raw = self._source.text[span.start : span.end]
        found = read_requirement(written, span, raw)
        if found is None:
            message = "this is not a requirement"
            self._complaints.append(InvalidRequirement(span, written, message, _HELP))
            return False
        pinned = Known(value=True) if hashed else found.pinned
        found = found._replace(pinned=pinned, hashed=hashed or found.hashed, editable=editable)
        self._packages.append(found)
        return True

    def _option(self, name: str, value: str, span: Span) -> bool:
        """Take an option; whether pip knows it here."""
        if name in ("-r", "--requirement", "-c", "--constraint"):
            self._references.append(
                FileReference(span, value, constraint=name in ("-c", "--constraint"))
            )
        elif name in ("-e", "--editable"):
            at = self._source.text.find(value, span.start, span.end) if value else -1
            place = Span(at, at + len(value)) if at >= 0 else span
            self._requirement(value, place, hashed=False, editable=True)
        elif name in _INDEXES:
            url: Fact[str] = UNKNOWN if "$" in value else Known(value)
            self._indexes.append(PackageIndex(span, _INDEXES[name], url))
        elif name == "--trusted-host":
            self._hosts.append(TrustedHost(span, value))
        elif name == "--require-hashes":
            self._hashes = True
        else:
            return name in _KNOWN
        return True


def _options(text: str, start: int) -> Iterator[tuple[str, str, Span]]:
    """Options of a line as name, value and span; what follows one is its value."""
    groups: list[list[re.Match[str]]] = []
    for token in _TOKEN.finditer(text):
        if token[0].startswith("-") or not groups:
            groups.append([])
        groups[-1].append(token)
    for tokens in groups:
        first = tokens[0][0]
        name, equals, value = first.partition("=")
        if not first.startswith("--") and len(first) > 2:  # noqa: PLR2004 - `-rfile`
            name, equals, value = first[:2], "=", first[2:].removeprefix("=")
        rest = [token[0] for token in tokens[1:]]
        whole = " ".join([value, *rest] if equals else rest).strip("\"'")
        yield name, whole, Span(start + tokens[0].start(), start + tokens[-1].end())


def _allowances(comment: str, start: int, length: int) -> Iterator[Allowance]:
    """What `# imagelint: allow …` in a comment asks for; an empty scope is yet to be filled in."""
    match = _ALLOW.search(comment)
    if match is None:
        span = Span(start, start + len(comment.rstrip()))
        yield from unreadable_allowance(comment, span)
        return
    span = Span(start + match.start(), start + match.start() + len(match[0].rstrip()))
    scope = Span(0, length) if match["scope"] else Span(span.end, span.end)
    reason = stated_reason(match["reason"])
    for rule in re.split(r"[\s,]+", match["rules"]):
        yield Allowance(rule, reason, scope, span)
