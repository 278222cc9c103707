"""What the fixes of findings make of the texts of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.finding import Edit, Finding


def has_fix(findings: Iterable[Finding]) -> bool:
    """Whether any of them could be mended by us."""
    return any(finding.fix for finding in findings)


def apply_fixes(files: Mapping[str, str], findings: Iterable[Finding]) -> dict[str, str]:
    """The texts that the fixes change, as they are afterwards, by name.

    Raises:
        AssertionError: two edits are about the same text, or one about no text of the project.
    """
    edits: dict[str, list[Edit]] = {}
    for origin, edit in all_edits(findings):
        edits.setdefault(origin, []).append(edit)
    return {origin: _apply(files[origin], those) for origin, those in edits.items()}


def all_edits(findings: Iterable[Finding]) -> Iterator[tuple[str, Edit]]:
    """Every edit with the origin of the text that it changes."""
    for finding in findings:
        for edit in finding.fix.edits if finding.fix else ():
            yield edit.origin, edit


def _apply(text: str, edits: list[Edit]) -> str:
    begun = len(text) + 1
    for edit in sorted(set(edits), key=lambda one: one.span, reverse=True):
        start, end = edit.span
        assert 0 <= start <= end <= len(text), f"{edit} is outside of the text"
        assert end <= begun, f"{edit} is about the same text as another"
        assert start < begun, f"{edit} is about the same place as another"
        text = text[:start] + edit.text + text[end:]
        begun = start
    return text
