"""What a run came to."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.subject import About

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.finding import Finding, Location


class ProblemKind(Enum):
    """Why something could not be judged."""

    UNREADABLE = "unreadable"
    UNPARSABLE = "unparsable"
    TEMPLATE = "template"
    TOO_LARGE = "too-large"
    TOOL_MISSING = "tool-missing"
    TOOL_FAILED = "tool-failed"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not-found"
    RULE_CRASHED = "rule-crashed"
    UNJUDGED = "unjudged"
    REFUSED = "refused"
    NOTHING_EXAMINED = "nothing-examined"
    UNRECOGNISED = "unrecognised"
    INCONCLUSIVE = "inconclusive"  # what was measured leaves both answers open


class Problem(NamedTuple):
    """Something could not be judged: what, why, and what would help."""

    kind: ProblemKind
    origin: str
    detail: str
    help: str = ""
    location: Location | None = None


class AllowanceKind(Enum):
    """By what a finding was allowed."""

    INLINE = "inline"
    ANNOTATION = "annotation"
    WAIVER = "waiver"
    BASELINE = "baseline"
    EXEMPT = "exempt"
    VEX = "vex"


class Allowed(NamedTuple):
    """A finding that does not count, and why: it stays in the report."""

    finding: Finding
    kind: AllowanceKind
    reason: str
    until: str = ""


class Examined(NamedTuple):
    """One thing that was examined: the document's kind, an image's digest, what it is about."""

    origin: str
    kind: str
    digest: str = ""
    about: About = About.FILE


class IgnoreReason(Enum):
    """Why a file that was met is not examined."""

    NO_KIND = "no-kind"  # neither its name nor its content is of a kind that is examined
    OTHER_TOOL = "other-tool"  # whose files, which tell what containers it runs, are not read
    EXCLUDED = "excluded"  # by the policy
    LINK = "link"  # what it leads to is examined where it lies
    UNRENDERED = "unrendered"  # a template that makes nothing with any of its values
    HIDDEN = "hidden"  # by what git is told to ignore, or as installed
    NOT_CHECKED_OUT = "not-checked-out"  # tracked: a submodule, or left out of a sparse checkout


class Ignored(NamedTuple):
    """A file that was met and left alone, and why."""

    origin: str
    reason: IgnoreReason


def joined_tables(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The names of tables of several parts, each once."""
    told = [names for names in parts if names]
    if len(told) < 2:  # noqa: PLR2004 - nothing to join
        return told[0] if told else ()
    return tuple(sorted({name for names in told for name in names}))


class Report(NamedTuple):
    """All that happened. A monoid: parts of a run merge by `+`, `Report()` is the identity.

    `tables` are those of facts in which rules looked something up for what they found, sorted,
    where somebody wants to know.
    """

    findings: tuple[Finding, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    problems: tuple[Problem, ...] = ()
    examined: tuple[Examined, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    tables: tuple[str, ...] = ()

    def __add__(self, other: object) -> Report:
        if not isinstance(other, Report):
            return NotImplemented
        return Report(
            self.findings + other.findings,
            self.allowed + other.allowed,
            self.problems + other.problems,
            self.examined + other.examined,
            self.ignored + other.ignored,
            joined_tables((self.tables, other.tables)),
        )


class ExitCode(IntEnum):
    """What the process answers; never depends on the output format."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INCOMPLETE = 3
    DEFECT = 4
    INTERRUPTED = 130


class Outcome(Enum):
    """What the verdict says."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    INCOMPLETE = "incomplete"


class Evidence(NamedTuple):
    """On what a verdict rests, as pairs of name and value in a fixed order."""

    entries: tuple[tuple[str, str], ...] = ()


class Change(NamedTuple):
    """With what a report was compared that holds only what is new, and what it does not hold.

    `since` names that for people, `commit` is its full name where it is one. `unchanged` is what
    was there and still is, `mended` what is there no more, `problems` those of files that the
    change does not reach.
    """

    since: str
    commit: str = ""
    unchanged: tuple[Finding, ...] = ()
    mended: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


class Verdict(NamedTuple):
    """Pass, fail or incomplete, why, and the report behind it; of a `change`, what it brings."""

    outcome: Outcome
    reasons: tuple[str, ...]
    report: Report
    evidence: Evidence = Evidence()
    change: Change | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The code that a process with this verdict ends with."""
        if any(problem.kind is ProblemKind.RULE_CRASHED for problem in self.report.problems):
            return ExitCode.DEFECT
        return {
            Outcome.PASS: ExitCode.PASS,
            Outcome.FAIL: ExitCode.FAIL,
            Outcome.INCOMPLETE: ExitCode.INCOMPLETE,
        }[self.outcome]
