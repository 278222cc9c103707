"""The protocol of scanners: which program, how it is asked, and what its answer is.

Each runs as Trivy does: a file that is known before it runs, an empty folder, an environment by
allow-list, its own credentials for registries only, and bounds for time and output.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from imagelint.collect import environment
from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, run
from imagelint.collect.scanners.program import Program, installed
from imagelint.collect.tools.trivy_errors import ErrorPattern, explain, last_words
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.image.releases import ReleaseRules
from imagelint.documents.image.vulnerabilities import ScanFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.documents.image.image import ImageIdentity

BASE_SECONDS = 300.0
_SECONDS_PER_GIGABYTE = 60.0
_REGISTRY_SECONDS = 1800.0
MARGIN_SECONDS = 30.0
LARGEST_REPORT = 256 * 1024 * 1024
LARGEST_LOG = 64 * 1024 * 1024


class Scan(NamedTuple):
    """A scanner's report, as it wrote it, and what it does not say."""

    source: Source
    facts: ScanFacts


class Question(NamedTuple):
    """What a scanner is asked about: an image, or a bill of materials that stands for it.

    `offline` downloads nothing; `releases` say which of its programs may be run.
    """

    image: ImageIdentity
    bill: BillOfMaterials | None = None
    offline: bool = False
    deadline: Deadline = NEVER
    releases: ReleaseRules = ReleaseRules()


class Scanner(Protocol):
    """A scanner. `looks` is whether it looks into images, or compares bills of materials alone."""

    @property
    def program(self) -> Program:
        """What is run."""
        ...

    @property
    def looks(self) -> bool:
        """Whether it can be asked without a bill of materials."""
        ...

    def scan(self, question: Question) -> Scan | Problem:
        """Its report; the problem where there is none."""
        ...


class Asked(NamedTuple):
    """How a program is run: see `ProcessRequest`. `databases` are their times by name."""

    arguments: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    databases: Callable[[], tuple[tuple[str, str], ...]] = tuple


class ProgramScanner(NamedTuple):
    """A scanner that is a program which prints its report.

    `codes` are the exit codes with which there is one, and whether something was found then (None:
    it does not say). `doubts` are words on standard error with which a report is none after all.
    """

    program: Program
    looks: bool
    ask: Callable[[Question], Asked]
    codes: Mapping[int, bool | None]
    meanings: tuple[ErrorPattern, ...]
    doubts: tuple[ErrorPattern, ...] = ()

    def scan(self, question: Question) -> Scan | Problem:
        """Its report; the problem where there is none."""
        origin, deadline = question.image.reference, question.deadline
        if deadline.passed:
            return deadline.problem(origin, f"it was not scanned with {self.program.title}")
        version = installed(self.program, origin, deadline, question.releases)
        if isinstance(version, Problem):
            return version
        began = time.gmtime(environment.now())
        asked = self.ask(question)
        seconds = BASE_SECONDS if question.bill else seconds_for(question.image)
        request = ProcessRequest(
            self.program.name,
            asked.arguments,
            origin,
            ProcessLimits(deadline.left(seconds + MARGIN_SECONDS), LARGEST_REPORT, LARGEST_LOG),
            self.program.install,
            files=asked.files,
            links=asked.links,
            variables=asked.variables,
            credentials=question.bill is None,
        )
        completed = run(request)
        if isinstance(completed, Problem):
            return completed
        problem = self._failure(completed, origin)
        if problem is not None:
            return problem
        facts = ScanFacts(
            version,
            time.strftime("%Y-%m-%dT%H:%M:%SZ", began),
            found=self.codes[completed.code],
            bill=question.bill is not None,
            databases=asked.databases(),
        )
        return Scan(Source(origin, completed.stdout), facts)

    def _failure(self, completed: CompletedProcess, origin: str) -> Problem | None:
        title = self.program.title
        if completed.code in self.codes:
            return explain(completed.stderr, self.doubts, title, origin)
        known = explain(completed.stderr, self.meanings, title, origin)
        if known is not None:
            return known
        said = last_words(completed.stderr, ("error", "ERROR", "failed"))
        detail = f"{title} ended with {completed.code}: {said}"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail)


def seconds_for(image: ImageIdentity) -> float:
    """How long a scan may take, by the size of what is scanned."""
    if not image.layout:
        return _REGISTRY_SECONDS
    return BASE_SECONDS + _SECONDS_PER_GIGABYTE * image.size / 1e9
