"""The summary of a verdict, for whoever asks for levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.environment import moment
from imagelint.reporters.statement import verification_summary

if TYPE_CHECKING:
    from imagelint.core.environment import SummarySettings
    from imagelint.core.report import Verdict


def summarised(verdict: Verdict, summary: SummarySettings) -> str:
    """The statement of a verdict about an image that has a digest."""
    return verification_summary(verdict, moment(), summary.verifier, summary.levels) or ""
