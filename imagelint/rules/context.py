"""What a rule may know besides its subject, and how it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence, Finding, Fix, Note, Severity

if TYPE_CHECKING:
    from imagelint.core.environment import Environment
    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Complaint, Document, Node
    from imagelint.documents.locate import Locator
    from imagelint.documents.project import Project
    from imagelint.rules.rule import Rule


class Context:
    """All that a rule may know besides its subject. No clock, no network."""

    __slots__ = ("_locator", "_rule", "document", "environment", "project")

    def __init__(
        self, rule: Rule, locator: Locator, project: Project, environment: Environment
    ) -> None:
        self._rule = rule
        self._locator = locator
        self.document: Document = locator.document
        self.project = project
        self.environment = environment

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
    ) -> Finding:
        """A finding of this rule at a node. `severity` is for rules that know levels."""
        return Finding(
            self._rule.name,
            severity or self._rule.severity,
            self._locator.redact(message),
            self._locator.locate(at),
            self._locator.redact(help) if help else "",
            notes,
            fix,
            self._locator.redact(subject) if subject else "",
            confidence or self._rule.confidence,
        )

    def complaint(self, complaint: Complaint) -> Finding:
        """A reader's complaint as a finding of this rule, in the reader's words."""
        help_, subject = complaint.help, complaint.subject
        return self.finding(complaint, complaint.message, help=help_, subject=subject)

    def note(self, message: str, at: Node | None = None) -> Note:
        """A further remark, at another place of the same document."""
        return Note(self._locator.redact(message), self._locator.locate(at) if at else None)

    def text(self, span: Span) -> str:
        """What is written under a span. For reasoning, never for messages about secrets."""
        return self.source.text[span.start : span.end]
