from __future__ import annotations

import re

import pytest

from imagelint.core.finding import Confidence, Severity
from imagelint.documents import complaints
from imagelint.documents.base import Complaint
from imagelint.documents.complaints import MisspeltDirective
from imagelint.rules import catalog

KINDS = tuple(kind for kind in Complaint.__subclasses__() if kind.__module__ == complaints.__name__)
_NOT_REFUSED = (MisspeltDirective,)
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def name_of(kind: type[Complaint]) -> str:
    return _CAPITAL.sub("-", kind.__name__).lower()


def test_every_kind_of_complaint_has_the_rule_of_its_name() -> None:
    about = {name for name in catalog.names() if catalog.family(name) == "syntax"}
    # What is asked of an object: another server, or another runtime, may know it.
    asked = {"unknown-api-version", "unknown-kind", "unknown-value"}
    assert about - asked == set(map(name_of, KINDS))


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_the_rule_speaks_about_that_kind_alone(kind: type[Complaint]) -> None:
    rule = catalog.load(name_of(kind))
    assert rule.subjects == (kind,)
    assert rule.former in ((), ("invalid-instruction",))


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_what_is_refused_is_as_bad_and_as_certain_as_it_was(kind: type[Complaint]) -> None:
    rule = catalog.load(name_of(kind))
    severity = Severity.MEDIUM if kind in _NOT_REFUSED else Severity.HIGH
    assert (rule.severity, rule.confidence) == (severity, Confidence.CERTAIN)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_kind_says_what_its_complaints_are_about(kind: type[Complaint]) -> None:
    assert "; about " in (kind.__doc__ or "")
    assert kind.__slots__ == ()
