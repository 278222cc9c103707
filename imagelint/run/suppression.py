"""What does not count of the findings of a run, by each layer of the policy for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.files import relative_to
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.policyfile import PolicyFile
from imagelint.engine.decide import AllowedLimit
from imagelint.engine.examine import Examination
from imagelint.engine.waivers import SuppressionContext, suppress_report, waiver_uses
from imagelint.policy.allowances import terms_above, terms_of
from imagelint.run.coverage import Coverage
from imagelint.run.files import total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.policy.model import Policy
    from imagelint.policy.trust.acceptance import Terms
    from imagelint.run.policies import Layer, Policies


class GroupResult(NamedTuple):
    """The report that counts, and what each baseline holds that is found no more, by its origin.

    `limits` are those that policies set on what is allowed, each with the policy that does.
    """

    report: Report
    stale: Mapping[str, frozenset[BaselineEntry]]
    limits: tuple[tuple[Policy, AllowedLimit], ...] = ()


class GroupSuppression(NamedTuple):
    """Suppresses what is about files under one policy.

    `baseline` goes before that of the lowest layer.
    """

    policies: Policies
    baseline: Baseline | None = None
    coverage: Coverage = Coverage()

    def __call__(self, policy: Policy, report: Report) -> GroupResult:
        """What counts: first without what the trusted layers allow, then without the tree's."""
        report += _unruled(policy, report)
        examination = Examination(policy)
        idle: list[Report] = []
        stale: dict[str, frozenset[BaselineEntry]] = {}
        added: list[tuple[Policy, int]] = []
        for layer in reversed(tuple(self.policies.layers(policy))):
            baseline = self.baseline if layer.policy is policy else None
            baseline = baseline or self.policies.baseline_of(layer)
            context = self._context(layer, baseline, report)
            if layer.policy is not policy and not self._is_told(layer):
                context = context._replace(whole=False)
            context = self._with_terms(context, policy, layer)
            result = suppress_report(report, context)
            report = result.report
            added.append((layer.policy, result.added))
            if baseline is not None:
                stale[baseline.origin] = frozenset(result.stale)
            uses = waiver_uses(result, context) if layer.policy.waivers else ()
            idle += (examination.allowances(PolicyFile(source), found) for source, found in uses)
        told = total((report, *idle)) if idle else report
        return GroupResult(told, stale, tuple(_limits(len(report.allowed), added)))

    def _is_told(self, layer: Layer) -> bool:
        """Whether what a trusted policy waives in vain is told: if it speaks of these files only.

        That of an organisation speaks of many repositories, and one that several policies of the
        tree lie on may be needed below another of them.
        """
        on_it = (
            any(below.policy is layer.policy for below in self.policies.layers(each))
            for each in self.policies.all()
        )
        return layer.at_commit and sum(on_it) == 1

    def _context(
        self, layer: Layer, baseline: Baseline | None, report: Report
    ) -> SuppressionContext:
        held_in = os.path.dirname(baseline.origin) if baseline else ""
        images = {examined.origin for examined in report.examined if examined.digest}

        def place(origin: str, folder: str) -> str:
            return origin if origin in images else relative_to(folder, origin)

        return SuppressionContext(
            layer.policy,
            environment.today(),
            baseline,
            place=lambda origin: place(origin, layer.base),
            whole=self.coverage.is_whole(layer.base or "."),
            baseline_place=lambda origin: place(origin, held_in),
            was_examined=lambda path: self.coverage.was_examined(os.path.join(held_in, path)),
        )

    def _with_terms(
        self, context: SuppressionContext, policy: Policy, layer: Layer
    ) -> SuppressionContext:
        """The context of a layer of a policy with the terms that hold against it."""

        def placed(terms: Terms) -> Terms:
            base = os.path.realpath(terms.base or layer.base)
            return terms._replace(
                place=lambda origin: relative_to(base, os.path.realpath(_on_disk(origin, layer)))
            )

        given = terms_of(policy) if layer.policy is policy else terms_above(layer.policy)
        terms = tuple(map(placed, given))
        baseline = context.baseline
        named = baseline is not None and baseline is self.baseline
        theirs = named and baseline is not None and self.policies.trusts(baseline.origin)
        return context._replace(terms=terms, baseline_terms=() if theirs else terms)


def _on_disk(origin: str, layer: Layer) -> str:
    """The path of a file; the origin of one that was read at a commit has that behind it."""
    return origin.rpartition("@")[0] if layer.at_commit else origin


def _limits(
    allowed: int, added: Sequence[tuple[Policy, int]]
) -> Iterator[tuple[Policy, AllowedLimit]]:
    """The limits of policies, from the one that holds against all others on.

    `added` is how many findings each allows itself: those of a trusted one are its own affair.
    """
    *trusted, (lowest, _) = added
    for policy, number in trusted:
        allowed -= number
        yield from _limit(policy, allowed)
    yield from _limit(lowest, allowed)


def _limit(policy: Policy, allowed: int) -> Iterator[tuple[Policy, AllowedLimit]]:
    if policy.most_allowed is not None:
        where = policy.origins.get("allowed", "")
        yield policy, AllowedLimit(allowed, policy.most_allowed, where)


def _unruled(policy: Policy, report: Report) -> Report:
    """What was read under a policy without rules was not judged by anything."""
    if not report.examined or _judges(policy):
        return Report()
    where = policy.sources[-1].origin if policy.sources else report.examined[0].origin
    detail = "its policy has no rule on, so nothing was judged"
    help_ = "extend a pack (`extends: [baseline]`), or leave the files out (`exclude:`)"
    return Report(problems=(Problem(ProblemKind.NOTHING_EXAMINED, where, detail, help_),))


def _judges(policy: Policy) -> bool:
    """Whether any rule is on besides those that a trusted policy has on by itself."""
    if policy.trusted is None:
        return bool(policy.enabled)
    from imagelint.policy.trust.trusted import about_trust

    return not {*policy.enabled} <= {*about_trust()}
