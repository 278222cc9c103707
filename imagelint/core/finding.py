"""What a rule says about one place."""

from __future__ import annotations

from enum import Enum, IntEnum

from imagelint.core.record import NamedTuple
from imagelint.core.source import Position, Span


class Severity(IntEnum):
    """How bad a finding is: one scale for rules, vulnerabilities and signatures."""

    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def named(cls, name: str) -> Severity:
        """The severity of that lower-case name.

        Raises:
            KeyError: there is no such severity.
        """
        return cls[name.upper()]


class Confidence(Enum):
    """How sure a rule is that what it says is so."""

    CERTAIN = "certain"
    LIKELY = "likely"


class Excerpt(NamedTuple):
    """Whole lines around a place, with secrets masked; `first_line` counts from 1."""

    first_line: int
    lines: tuple[str, ...]


class Location(NamedTuple):
    """A place as a reader finds it. Self-contained: it can be stored and shown without its text.

    `path` is the logical path (`spec.containers[0].image`), empty where there is none. A location
    about a whole file, an image or a report has an empty span at line 1 and an empty excerpt.
    """

    origin: str
    span: Span = Span(0, 0)
    start: Position = Position(1, 1)
    end: Position = Position(1, 1)
    excerpt: Excerpt = Excerpt(1, ())
    path: str = ""


class Edit(NamedTuple):
    """Replace the text of a span in the text of an origin: a fix may lie in another file."""

    origin: str
    span: Span
    text: str


class Fix(NamedTuple):
    """A way to mend a finding; unsafe (it may change behaviour) unless said otherwise."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


class Note(NamedTuple):
    """A further remark, with its place where it has one."""

    message: str
    location: Location | None = None


class Finding(NamedTuple):
    """One statement of one rule about one place.

    `severity` is the rule's own until the policy has spoken. `subject` names what the finding is
    about in words that survive edits (a stage, a container, a package), for baselines. `cause` is
    the same for all findings about a file that one change would mend, whatever their rules; empty:
    nobody knows of any. `parts` are those that were told together with this one in the end.
    `references` are those of its rule that it answers to, where that is not all of them. `details`
    are what a table shows of it, as pairs of name and value.
    """

    rule: str
    severity: Severity
    message: str
    location: Location
    help: str = ""
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None
    subject: str = ""
    confidence: Confidence = Confidence.CERTAIN
    cause: str = ""
    parts: tuple[Finding, ...] = ()
    references: tuple[str, ...] | None = None
    details: tuple[tuple[str, str], ...] = ()
