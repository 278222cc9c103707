"""What other programs, and we, say of images, by what stands in their JSON."""

from __future__ import annotations

from imagelint.core.pattern import pattern

_SCAN = pattern(r'"SchemaVersion"\s*:\s*\d')
_SCAN_OF_IMAGE = pattern(r'"ArtifactType"\s*:\s*"container_image"')
_CHECKS = pattern(r'"checks"\s*:\s*\[\s*(?:\{|\])')
_CHECKED_IMAGE = pattern(r'"image"\s*:\s*"')
_INSPECTED = pattern(r'\s*\{\s*"inspected"\s*:\s*"')
_TEST_RESULT = pattern(r'"predicateType"\s*:\s*"https://in-toto\.io/attestation/test-result/')
_EVALUATION = '"imagelint.dev/evaluation"'
_STATED_SCORECARD = pattern(r'"predicateType"\s*+:\s*+"https://imagelint\.dev/scorecard/v1"')
_SCORECARD = pattern(r'\s*\{\s*"schema"\s*:\s*"imagelint\.scorecard/')


def report_kind(head: str) -> str:
    """The kind of a report by the beginning of its text, empty for what is none of ours."""
    if _EVALUATION in head and _TEST_RESULT.search(head):
        return "evaluation"
    if _SCORECARD.match(head) or _STATED_SCORECARD.search(head):
        return "scorecard"
    if _SCAN.search(head) and _SCAN_OF_IMAGE.search(head):
        return "vulnerabilities"
    if _INSPECTED.match(head):
        return "image"
    return "signatures" if _CHECKS.search(head) and _CHECKED_IMAGE.search(head) else ""
