"""What does not count of the findings of a run, by each layer of the policy for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.files import relative_to
from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind, Problem, ProblemKind, Report
from imagelint.documents.policyfile import PolicyFile
from imagelint.engine.examine import Examination
from imagelint.engine.suppression import always
from imagelint.engine.waivers import SuppressionContext, suppress_report, waiver_uses
from imagelint.run.files import total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.policy.model import Policy
    from imagelint.run.policies import Layer, Policies


class GroupResult(NamedTuple):
    """The report that counts, and what each baseline holds that is found no more, by its origin."""

    report: Report
    stale: Mapping[str, frozenset[BaselineEntry]]


class GroupSuppression(NamedTuple):
    """Suppresses what is about files under one policy.

    `baseline` goes before that of the lowest layer, `folders` are those below which everything was
    examined, without links.
    """

    policies: Policies
    baseline: Baseline | None = None
    folders: tuple[str, ...] = ()

    def __call__(self, policy: Policy, report: Report) -> GroupResult:
        """What counts: first without what the trusted layers allow, then without the tree's."""
        report += _unruled(policy, report)
        examination = Examination(policy)
        idle: list[Report] = []
        stale: dict[str, frozenset[BaselineEntry]] = {}
        for layer in reversed(tuple(self.policies.layers(policy))):
            baseline = self.baseline if layer.policy is policy else None
            baseline = baseline or self.policies.baseline_of(layer)
            terms = self._terms(layer, baseline, report)
            result = suppress_report(report, terms)
            report = result.report
            if baseline is not None:
                stale[baseline.origin] = frozenset(result.stale)
            uses = waiver_uses(result, terms) if layer.policy.waivers else ()
            idle += (examination.allowances(PolicyFile(source), found) for source, found in uses)
        return GroupResult(total((report, *idle)), stale)

    def _terms(self, layer: Layer, baseline: Baseline | None, report: Report) -> SuppressionContext:
        held_in = os.path.dirname(baseline.origin) if baseline else ""
        images = {examined.origin for examined in report.examined if examined.digest}

        def place(origin: str, folder: str) -> str:
            return origin if origin in images else relative_to(folder, origin)

        return SuppressionContext(
            layer.policy,
            environment.today(),
            baseline,
            place=lambda origin: place(origin, layer.base),
            whole=_is_below(layer.base or ".", self.folders),
            baseline_place=lambda origin: place(origin, held_in),
            was_examined=lambda path: _is_below(os.path.join(held_in, path), self.folders),
            may_allow=self._may_allow(layer.policy, baseline),
        )

    def _may_allow(
        self, policy: Policy, baseline: Baseline | None
    ) -> Callable[[str, AllowanceKind], bool]:
        trusted = policy.trusted
        if trusted is None:
            return always
        if baseline is None or baseline is not self.baseline:
            return trusted.may_allow
        theirs = self.policies.trusts(baseline.origin)

        def may_allow(rule: str, kind: AllowanceKind) -> bool:
            return (theirs and kind is AllowanceKind.BASELINE) or trusted.may_allow(rule, kind)

        return may_allow


def _unruled(policy: Policy, report: Report) -> Report:
    """What was read under a policy without rules was not judged by anything."""
    if policy.enabled or not report.examined:
        return Report()
    where = policy.sources[-1].origin if policy.sources else report.examined[0].origin
    detail = "its policy has no rule on, so nothing was judged"
    help_ = "extend a pack (`extends: [baseline]`), or leave the files out (`exclude:`)"
    return Report(problems=(Problem(ProblemKind.NOTHING_EXAMINED, where, detail, help_),))


def _is_below(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of some folders, or lies below one; they are resolved already."""
    resolved = os.path.realpath(path)
    return any(os.path.commonpath((resolved, folder)) == folder for folder in folders)
