"""Texts of SARIF: never empty, encodable, and without links that their authors did not mean."""

from __future__ import annotations

from imagelint.reporters.visible import visible_lines


def text(*candidates: str) -> str:
    """The first of the candidates that says something; `-` when none does."""
    return next((safe for safe in map(_safe, candidates) if safe), "-")


def cut(said: str, most: int) -> str:
    """A text of at most that many characters."""
    return said if len(said) <= most else f"{said[: most - 1]}…"


def _safe(said: str) -> str:
    # `[text](target)` is a link in the messages of SARIF (3.11.6), and files may contain one.
    return visible_lines(said).replace("](", "] (").strip()
