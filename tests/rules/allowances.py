"""Judges what becomes of the allowances and waivers of small projects made of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import Environment
from imagelint.core.report import Examined, Report
from imagelint.documents.policyfile import PolicyFile
from imagelint.engine.allow import allow_inline
from imagelint.engine.judge import Judge
from imagelint.engine.suppress import SuppressionContext, suppress, waiver_uses
from imagelint.policy.build import layer
from imagelint.policy.model import Policy, RuleSetting
from imagelint.policy.text import read_text
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.core.finding import Finding
    from imagelint.documents.base import AllowanceUse, Document
    from imagelint.documents.project import Project

FAMILY = "allowances"
TODAY = "2026-06-15"


def are_about_allowances(names: Iterable[str]) -> bool:
    return all(catalog.family(name) == FAMILY for name in names)


def judge_allowances(
    names: Iterable[str], documents: Mapping[str, Document], project: Project
) -> list[Finding]:
    """What rules about allowances say when all rules run that the allowances name."""
    about = Judge(names, Environment(), lambda _rule: None)
    policy = _policy(documents)
    report = Report()
    findings: list[Finding] = []
    for document in documents.values():
        wanted = _wanted(document, policy)
        judge = Judge(wanted, Environment(), lambda rule: rule.options and rule.options())
        found = judge(document, project).findings
        settled = allow_inline(found, document.allowances, wanted)
        examined = Examined(document.source.origin, document.kind)
        report += Report(settled.kept, settled.allowed, examined=(examined,))
        findings += _about(about, document, settled.uses, project)
    terms = SuppressionContext(policy, TODAY, whole=True)
    for source, uses in waiver_uses(suppress(report, terms), terms):
        findings += _about(about, PolicyFile(source), uses, project)
    return findings


def _about(
    judge: Judge, document: Document, uses: tuple[AllowanceUse, ...], project: Project
) -> tuple[Finding, ...]:
    judgement = judge.judge(document, uses, project)
    assert judgement.problems == ()
    return judgement.findings


def _wanted(document: Document, policy: Policy) -> tuple[str, ...]:
    named = (allowance.rule for allowance in document.allowances)
    waived = (waiver.rule for waiver in policy.waivers)
    meant = {rule for name in (*named, *waived) for rule in catalog.find(name)}
    return tuple(sorted(rule for rule in meant if catalog.family(rule) != FAMILY))


def _policy(documents: Mapping[str, Document]) -> Policy:
    policies = [document for document in documents.values() if document.kind == "policy"]
    if not policies:
        return Policy()
    (document,) = policies
    text = read_text(document.source)
    assert isinstance(text.data, dict)
    said = layer(text.data, text, document.source.origin)
    rules = {name: RuleSetting("on") for name in catalog.names()}
    return said._replace(rules=rules | dict(said.rules), sources=(document.source,))
