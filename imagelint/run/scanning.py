"""How an image is scanned, and the files that the policy and the command line name for that."""

from __future__ import annotations

import os
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from imagelint.collect import environment
from imagelint.collect.read import read_bytes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.redact import redact
from imagelint.core.report import AllowanceKind, Allowed, Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image.exploits import Exploits, parse_epss, parse_kev
from imagelint.documents.image.jsonview import plain
from imagelint.documents.image.releases import ReleaseRules
from imagelint.documents.image.vex import VexStatement, parse_vex, word_about
from imagelint.documents.image.vulnerabilities import Vulnerability, VulnerabilityReport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imagelint.collect.tools.trivy_options import TrivyOptions
    from imagelint.core.environment import ScanSettings
    from imagelint.core.finding import Finding
    from imagelint.core.report import Report

T = TypeVar("T")

_ABOUT_PACKAGES = "vulnerable-package"
_DAY = 86_400.0  # seconds
_GZIP = b"\x1f\x8b"
_LARGEST_LIST = 128 * 1024 * 1024


def anchored(settings: ScanSettings, folder: str) -> ScanSettings:
    """The settings with the places of files as absolute paths: they are relative to a folder."""

    def place(path: str) -> str:
        return os.path.abspath(os.path.join(folder, path)) if path else ""

    return settings._replace(
        kev=place(settings.kev),
        epss=place(settings.epss),
        vex=tuple(map(place, settings.vex)),
        texts=tuple((place(path), text) for path, text in settings.texts),
    )


def refuse_vex(by_tree: Sequence[str], by_caller: Sequence[str], paths: Sequence[str]) -> None:
    """Refuse what the examined tree says about itself.

    `by_tree` are the files that its own policy names, `by_caller` those of the command line, which
    may not lie below the examined `paths`.

    Raises:
        UsageError: there is such a file.
    """
    for path in by_tree:
        message = f"the policy of the examined tree names the VEX document `{path}`"
        help_ = "name it with --vex, or in a policy that is trusted"
        raise UsageError(Diagnostic(message, help=help_))
    roots = tuple(os.path.realpath(path) for path in paths)
    for path in by_caller:
        place = os.path.realpath(path)
        if any(os.path.commonpath((place, root)) == root for root in roots):
            message = f"the VEX document `{path}` lies in what is examined"
            raise UsageError(Diagnostic(message, help="keep it elsewhere"))


def refuse_others(by_tree: ScanSettings, server: str) -> None:
    """Refuse what the policy of the examined tree says of whose word counts.

    That is of signers, and of the server that matches, unless the caller names one, `server`.

    Raises:
        UsageError: it says something.
    """
    for key, names in (
        ("vex-signed-by", by_tree.vex_signed_by),
        ("sbom-signed-by", by_tree.sbom_signed_by),
        ("server", (redact(by_tree.server),) if by_tree.server and not server else ()),
    ):
        if names:
            message = f"the policy of the examined tree says `{key}`: {', '.join(names)}"
            help_ = "say it in a policy that is trusted, or named with --policy"
            raise UsageError(Diagnostic(message, help=help_))


def with_settings(options: TrivyOptions, settings: ScanSettings) -> TrivyOptions:
    """How Trivy is asked, with what the settings say.

    Raises:
        UsageError: the address of the server is none.
    """
    scheme, mark, rest = settings.server.partition("://")
    is_address = mark and scheme in ("http", "https") and rest.partition("/")[0]
    if settings.server and not is_address:
        message = f"`{redact(settings.server)}` is no address of a Trivy server"
        raise UsageError(Diagnostic(message, help="write it as `http://HOST:PORT`"))
    return options._replace(
        skip_files=(*options.skip_files, *settings.skip_files),
        server=settings.server,
        releases=ReleaseRules(settings.least_version, settings.denied, settings.sha256),
    )


def read_exploits(settings: ScanSettings) -> Exploits | Problem:
    """What is exploited, by the files that the settings name; the first problem with one."""
    found = Exploits()
    asked = ((settings.kev, parse_kev), (settings.epss, parse_epss))
    for path, parse in asked:
        if path:
            part = _read_list(path, parse, dict(settings.texts))
            if isinstance(part, Problem):
                return part
            found = found.joined(part)
    return found


def read_vex(settings: ScanSettings) -> tuple[VexStatement, ...] | Problem:
    """What is said not to affect images, by the files that the settings name."""
    found: list[VexStatement] = []
    for path in settings.vex:
        part = _read_list(path, parse_vex, dict(settings.texts))
        if isinstance(part, Problem):
            return part
        found += part
    return said_by_now(found)


def said_by_now(statements: Sequence[VexStatement]) -> tuple[VexStatement, ...] | Problem:
    """The statements; a problem where one that takes harm away says it was made in the future.

    It would hold against all that is said until then.
    """
    tomorrow = environment.now() / _DAY + 1  # clocks differ, and some write no time zone
    early = next((one for one in statements if one.said and one.when > tomorrow), None)
    if early is None:
        return tuple(statements)
    detail = f"says that {plain(' '.join(early.ids[:1]))} does no harm, and says it in the future"
    return Problem(ProblemKind.UNPARSABLE, early.origin, detail, "see what its `timestamp` says")


def without_vex(
    report: Report,
    document: VulnerabilityReport,
    statements: Sequence[VexStatement],
    digests: Sequence[str],
) -> Report:
    """The report in which findings about vulnerabilities count only that nobody calls harmless.

    A finding tells neither versions nor layers: it is allowed if all are that it may be about.
    """
    by_finding = _words(document, statements, digests)
    allowed: list[Allowed] = []
    kept: list[Finding] = []
    for finding in report.findings:
        words = by_finding.get((finding.subject, finding.location.path), [None])
        first = words[0]
        if finding.rule == _ABOUT_PACKAGES and first is not None and None not in words:
            allowed.append(Allowed(finding, AllowanceKind.VEX, first.reason))
        else:
            kept.append(finding)
    return report._replace(findings=tuple(kept), allowed=(*report.allowed, *allowed))


def harmless(
    statements: Sequence[VexStatement], digests: Sequence[str]
) -> Callable[[Vulnerability], bool]:
    """Whether somebody says of a vulnerability that it does no harm."""
    known = _by_id(statements)
    return lambda one: _said(one, known, digests) is not None


def _by_id(statements: Sequence[VexStatement]) -> dict[str, list[VexStatement]]:
    by_id: dict[str, list[VexStatement]] = {}
    for statement in statements:
        for id_ in statement.ids:
            by_id.setdefault(id_, []).append(statement)
    return by_id


def _said(
    one: Vulnerability, known: dict[str, list[VexStatement]], digests: Sequence[str]
) -> VexStatement | None:
    """Who says that a vulnerability, by any of its names, does no harm."""
    names = dict.fromkeys((one.id, *one.aliases))
    return word_about(one, (each for name in names for each in known.get(name, ())), digests)


def _words(
    document: VulnerabilityReport, statements: Sequence[VexStatement], digests: Sequence[str]
) -> dict[tuple[str, str], list[VexStatement | None]]:
    """What is said of the vulnerabilities that findings may be about, by subject and path."""
    known = _by_id(statements)
    said: dict[tuple[str, str], list[VexStatement | None]] = {}
    for one in document.nodes():
        if isinstance(one, Vulnerability):
            found = _said(one, known, digests)
            said.setdefault((one.subject, one.path), []).append(found)
    return said


def _read_list(path: str, parse: Callable[[Source], T], texts: dict[str, str]) -> T | Problem:
    source = read_named(path, texts)
    if isinstance(source, Problem):
        return source
    try:
        parsed: T = _parsed(parse, source.origin, source.text)
    except DocumentError as error:
        return error.problem(source)
    return parsed


@lru_cache(maxsize=4)
def _parsed(parse: Callable[[Source], T], origin: str, text: str) -> T:
    """A list of scores has a third of a million lines, and an audit asks for it with each image."""
    return parse(Source(origin, text))


def read_named(path: str, texts: dict[str, str]) -> Source | Problem:
    """A file that the settings name, unpacked where it is gzip; or its text that came with them."""
    if path in texts:
        return Source(path, texts[path])
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        return data
    if data.startswith(_GZIP):
        unpacked = _unpacked(data)
        if unpacked is None:
            detail = "is no whole gzip file, or unpacks to more than is read"
            return Problem(ProblemKind.UNPARSABLE, path, detail, help="download it again")
        data = unpacked
    return Source(path, data.decode("utf-8", "replace"))


def _unpacked(data: bytes) -> bytes | None:
    reader = zlib.decompressobj(wbits=31)
    try:
        text = reader.decompress(data, _LARGEST_LIST)
    except zlib.error:
        return None
    return text if reader.eof else None
