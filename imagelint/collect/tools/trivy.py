"""Ask Trivy which packages of an image are vulnerable.

Nothing that lies around decides: neither `trivy.yaml` nor `.trivyignore` of the current folder nor
`TRIVY_*` of the environment is seen. Everything is asked for; the policy filters.
https://trivy.dev/docs/latest/references/configuration/cli/trivy_image/
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, run
from imagelint.collect.read import read_bytes
from imagelint.collect.registry.layout import StagedLayout, layout_view
from imagelint.collect.scanners.scanner import (
    BASE_SECONDS,
    LARGEST_LOG,
    LARGEST_REPORT,
    MARGIN_SECONDS,
    Scan,
    seconds_for,
)
from imagelint.collect.tools.trivy_errors import (
    NO_SPACE,
    OUTDATED,
    REGISTRY,
    ErrorPattern,
    explain,
    last_words,
)
from imagelint.collect.tools.trivy_program import INSTALL, NAME, installed
from imagelint.collect.tools.trivydb import advised
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.image.jsonview import read_json
from imagelint.documents.image.vulnerabilities import ScanFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.collect.tools.trivy_options import TrivyOptions
    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.documents.image.image import ImageIdentity

FOUND = 42
"""Trivy's code when it found something: it uses 1 for everything that went wrong."""

_WALK_ERROR = pattern(r'\tWalk error\tfile_path="([^"\n]{1,500})"')
_CHATTER = pattern(r"[\dT:.Z+-]+\s+(?:DEBUG|INFO)\s|\s+(?:/|[\w.-]+/)\S+$|\s*$")
_CONDA = r"conda-pkg:(^|/)conda-meta/[^/]+\.json$"
"""Trivy looks for packages of conda in named environments only; most images have just the base."""


_OFFLINE = ("--skip-db-update", "--skip-java-db-update", "--offline-scan")
_OF_SERVER = ErrorPattern(
    ("missing layers", "missing blobs", "twirp"),
    ProblemKind.UNREACHABLE,
    "the Trivy server cannot be reached, or does not answer as one",
    "see whether the address in `--server` is right, and whether Trivy there is of this release",
)
_MEANINGS = (
    ErrorPattern(
        ("failed to download Java DB",),
        ProblemKind.UNREACHABLE,
        "the index of Java archives cannot be downloaded, and the image holds some",
        "name a mirror, or run `trivy image --download-java-db-only` where there is a network",
    ),
    ErrorPattern(
        ("java-db-update cannot be specified on the first run", "Java DB"),
        ProblemKind.TOOL_FAILED,
        "there is no index of Java archives, and the image holds some",
        "let it be downloaded (without `--offline`), or run `trivy image --download-java-db-only`",
    ),
    ErrorPattern(
        ("cannot be specified on the first run",),
        ProblemKind.TOOL_FAILED,
        "there is no vulnerability database yet",
        "let it be downloaded (without `--offline`), or name its folder with `--trivy-cache`:"
        " `TRIVY_CACHE_DIR` is not asked",
    ),
    ErrorPattern(
        ("version of DB schema doesn't match",),
        ProblemKind.TOOL_FAILED,
        "the vulnerability database is of another version than Trivy",
        "run `trivy image --download-db-only` with this Trivy",
    ),
    ErrorPattern(
        ("failed to download vulnerability DB", "failed to download artifact"),
        ProblemKind.UNREACHABLE,
        "the vulnerability database cannot be downloaded",
        "name a mirror with `--db-repository`, or scan `--offline` with a database you have",
    ),
    ErrorPattern(
        ("DB error",),
        ProblemKind.TOOL_FAILED,
        "the vulnerability database cannot be read",
        "remove it (`trivy clean --vuln-db`), and let it be downloaded again",
    ),
    ErrorPattern(
        ("Provide a higher timeout value", "context deadline exceeded"),
        ProblemKind.TIMED_OUT,
        "the scan took longer than it may",
        "give it more with `--timeout`",
    ),
    NO_SPACE,
    ErrorPattern(
        ("cache may be in use by another process",),
        ProblemKind.TOOL_FAILED,
        "another Trivy holds the cache",
        "try again, or name another cache with `--trivy-cache`",
    ),
    OUTDATED._replace(help=f"0.66 or later is needed; {INSTALL}"),
    *REGISTRY,
)


def scan(
    image: ImageIdentity, options: TrivyOptions, bill: BillOfMaterials | None = None
) -> Scan | Problem:
    """Scan an image; `parse_vulnerabilities(scan.source, scan.facts)` reads what comes out.

    With a bill of materials, what that lists is matched, and the image is not looked at.
    """
    # Trivy runs in a folder of its own: what the user named is relative to where the user stands.
    cache_folder = os.path.abspath(options.cache or default_cache())
    if options.deadline.passed:
        return options.deadline.problem(image.reference, "it was not scanned")
    version = installed(image.reference, options.deadline, options.releases)
    if isinstance(version, Problem):
        return version
    began = time.gmtime(environment.now())
    seconds = options.deadline.left(seconds_for(image) if bill is None else BASE_SECONDS)
    view = layout_view(image) if bill is None else StagedLayout(((BILL, bill.text),))
    make = arguments if bill is None else bill_arguments
    request = ProcessRequest(
        NAME,
        make(image, options, cache_folder, seconds),
        image.reference,
        ProcessLimits(
            options.deadline.left(seconds + MARGIN_SECONDS),
            stdout=LARGEST_REPORT,
            stderr=LARGEST_LOG,
        ),
        INSTALL,
        files=view.files,
        links=view.links,
        credentials=True,
    )
    completed = run(request)
    if isinstance(completed, Problem):
        return completed
    if completed.code not in (0, FOUND):
        return _failure(completed, image.reference, options)
    facts = ScanFacts(
        version,
        time.strftime("%Y-%m-%dT%H:%M:%SZ", began),
        # A server matches with a database of its own, and says of which time it is.
        "" if options.server else database_time(cache_folder),
        options.skip_files if bill is None else (),
        found=completed.code == FOUND,
        unreadable=tuple(sorted(set(_WALK_ERROR.findall(completed.stderr)))),
        advised=None if options.server else advised(cache_folder),
        bill=bill is not None,
    )
    return Scan(Source(image.reference, completed.stdout), facts)


def arguments(
    image: ImageIdentity, options: TrivyOptions, cache_folder: str, seconds: float
) -> tuple[str, ...]:
    """Trivy's command line. Each part has its reason in the traps that the tests reproduce."""
    target = ("--input", LAYOUT) if image.layout else ("--image-src", "remote", image.alone)
    return (
        "image",
        *_common(options, cache_folder, seconds),
        *("--file-patterns", _CONDA),
        "--skip-check-update",
        *_each("--skip-files", options.skip_files),
        *target,
    )


def bill_arguments(
    _image: ImageIdentity, options: TrivyOptions, cache_folder: str, seconds: float
) -> tuple[str, ...]:
    """Trivy's command line for a bill of materials."""
    return ("sbom", *_common(options, cache_folder, seconds), BILL)


def _common(options: TrivyOptions, cache_folder: str, seconds: float) -> tuple[str, ...]:
    return (
        *("--config", os.devnull, "--ignorefile", os.devnull),
        *("--cache-dir", cache_folder),
        # Kept, layers are known by what some image called them: another image's package list.
        *("--cache-backend", "memory"),
        # What it did not understand, it says only when it is asked for everything.
        *("--debug", "--no-progress", "--skip-version-check", "--disable-telemetry"),
        *(_OFFLINE if options.offline else ()),
        *_each("--db-repository", options.db_repositories),
        *_each("--java-db-repository", options.java_db_repositories),
        *("--scanners", "vuln", "--list-all-pkgs", "--show-suppressed"),
        *(("--server", options.server) if options.server else ()),
        *("--timeout", f"{max(1, int(seconds))}s", "--format", "json", "--exit-code", str(FOUND)),
    )


def _each(flag: str, values: tuple[str, ...]) -> Iterator[str]:
    for value in values:
        yield flag
        yield value


def default_cache() -> str:
    """Where Trivy keeps its database by default, so that it is downloaded once."""
    base = environment.variable("XDG_CACHE_HOME")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "trivy")


def database_time(cache_folder: str) -> str:
    """When the database in a cache was last updated, RFC 3339; empty when it does not say.

    Nobody else tells: Trivy scans with a database of any age without a word.
    """
    return database_state(cache_folder, "db").updated


class DatabaseState(NamedTuple):
    """When a database was updated, and when Trivy would update it again: RFC 3339, or empty."""

    updated: str = ""
    due: str = ""


def database_state(cache_folder: str, name: str) -> DatabaseState:
    """How old a database in a cache is: `db`, or `java-db`."""
    data = read_bytes(os.path.join(cache_folder, name, "metadata.json"), cache_folder)
    if isinstance(data, Problem):
        return DatabaseState()
    view = read_json(data.decode("utf-8", "replace"))
    if isinstance(view, str):
        return DatabaseState()
    return DatabaseState(view["UpdatedAt"].text, view["NextUpdate"].text)


BILL = "bill.json"
"""How a bill of materials is called in the folder where Trivy runs."""

LAYOUT = "layout"
"""How a layout is called in the folder where Trivy runs."""


def _failure(completed: CompletedProcess, origin: str, options: TrivyOptions) -> Problem:
    stderr = _complaint(completed.stderr)
    meanings = (_OF_SERVER, *_MEANINGS) if options.server else _MEANINGS
    problem = explain(stderr, meanings, "Trivy", origin)
    if problem is not None:
        return problem
    detail = f"Trivy ended with {completed.code}: {last_words(stderr, ('FATAL', 'error'))}"
    return Problem(ProblemKind.TOOL_FAILED, origin, detail)


def _complaint(stderr: str) -> str:
    """What Trivy complains about, the chain of causes on one line: with `--debug`, it is a tree."""
    lines = [line for line in stderr.splitlines() if not _CHATTER.match(line)]
    at = next((at for at, line in enumerate(lines) if "FATAL" in line), len(lines))
    causes = (line.strip().removeprefix("- ") for line in lines[at:])
    return "\n".join((*lines[:at], " ".join(causes)))
