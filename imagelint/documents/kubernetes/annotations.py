"""Allowances in annotations: ours, and those written for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.report import AllowanceKind
from imagelint.documents.base import NO_RULE, Allowance, Dialect, stated_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.yaml.cursor import Cursor

_OUR_NAMES = "imagelint.dev/"
_OURS = f"{_OUR_NAMES}allow."
_KUBE_LINTER = "ignore-check.kube-linter.io/"
_KUBE_LINTER_ALL = "kube-linter.io/ignore-all"
_KUBE_SCORE = "kube-score/ignore"
_CHECKOV = "checkov.io/skip"


def annotation_allowances(annotations: Cursor, scope: Span) -> Iterator[Allowance]:
    """What the annotations at a place allow within `scope`."""
    for name, place in annotations.entries():
        fact = place.text()
        value = fact.value.strip() if isinstance(fact, Known) else ""
        for rule, reason, dialect in _read(name, value):
            yield Allowance(rule, reason, scope, place.key_span, dialect, AllowanceKind.ANNOTATION)


def _read(name: str, value: str) -> Iterator[tuple[str, str, Dialect]]:
    if name.startswith(_OURS):
        yield name.removeprefix(_OURS), stated_reason(value), Dialect.IMAGELINT
    elif name.startswith(_OUR_NAMES):
        yield NO_RULE, "", Dialect.IMAGELINT
    elif name.startswith(_KUBE_LINTER):
        yield name.removeprefix(_KUBE_LINTER), value, Dialect.KUBE_LINTER
    elif name == _KUBE_LINTER_ALL:
        yield "*", value, Dialect.KUBE_LINTER
    elif name == _KUBE_SCORE:
        for rule in value.split(","):
            yield rule.strip(), "", Dialect.KUBE_SCORE
    elif name.startswith(_CHECKOV):
        rule, _, reason = value.partition("=")
        yield rule.strip(), reason.strip(), Dialect.CHECKOV
