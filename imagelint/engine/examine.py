"""What comes of one document under one policy: judge it, then hear what it allows itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imagelint.core.finding import Finding, Severity
from imagelint.core.report import Examined, Report
from imagelint.deployment.join import joined
from imagelint.documents.kinds import about
from imagelint.documents.project import Project
from imagelint.documents.remembered import forget_many
from imagelint.engine.checkdirective import as_errors, ends_build
from imagelint.engine.echoes import without_echoes
from imagelint.engine.inline import allow_inline
from imagelint.engine.judge import TELLS_AGE, Judge
from imagelint.knowledge.tables import hold
from imagelint.policy.allowances import terms_of
from imagelint.policy.demands import BY_TRUST
from imagelint.policy.options import options_for, severities_for
from imagelint.rules import catalog
from imagelint.rules.families import family_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.base import Document, Node
    from imagelint.engine.judge import Rules
    from imagelint.policy.model import Policy

# The kinds of documents whose values are filled in from others.
_FILLED = frozenset(("compose", "kubernetes"))
_BY_SECOND = "scanners-disagree"


class Examination:
    """Examines documents under one policy; holds the rules that it loaded."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._terms = terms_of(policy)
        self._severities = severities_for(policy)
        self._enabled = frozenset(policy.enabled)
        later = frozenset(name for name in self._enabled if family_of(name).about_allowances)
        rules = _rules(policy)
        mine, traced = self._enabled - later, TELLS_AGE in later
        # A method of its own would hold it in a circle.
        options = partial(options_for, policy)
        self._judge = Judge(mine, policy.environment, options, rules, traced=traced)
        self._allowance_judge = Judge(later, policy.environment, options)

    def __call__(self, document: Document, project: Project) -> Report:
        """The report about one document; what the policy waives is still among the findings."""
        hold(self._policy.environment.knowledge)
        document = joined(document, project)
        if document.rendered:
            project = project.around(document)
        judgement = self._judge(document, project)
        forget_many()
        own = (one for one in judgement.findings if document.speaks_of(one.location.origin))
        findings = self.levelled(as_errors(own) if ends_build(document) else own)
        if document.source.text:
            findings = without_echoes(findings, rendered=document.rendered)
            findings = tuple(map(partial(_traced, document), findings))
        enabled, parts, terms = self._enabled, document.parts, self._terms
        suppressed = allow_inline(findings, document.allowances, enabled, parts, terms)
        idle = self.allowances(document, suppressed.uses) if suppressed.uses else Report()
        examined = Examined(
            document.source.origin, document.kind, document.digest, about(document.kind)
        )
        kept, allowed = suppressed.kept, suppressed.allowed
        if document.elsewhere:
            also = allow_inline(kept, document.elsewhere, enabled, parts, terms)
            kept, allowed = also.kept, (*allowed, *also.allowed)
        found = Report(kept, allowed, judgement.problems, (examined,), tables=judgement.tables)
        found += idle
        if not document.embedded:
            return found
        whole = found + self._embedded(document, project)
        if any(embedded.mapped is None for embedded in document.embedded):
            return whole
        # What stands in another is a part of its text, too, and both are searched.
        return whole._replace(findings=without_echoes(whole.findings))

    def _embedded(self, document: Document, project: Project) -> Report:
        """The report about the documents that stand in another, or that only it tells of."""
        from imagelint.engine.embedded import relocated

        report = Report()
        for embedded in document.embedded:
            inner = embedded.document
            around = project.around(inner) if inner.rendered else project
            report += relocated(self(inner, around), embedded, document)
        return report

    def allowances(self, document: Document, uses: Iterable[Node]) -> Report:
        """The report about what became of allowances in a document, and what a policy loosens."""
        judgement = self._allowance_judge.judge(document, uses, Project())
        return Report(self.levelled(judgement.findings), problems=judgement.problems)

    def levelled(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings with the severities that the policy sets."""
        return tuple(self._level(finding) for finding in findings)

    def _level(self, finding: Finding) -> Finding:
        setting = self._policy.setting(finding.rule)
        level = setting.level if isinstance(setting.level, Severity) else finding.severity
        if finding.rule in self._severities:
            level = _of_ids(finding, self._severities[finding.rule], level)
        severity = setting.floor.raised(level, finding.severity)
        return finding if severity is finding.severity else finding._replace(severity=severity)


def _of_ids(finding: Finding, said: Mapping[str, Severity], level: Severity) -> Severity:
    """The worst of what is said of the ids that a finding answers to; `level` of those unsaid.

    Ids of tools of which nothing is said do not count.
    """
    told = finding.references
    told = catalog.references(finding.rule) if told is None else told
    tools = {id_.partition(" ")[0] for id_ in said}
    ids = [one for reference in told if (one := reference.lower()).partition(" ")[0] in tools]
    return max((said.get(one, level) for one in ids), default=level)


def _rules(policy: Policy) -> Rules | None:
    """Where the rules of a policy are found that brings some; None where all are ours."""
    if not policy.own:
        return None
    from imagelint.policy.custom.rulebook import Rulebook

    return Rulebook(policy.own)


def _traced(document: Document, finding: Finding) -> Finding:
    """A finding with notes of where the variables are set that it is about."""
    places = (finding.location, *(note.location for note in finding.notes if note.location))
    lines = (line for place in places for line in place.excerpt.lines)
    filled = document.kind in _FILLED and any("$" in line for line in lines)
    if not filled and document.kind != "kustomization":
        return finding
    from imagelint.deployment.fillings import with_fillings

    return with_fillings(document, finding)


def concerned(policy: Policy, kinds: Iterable[type]) -> Iterator[str]:
    """The rules of a policy that are on and speak about nodes of some types; all of one's own."""
    keys, own = frozenset(map(catalog.key_of, kinds)), policy.own
    for name in policy.enabled:
        if name in own or not keys.isdisjoint(catalog.subjects(name)):
            yield name


def asks(policy: Policy, kind: str) -> bool:
    """Whether a policy has any rule on that judges a kind of document: whether it is asked for.

    A rule about trust asks for nothing where the policy demands none, and one about what scanners
    say of each other nothing where it demands no second.
    """
    return next(judging(policy, kind), None) is not None


def judging(policy: Policy, kind: str) -> Iterator[str]:
    """The rules of a policy that are on and judge a kind of document, but for such as those."""
    silent = () if policy.environment.trust else BY_TRUST
    if len(policy.environment.scan.scanners) <= 1:
        silent = (*silent, _BY_SECOND)
    for name in policy.enabled:
        if name not in silent and family_of(name).judges == kind:
            yield name
