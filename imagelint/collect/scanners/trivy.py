"""Trivy behind the protocol of scanners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.tools.keptscans import scanned
from imagelint.collect.tools.trivy_program import TRIVY
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.collect.scanners.program import Program
    from imagelint.collect.scanners.scanner import Question, Scan
    from imagelint.collect.tools.keptscans import KeptScans
    from imagelint.collect.tools.trivy_options import TrivyOptions
    from imagelint.core.report import Problem


class TrivyScanner(NamedTuple):
    """Trivy, as its own options say, with what it said before where that is kept."""

    options: TrivyOptions
    kept: KeptScans | None = None
    program: Program = TRIVY
    looks: bool = True

    def scan(self, question: Question) -> Scan | Problem:
        """Its report; the problem where there is none."""
        return scanned(question.image, self.options, self.kept, question.bill)
