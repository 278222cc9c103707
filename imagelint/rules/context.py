"""What a rule may know besides its subject, and how it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence, Edit, Finding, Fix, Location, Note, Severity
from imagelint.core.source import Span

if TYPE_CHECKING:
    from imagelint.core.environment import Environment
    from imagelint.core.source import Source
    from imagelint.documents.base import Complaint, Document, Node
    from imagelint.documents.locate import Locator, Locators
    from imagelint.documents.project import Project
    from imagelint.rules.rule import Rule


class UnjudgedError(Exception):
    """A rule cannot tell whether something is wrong: its own condition is, or there is too much."""


class Context:
    """All that a rule may know besides its subject. No clock, no network.

    While `counting` is true, what the rule says is not told but counted: all findings are the same,
    which costs next to nothing.
    """

    __slots__ = ("_locators", "_rule", "_untold", "counting", "document", "environment", "project")

    def __init__(
        self, rule: Rule, locators: Locators, project: Project, environment: Environment
    ) -> None:
        self._rule = rule
        self._locators = locators
        self.document: Document = locators.own.document
        self.project = project
        self.environment = environment
        self.counting = False
        self._untold: Finding | None = None

    @property
    def source(self) -> Source:
        """The text that is examined."""
        return self.document.source

    def finding(  # noqa: PLR0913 - all but the first two are optional words of one sentence
        self,
        at: Node,
        message: str,
        *,
        help: str = "",  # noqa: A002 - the word that the reader sees
        notes: tuple[Note, ...] = (),
        fix: Fix | None = None,
        subject: str = "",
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        cause: str = "",
        references: tuple[str, ...] | None = None,
        details: tuple[tuple[str, str], ...] = (),
    ) -> Finding:
        """A finding of this rule at a node. `severity` is for rules that know levels.

        `cause` is the same for all findings about the document that one change would mend.
        `references` are those of the rule that it answers to, where that is not all of them,
        `details` what a table shows of it, as pairs of name and value.
        In the text of another file it is at most likely where another may be the one that is meant.
        """
        if self.counting:
            if self._untold is None:
                place = Location(self.source.origin)
                self._untold = Finding(self._rule.name, self._rule.severity, "", place)
            return self._untold
        location = self._locators.own.locate(at)
        foreign = location.origin != self.source.origin
        if foreign and not self.document.part_at(at.span.start).certain:
            confidence = Confidence.LIKELY
        return Finding(
            rule=self._rule.name,
            severity=severity or self._rule.severity,
            message=self._locators.redact(message),
            location=location,
            help=self._locators.redact(help) if help else "",
            notes=notes,
            fix=None if fix is None or self._shows_secret(fix) else fix,
            subject=self._locators.redact(subject) if subject else "",
            confidence=confidence or self._rule.confidence,
            cause=cause,
            references=references,
            details=tuple((name, self._locators.redact(value)) for name, value in details),
        )

    def _shows_secret(self, fix: Fix) -> bool:
        """Whether what a fix writes is secret: reports show it."""
        return any(self._locators.redact(edit.text) != edit.text for edit in fix.edits)

    def redact(self, text: str) -> str:
        """A text without any secret of the documents in it."""
        return self._locators.redact(text)

    def complaint(self, complaint: Complaint) -> Finding:
        """A reader's complaint as a finding of this rule, in the reader's words."""
        help_, subject, instead = complaint.help, complaint.subject, complaint.instead
        return self.finding(
            complaint,
            complaint.message,
            help=help_,
            subject=subject,
            fix=Fix("write what was meant", (self.edit(complaint.span, instead),))
            if instead
            else None,
        )

    def note(self, message: str, at: Node | None = None, of: str = "") -> Note:
        """A further remark, at another place: of this document, or of one that was looked at.

        `of` is the origin of that one.

        Raises:
            LookupError: no document of that origin was looked at.
        """
        if self.counting:
            return Note("")
        location = self._locator(of).locate(at) if at else None
        return Note(self._locators.redact(message), location)

    def edit(self, span: Span, text: str, of: str = "") -> Edit:
        """A part of a fix: replace a span of this document, or of one that was looked at.

        Raises:
            LookupError: no document of that origin was looked at.
        """
        if self.counting:
            return Edit(self.source.origin, Span(0, 0), "")
        part = self._locator(of).document.part_at(span.start)
        return Edit(part.source.origin, part.local(span), text)

    def dropped(self, key: str, place: Node) -> Fix | None:
        """The fix that takes away an entry, an element, a word or a setting; None where none can.

        What is rendered is written in another way than it is seen.
        """
        from imagelint.documents.queries.dockerfiles.removed import removed

        gone = None if self.counting else removed(self.document, key, place.span)
        return gone and Fix(f"drop `{key}`", (self.edit(*gone),))

    def reworded(self, place: Node, old: str, new: str) -> Fix | None:
        """The fix that writes another word in a place; None where it does not stand there once.

        What is rendered is written in another way than it is seen.
        """
        written = "" if self.document.rendered else self.document.written(place.span)
        if written.count(old) != 1:
            return None
        start = place.span.start + written.index(old)
        edit = self.edit(Span(start, start + len(old)), new)
        return Fix(f"write `{new}`", (edit,))

    def _locator(self, origin: str) -> Locator:
        return self._locators.of(origin) if origin else self._locators.own

    def text(self, span: Span) -> str:
        """What is written under a span. For reasoning, never for messages about secrets."""
        return self.document.written(span)
