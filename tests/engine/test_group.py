"""Tests of telling findings of one cause together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.finding import Finding, Severity
from imagelint.core.source import Source
from imagelint.documents.detect import detect, parse
from imagelint.documents.project import Project
from imagelint.engine.baseline import compare, read_baseline, write_baseline
from imagelint.engine.examine import Examination
from imagelint.engine.group import grouped
from imagelint.policy.model import Policy
from imagelint.reporters.identity import identities
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache, ValidPolicies

if TYPE_CHECKING:
    from imagelint.core.report import Report

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - {name: a, image: "x:1"}
    - {name: b, image: "x:1"}
"""
HYGIENE = {
    "capabilities-kept",
    "non-root-not-required",
    "privilege-escalation",
    "seccomp-profile-missing",
    "writable-root",
}


def examine(text: str, origin: str = "pod.yaml") -> Report:
    document = parse(Source(origin, text), detect(origin, text))
    policies = Policies(("recommended", "strict"), Policy(), ValidPolicies(NullCache()))
    return Examination(policies.of("."))(document, Project())


def hygiene(text: str) -> tuple[Finding, ...]:
    return tuple(one for one in examine(text).findings if one.rule in HYGIENE)


def test_what_one_security_context_would_mend_is_one_finding() -> None:
    found = hygiene(POD)
    assert len(found) == 8
    (one,) = grouped(found)
    assert one.rule == "non-root-not-required"
    assert one.message.endswith("; 7 more findings have the same cause")
    assert {part.rule for part in one.parts} == HYGIENE - {"non-root-not-required"}
    said = [note.message for note in one.notes]
    assert "privilege-escalation: the container `a` may gain privileges; " in " ".join(said)
    assert len(said) == 4
    assert one.help.count("; set ") == 4


def test_the_worst_speaks_for_the_others() -> None:
    first, second, *_ = hygiene(POD)
    worse = second._replace(severity=Severity.HIGH)
    (one,) = grouped((first, worse))
    assert (one.rule, one.severity, one.parts) == (worse.rule, Severity.HIGH, (first,))
    assert one.message.endswith("; 1 more finding has the same cause")


def test_pods_are_told_apart() -> None:
    assert len(grouped(hygiene(f"{POD}---\n{POD}"))) == 2


def test_what_is_written_wrongly_is_a_finding_of_its_own() -> None:
    text = POD.replace('"x:1"}', '"x:1", securityContext: {allowPrivilegeEscalation: true}}', 1)
    found = grouped(hygiene(text))
    assert [one.message.partition(";")[0] for one in found if not one.parts] == [
        "the container `a` is told that it may gain privileges"
    ]
    assert len(found) == 2


def test_single_findings_stay_as_they_are() -> None:
    found = examine("FROM a\nRUN pip install b\n", "Dockerfile").findings
    assert len(found) > 1
    assert grouped(found) == found
    assert grouped(grouped(found)) == found


def test_fingerprints_are_those_of_each_finding_alone() -> None:
    found = hygiene(f"{POD}---\n{POD}")
    alone = dict(zip(found, identities(found), strict=True))
    together = grouped(found)
    for one, identity in zip(together, identities(together), strict=True):
        parts = set(one.parts)
        (same,) = (
            each
            for each in found
            if each not in parts and (each.rule, each.location) == (one.rule, one.location)
        )
        assert identity == alone[same]


@pytest.mark.parametrize("left", [0, 3, 8])
def test_a_baseline_holds_each_finding_alone(left: int) -> None:
    found = hygiene(POD)
    baseline = read_baseline(Source("b.json", write_baseline(found[left:])))
    held = compare(found, baseline).suppression.covers
    kept = [one for one in found if not held(one)]
    assert kept == list(found[:left])
    assert len(grouped(kept)) == (1 if left else 0)
