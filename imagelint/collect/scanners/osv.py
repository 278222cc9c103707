"""Ask OSV-Scanner which packages of a bill of materials are vulnerable.

Of images it reads archives of a daemon alone, so it is given what another scanner lists. It
compares with databases on this machine: of the packages nothing is told to anybody. The file of
settings that it is given stands above every `osv-scanner.toml`.
https://github.com/google/osv-scanner/blob/main/docs/offline-mode.md, output.md (exit codes),
cmd/osv-scanner/internal/helper/flags.go

Written by its sources, from 2.1 to 2.5, and tried with a stand-in that answers as they say: the
program itself was not at hand.
"""

from __future__ import annotations

import os
import time
from functools import partial
from types import MappingProxyType

from imagelint.collect import environment
from imagelint.collect.scanners.program import Program
from imagelint.collect.scanners.scanner import Asked, ProgramScanner, Question
from imagelint.collect.tools.trivy_errors import NO_SPACE, OUTDATED, ErrorPattern
from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind

INSTALL = (
    "run `brew install osv-scanner`, or see https://google.github.io/osv-scanner/installation/"
)
_SETTINGS = "settings.toml"
_VERSION = pattern(r"osv-scanner version: (\d{1,9}\.\d{1,9}\.\d{1,9}[0-9A-Za-z.+-]{0,60})")
_WITHOUT = ErrorPattern(
    ("could not load db for", "no offline version of the OSV database", "unable to fetch OSV"),
    ProblemKind.TOOL_FAILED,
    "a database of advisories is not there for some of the packages",
    "let it be downloaded (without `--offline`), or mirror it to where OSV-Scanner looks",
)
_MEANINGS = (
    _WITHOUT,
    ErrorPattern(
        ("No package sources found",),
        ProblemKind.NOTHING_EXAMINED,
        "it found no package in the bill of materials",
    ),
    ErrorPattern(
        ("could not extract", "could not determine extractor", "Invalid SBOM"),
        ProblemKind.TOOL_FAILED,
        "it did not understand the bill of materials",
    ),
    NO_SPACE,
    OUTDATED._replace(
        words=(*OUTDATED.words, "flag provided but not defined"),
        help=f"2.1 or later is needed; {INSTALL}",
    ),
)


def _version(text: str) -> str:
    found = _VERSION.search(text)
    return found[1] if found else ""


def database_folder() -> str:
    """Where OSV-Scanner keeps databases: by its variable, by default the user's cache."""
    named = environment.variable("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY")
    return os.path.abspath(named or os.path.dirname(environment.cache_folder()))


def asked(question: Question) -> Asked:
    """How OSV-Scanner is asked about a bill of materials, whose name must say what it is."""
    text = question.bill.text if question.bill else ""
    bill = "bill.spdx.json" if '"spdxVersion"' in text else "bill.cdx.json"
    network = ("--offline",) if question.offline else ("--download-offline-databases",)
    folder = database_folder()
    return Asked(
        (
            *("scan", "source", "--config", _SETTINGS, "--lockfile", bill),
            *("--format", "json", "--all-packages", "--all-vulns", "--no-resolve"),
            *("--offline-vulnerabilities", *network),
        ),
        ((_SETTINGS, ""), (bill, text)),
        variables=(("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY", folder),),
        databases=partial(database_times, folder),
    )


def database_times(folder: str) -> tuple[tuple[str, str], ...]:
    """By ecosystem, when its database was written here: it does not say itself how old it is."""
    times = []
    root = os.path.join(folder, "osv-scanner")
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return ()
    for name in names:
        try:
            written = os.stat(os.path.join(root, name, "all.zip")).st_mtime
        except OSError:
            continue
        times.append((name, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(written))))
    return tuple(times)


OSV = ProgramScanner(
    Program(
        "osv-scanner",
        "OSV-Scanner",
        INSTALL,
        "github.com/google/osv-scanner/v2",
        ("--version",),
        _version,
    ),
    looks=False,
    ask=asked,
    codes=MappingProxyType({0: False, 1: True}),
    meanings=_MEANINGS,
    doubts=(_WITHOUT,),
)
