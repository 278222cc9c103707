"""For people and browsers: one file that loads nothing, whose tables search, sort, filter."""

from __future__ import annotations

from imagelint.reporters.html.verdict import report

__all__ = ["report"]
