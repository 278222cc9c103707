"""What every document has: a source, nodes in source order, allowances, complaints."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, TypeVar, cast

from imagelint.core.fact import ABSENT
from imagelint.core.finding import Location
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind, Problem, ProblemKind
from imagelint.core.source import Source, Span
from imagelint.documents.parts import Attachments, TextPart, part_at
from imagelint.documents.shared import EnvVar, Setting
from imagelint.knowledge.tables import uncounted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

    from imagelint.documents.mapped import MappedText
    from imagelint.documents.project import Project

T = TypeVar("T")
N = TypeVar("N", bound="Node")
Key: TypeAlias = tuple[str, ...]
"""What is asked for, and by which words: `("service", "llm")`."""


class Node(Protocol):
    """Anything with a place in the text. `path` (optional) is its logical path.

    `concluded` (optional) is true where what it is was concluded from what is said about it: what a
    rule says of such a node is never certain.
    """

    @property
    def span(self) -> Span:
        """Where it is written; for something absent, its deepest existing ancestor's key."""
        ...


class Text(NamedTuple):
    """The whole text of a document, whatever its kind: for rules that read plain text."""

    span: Span


class Landmark(NamedTuple):
    """A node that other documents may ask for, and the words under which they find it."""

    key: Key
    node: Node


_LONGEST_SUBJECT = 200


class ComplaintWords(NamedTuple):
    """What a reader says against a part of the text.

    `subject` is what it is about, by content (an instruction, a key, a name): for waivers and for
    fingerprints, which outlive lines. `help` says what to write; `instead` is that for the span.
    """

    span: Span
    subject: str
    message: str
    help: str = ""
    instead: str = ""


class Complaint(ComplaintWords):
    """A part of the text that could not be read. The rest of the document was.

    What kind of complaint it is, is its type: see `imagelint.documents.complaints`.
    """

    __slots__ = ()

    def __new__(cls, span: Span, subject: str, message: str, *more: str) -> Self:
        """A complaint of a kind.

        Raises:
            TypeError: it does not say of which.
        """
        if cls is Complaint:
            raise TypeError("a complaint is of a kind: use one of imagelint.documents.complaints")
        # What is longer is no name; cut off, a secret in it would not be recognised and masked.
        named = subject if len(subject) <= _LONGEST_SUBJECT else ""
        return super().__new__(cls, span, named, message, *more)


class DocumentError(Exception):
    """A text is not a document of its kind: why, and where. Nothing of it can be examined."""

    def __init__(
        self,
        kind: ProblemKind,
        message: str,
        span: Span | None = None,
        help: str = "",  # noqa: A002 - the word that the reader sees
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.span = span
        self.help = help

    def problem(self, source: Source) -> Problem:
        """The problem that this is for a source."""
        from imagelint.core.redact import redact

        location = None
        if self.span is not None and source.text:
            start, end = source.position(self.span.start), source.position(self.span.end)
            location = Location(source.origin, self.span, start, end)
        return Problem(self.kind, source.origin, redact(self.message), redact(self.help), location)


def stated_reason(text: str | None) -> str:
    """What somebody gave as a reason; nothing where it has not a letter or digit that is seen."""
    told = (text or "").strip()
    return told if any(map(str.isalnum, told)) else ""


class Dialect(Enum):
    """Whose language an allowance is written in."""

    IMAGELINT = "imagelint"
    HADOLINT = "hadolint"
    BUILDKIT = "buildkit"
    TRIVY = "trivy"
    CHECKOV = "checkov"
    KUBE_LINTER = "kube-linter"
    KUBE_SCORE = "kube-score"


class Allowance(NamedTuple):
    """An author's wish, inside the document, that a rule be silent about a part of it.

    `rule` is what is written (a rule name, a former name, or another tool's id; `*` is all of that
    tool's), `scope` the part of the text in which it holds, `span` where the wish itself stands.
    `until` is the last ISO day on which it holds, where it ends at all. What is `spared` of a tool
    is not meant by `*`.
    """

    rule: str
    reason: str
    scope: Span
    span: Span
    dialect: Dialect = Dialect.IMAGELINT
    kind: AllowanceKind = AllowanceKind.INLINE
    until: str = ""
    spared: tuple[str, ...] = ()


# Of Trivy: https://trivy.dev/latest/docs/configuration/filtering/#by-inline-comments
_TRIVY_IGNORE = pattern(r"(?:trivy|tfsec):ignore:([^\s:]+)(?::exp:(\S+))?")


def trivy_ignores(comment: str) -> Iterator[tuple[str, str]]:
    """The ids in a comment that tells Trivy to ignore them, each with the last day of that.

    The day is empty where there is none. From the day that is written on, it counts no more; what
    is no day is never heard.
    """
    for rule, end in _TRIVY_IGNORE.findall(comment):
        if not end:
            yield rule, ""
            continue
        from datetime import date, timedelta

        try:
            yield rule, (date.fromisoformat(end) - timedelta(days=1)).isoformat()
        except (ValueError, OverflowError):
            continue


# A comment, or an annotation, that must have been meant as an allowance of ours but is none.
_ADDRESSED = pattern(
    r"#[ \t]*imagelint(?:[ \t]*:|[ \t-]*(?:al+ow|ignore|disable|skip|exempt|waive|noqa)\b)",
    re.IGNORECASE,
)
NO_RULE = ""
"""The rule of an allowance that cannot be read."""


def unreadable_allowance(comment: str, span: Span) -> Iterator[Allowance]:
    """The allowance of a comment that speaks to us but says nothing that we know."""
    if _ADDRESSED.match(comment):
        yield Allowance(NO_RULE, "", Span(span.end, span.end), span)


class AllowanceState(Enum):
    """What became of an allowance."""

    USED = "used"
    UNUSED = "unused"
    UNKNOWN = "unknown"  # no rule has that name
    EXPIRED = "expired"
    WITHOUT_REASON = "without-reason"
    UNREADABLE = "unreadable"  # it is not written as allowances are
    REFUSED = "refused"  # by the policy, whatever it says
    IDLE = "idle"  # the rule did not run, or what it is about was not examined


class AllowanceUse(NamedTuple):
    """An allowance of a document, or a waiver of a policy, and what became of it.

    `rule` is what is written, `form` how it is written (`allowance` or `waiver`), `suggestion` the
    nearest name of a rule when there is none of that name, `until` the last day of a waiver,
    `reason` why it is refused.
    """

    span: Span
    rule: str
    state: AllowanceState
    form: str = "allowance"
    suggestion: str = ""
    until: str = ""
    reason: str = ""


class Embedded(NamedTuple):
    """A document of which only another tells that it is one.

    It stands there as a value: `mapped` is its text with the places there. Or it is a file whose
    name says nothing, and has places of its own.
    """

    document: Document
    mapped: MappedText | None = None
    path: str = ""


class Document:
    """Typed, immutable view of one source.

    Subclasses set `kind`, fill the fields in their constructor and implement `nodes`. Whatever is
    asked of the whole is answered from indexes, which are made once, when they are first asked for.
    `gaps` are the parts that could not be examined: each is a problem, whatever the rest comes to.
    `parts` are its texts: its own, and those of other files that are `attached`; `asked` are the
    names of the files that were looked for: see `Attachments`. `elsewhere` is what is allowed in
    those texts and told as a part of other documents. What is `rendered` holds objects that an
    engine made together: their names are looked up among themselves.
    """

    kind: ClassVar[str] = ""
    rendered: ClassVar[bool] = False
    __slots__ = (
        *("_by_type", "_concealed", "_derived", "_walked", "allowances"),
        *("asked", "attached", "complaints", "elsewhere", "embedded"),
        *("gaps", "parts", "source"),
    )

    def __init__(
        self,
        source: Source,
        *,
        complaints: Iterable[Complaint] = (),
        allowances: Iterable[Allowance] = (),
        gaps: Iterable[DocumentError] = (),
        attachments: Attachments | None = None,
    ) -> None:
        self.source = source
        attachments = attachments or Attachments()
        self.attached, self.asked = attachments.parts, attachments.asked
        self.parts: tuple[TextPart, ...] = (TextPart(0, source), *self.attached)
        self.elsewhere = attachments.allowances
        self._concealed = attachments.concealed
        self.embedded: tuple[Embedded, ...] = ()
        self.gaps = tuple(gaps)
        self.complaints = tuple(complaints)
        self.allowances = tuple(allowances)
        self._walked: tuple[Node, ...] | None = None
        self._by_type: dict[type, tuple[Node, ...]] | None = None
        self._derived: dict[object, object] = {}

    @property
    def span(self) -> Span:
        """The whole text: a document is a node too."""
        return Span(0, len(self.source.text))

    def part_at(self, offset: int) -> TextPart:
        """The text in which an offset lies."""
        return part_at(self.parts, offset) if self.attached else self.parts[0]

    def written(self, span: Span) -> str:
        """What is written under a span, in whichever text it lies."""
        if not self.attached:
            return self.source.text[span.start : span.end]
        part = self.part_at(span.start)
        return part.source.text[slice(*part.local(span))]

    def speaks_of(self, origin: str) -> bool:  # noqa: ARG002 - some kinds are a part of others
        """Whether what is found in the text of that origin is for this document to say."""
        return True

    @property
    def digest(self) -> str:
        """The digest of the image that the document is about; empty for files."""
        return ""

    def nodes(self) -> Iterator[Node]:
        """The nodes of this kind of document in source order, parents before children."""
        return iter(())

    def unread(self) -> tuple[DocumentError, ...]:
        """All parts that could not be examined: the gaps, and those that only the nodes tell."""
        return self.gaps

    def within(self, project: Project) -> Document:  # noqa: ARG002 - for kinds that others complete
        """The document as the others of the run leave it: what they change of it is unknown."""
        return self

    def attach(self, attachments: Attachments) -> Self:
        """The same document with the texts of further files as parts of it.

        Their places begin at `parts[-1].next_start`.
        """
        made = self.anew()
        made.attached = (*self.attached, *attachments.parts)
        made.parts = (*self.parts, *attachments.parts)
        made.asked = (*self.asked, *attachments.asked)
        made.elsewhere = (*self.elsewhere, *attachments.allowances)
        made._concealed = (*self._concealed, *attachments.concealed)  # noqa: SLF001 - of its own
        return made

    def anew(self) -> Self:
        """The same document, of which nothing is remembered: something is changed of it."""
        from copy import copy

        made = copy(self)
        made._walked = made._by_type = None  # noqa: SLF001 - of its own
        made._derived = {}  # noqa: SLF001
        return made

    def landmarks(self) -> Iterator[Landmark]:
        """What other documents may ask this one for."""
        return iter(())

    def walk(self) -> Iterator[Node]:
        """The document, its text, its complaints, then its nodes: what rules may subscribe to."""
        yield self
        yield from self._inside()

    def _inside(self) -> tuple[Node, ...]:
        # Nothing in it leads back to the document, which is gone when nobody needs it any more.
        if self._walked is None:
            inside = uncounted(lambda: tuple(self.nodes()))
            own = () if self.rendered else (Text(self.span),)  # the outer one has the same text
            self._walked = (*own, *self.complaints, *inside)
        return self._walked

    def nodes_of(self, kind: type[N]) -> tuple[N, ...]:
        """All nodes of exactly that type inside the document, in the order of `walk`."""
        if self._by_type is None:
            found: dict[type, list[Node]] = {}
            for node in self._inside():
                found.setdefault(type(node), []).append(node)
            self._by_type = {one: tuple(nodes) for one, nodes in found.items()}
        return cast("tuple[N, ...]", self._by_type.get(kind, ()))

    def derived(self, compute: Callable[[Document], T]) -> T:
        """What a function makes of the document once, and which must not hold it: an index."""
        if compute not in self._derived:
            self._derived[compute] = uncounted(lambda: compute(self))
        return cast("T", self._derived[compute])

    def concealed(self) -> Iterator[Span]:
        """Spans which must never be shown, beyond what `core.redact` knows by its looks.

        These are the values of variables whose names say that they are secret, also in documents
        that stand in this one. What else a kind of document keeps secret, it adds.
        """
        from imagelint.documents.secrets.names import is_secret_name

        yield from self._concealed
        for inner, mapped, _ in self.embedded:
            if mapped is not None:
                yield from (mapped.place(*span) for span in inner.concealed())
        for setting in self.nodes_of(Setting):
            secret = setting.encoded or is_secret_name(setting.name)
            if secret and setting.span.start < setting.span.end:
                yield setting.span
        for variable in self.nodes_of(EnvVar):
            if not variable.reference and is_secret_name(variable.name):
                span = self.secret_span(variable)
                if variable.value is not ABSENT and span.start < span.end:
                    yield span

    def secret_span(self, variable: EnvVar) -> Span:
        """Where the value of a variable is written that nobody may see."""
        return variable.value_span
