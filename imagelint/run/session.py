"""What one run of the program shares between its stages."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.deadline import NEVER
from imagelint.collect.files import FoundFile, find
from imagelint.collect.git import ignored_files, list_files
from imagelint.core.record import NamedTuple
from imagelint.core.report import Evidence, Ignored, IgnoreReason, Report
from imagelint.engine.decide import Bounds, count
from imagelint.engine.waivers import SuppressionResult
from imagelint.policy.digest import policy_digest
from imagelint.policy.model import DEFAULT_FAIL_ON
from imagelint.policy.options import LEVELS
from imagelint.run.coverage import Coverage
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.exclusions import Exclusions
from imagelint.run.files import Judgement, Run, examine, judge, quiet, total
from imagelint.run.naming import Naming, as_text, is_of_no_kind, unrecognised
from imagelint.run.policies import Policies
from imagelint.run.reading.recognition import recognise
from imagelint.run.shellchecks import check_text, is_asked
from imagelint.run.strayfiles import missing_builds, unread_policies
from imagelint.run.suppression import GroupSuppression

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.read import ReadResult
    from imagelint.core.finding import Severity
    from imagelint.core.source import Source
    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.engine.decide import AllowedLimit
    from imagelint.policy.model import OwnRules, Policy
    from imagelint.policy.trust.trusted import TrustedPolicy
    from imagelint.run.files import ResultCache
    from imagelint.run.policyfiles import TrustRequest


class NullCache:
    """A cache that remembers nothing."""

    keeps = False

    def get(self, keys: Iterable[str]) -> Mapping[str, str]:  # noqa: ARG002 - a cache's signature
        """Nothing is known."""
        return {}

    def put(self, entries: Mapping[str, str], now: int) -> None:
        """Nothing is remembered."""


class ValidPolicies:
    """The digests of valid policies, in the cache of results."""

    def __init__(self, results: ResultCache) -> None:
        self._results = results

    def __contains__(self, digest: str) -> bool:
        key = f"policy:{digest}"
        return key in self._results.get((key,))

    def add(self, digest: str) -> None:
        """Remember that the policy of this digest is valid."""
        self._results.put({f"policy:{digest}": ""}, environment.now())


class Survey(NamedTuple):
    """The reports about files by origin, and what they come from, where they are files."""

    reports: Mapping[str, Report]
    judgement: Judgement | None = None


class Session(NamedTuple):
    """The cache and the policies of a run; `processes` 0 means as many as there are.

    `exclude` are globs over files that are not examined, relative to where the user stands.
    `texts` stand for what is in the files of their origins; None: for no file. What is `traced`
    is known by what it looked at. All that it does together ends at the `deadline`.
    """

    results: ResultCache
    policies: Policies
    processes: int = 0
    exclude: tuple[str, ...] = ()
    texts: Mapping[str, str | None] = MappingProxyType({})
    traced: bool = False
    deadline: Deadline = NEVER

    @classmethod
    def open(
        cls,
        chosen: Iterable[str],
        flags: Policy,
        *,
        cached: bool,
        only: Collection[str] = (),
        request: TrustRequest | None = None,
    ) -> Session:
        """A session with the cache of the user, or none; `only` are the rules that run, or all.

        `request` leads to policies in which the examined tree has no say.

        Raises:
            PolicyError: a chosen policy is wrong.
            UsageError: what is to be trusted is not there.
        """
        results: ResultCache = NullCache()
        if cached:
            from imagelint.collect.cache import Cache

            results = Cache(environment.cache_folder())
        policies = Policies(chosen, flags, ValidPolicies(results), only, request)
        return cls(results, policies)

    @property
    def fail_on(self) -> Severity:
        """The lowest severity that fails under any of the policies that were used."""
        return min((policy.threshold for policy in self.policies.all()), default=DEFAULT_FAIL_ON)

    def levelled(self) -> frozenset[str]:
        """The rules whose severity a policy of the run sets."""
        return frozenset(
            name
            for policy in self.policies.all()
            for name, setting in policy.rules.items()
            if setting.level not in ("on", "off", None) or LEVELS in setting.options
        )

    def own(self) -> OwnRules:
        """The rules that policies of the run bring, by name."""
        return {name: rule for policy in self.policies.all() for name, rule in policy.own.items()}

    def evidence(self) -> Evidence:
        """Which policies decided: a folder may have its own."""
        policies = self.policies.all() or (self.policies.of("."),)
        trusted = dict.fromkeys(
            ("trusted policy", f"{one.name} sha256:{policy_digest(one.policy)}")
            for policy in policies
            for one in _trusted(policy)
        )
        named = (("policy", _identity(policy)) for policy in policies)
        return Evidence((*named, *trusted))

    def check(
        self,
        paths: Iterable[str],
        progress: Callable[[int, int], None] = quiet,
        naming: Naming = Naming(),  # noqa: B008 - it cannot be changed
    ) -> Mapping[str, Report]:
        """The reports about all files below some paths, by origin; nothing is waived yet.

        Raises:
            PolicyError: the policy of one of them is wrong.
            UsageError: no file is named that could be of the kind that is said.
        """
        return self.survey(paths, progress, naming).reports

    def survey(
        self,
        paths: Iterable[str],
        progress: Callable[[int, int], None] = quiet,
        naming: Naming = Naming(),  # noqa: B008 - it cannot be changed
    ) -> Survey:
        """The reports about all files below some paths, and what they come from.

        Raises:
            PolicyError: the policy of one of them is wrong.
            UsageError: no file is named that could be of the kind that is said.
        """
        exclusions = Exclusions(self.policies, self.exclude)
        listing = find(paths, exclusions.leave_out, list_files, ignored_files)
        run = self.run(progress)
        files = naming.apply(listing.files)
        judgement = judge(files, run)
        reports = judgement.reports()
        unknown = [each for each in files if each.named and is_of_no_kind(reports[each.origin])]
        for origin, report in examine(map(as_text, unknown), run._replace(progress=quiet)).items():
            reports[origin] = report + unrecognised(origin)
        for each in files:
            reports[each.origin] = exclusions.judged(each.path, reports[each.origin])
        for ignored in listing.left_out:
            reports[ignored.origin] = Report(ignored=(ignored,))
        for problem in (
            *listing.problems,
            *unread_policies(files, self.policies),
            *missing_builds(self.policies),
        ):
            reports[problem.origin] = reports.get(problem.origin, Report()) + Report(
                problems=(problem,)
            )
        return Survey(dict(sorted(reports.items())), judgement)

    def run(self, progress: Callable[[int, int], None] = quiet) -> Run:
        """How files are examined."""
        processes = self.processes or environment.processors()
        now, texts = environment.now(), self.texts
        run = Run(self.policies, self.results, now, processes, progress, texts)
        return run._replace(traced=self.traced)

    def check_text(
        self,
        text: ReadResult,
        origin: str,
        naming: Naming = Naming(),  # noqa: B008 - it cannot be changed
    ) -> Mapping[str, Report]:
        """The report about a text that stands for a file, such as standard input."""
        exclusions = Exclusions(self.policies, self.exclude)
        if exclusions.leave_out(origin):
            return {origin: Report(ignored=(Ignored(origin, IgnoreReason.EXCLUDED),))}
        if text.source is None:
            return {origin: Report(problems=text.problems)}
        found = FoundFile(origin, origin, kind=naming.kind)
        report = self._text(text.source, found)
        if is_of_no_kind(report) and not naming.candidates:
            report = self._text(text.source, as_text(found)) + unrecognised(origin)
        return {origin: Report(problems=text.problems) + exclusions.judged(origin, report)}

    def _text(self, source: Source, found: FoundFile) -> Report:
        files = {found.origin: found} if found.kind else {}
        folder = os.path.dirname(found.origin) or "."
        plan = Plan(files, self.policies)
        if is_asked(found, self.policies):
            plan = plan._replace(shell=check_text(recognise(source)))
        return Examiner(plan).source(source, folder).report

    def suppress(
        self,
        reports: Mapping[str, Report],
        baseline: Baseline | None = None,
        image: Report | None = None,
        paths: Iterable[str] = (),
    ) -> SuppressionResult:
        """One report of many, without what the policies waive and the baseline holds.

        A report about an image is suppressed by the policy that holds where the user stands.
        `paths` are the files and folders below which everything was examined.
        """
        loosened = (
            *self.policies.weakenings(),
            *self.policies.additions(reports, baseline),
            *self.policies.refusals(),
            *self._outdated(reports),
        )
        return self._suppress(reports, baseline, image, paths, loosened)

    def _outdated(self, reports: Mapping[str, Report]) -> Iterator[tuple[Policy, Report]]:
        if not any(report.tables for report in reports.values()):
            return
        from imagelint.run.facts.outdated import outdated

        yield from outdated(self.policies, reports, environment.today())

    def suppress_before(
        self, reports: Mapping[str, Report], baseline: Baseline | None, paths: Iterable[str]
    ) -> SuppressionResult:
        """The same for files as they were: nothing is told of what loosens a policy now."""
        return self._suppress(reports, baseline, None, paths)

    def _suppress(
        self,
        reports: Mapping[str, Report],
        baseline: Baseline | None,
        image: Report | None,
        paths: Iterable[str],
        loosened: Iterable[tuple[Policy, Report]] = (),
    ) -> SuppressionResult:
        groups: dict[int, tuple[Policy, list[Report]]] = {}
        if image is not None:
            here = self.policies.of(".")
            groups[id(here)] = (here, [image])
        for origin, report in reports.items():
            policy = self.policies.of(os.path.dirname(origin) or ".")
            groups.setdefault(id(policy), (policy, []))[1].append(report)
        for policy, report in loosened:
            groups.setdefault(id(policy), (policy, []))[1].append(report)
        suppress_group = GroupSuppression(self.policies, baseline, Coverage.of(paths, reports))
        suppressed: list[Report] = []
        thresholds: dict[str, Severity] = {}
        limits: dict[int, AllowedLimit] = {}
        gone: dict[str, frozenset[BaselineEntry]] = {}
        for policy, group in groups.values():
            result = suppress_group(policy, total(group))
            suppressed.append(result.report)
            for finding in result.report.findings:
                thresholds[finding.location.origin] = policy.threshold
            for by, limit in result.limits:
                limits[id(by)] = limit.together(limits.get(id(by)))
            # To one group everything of the others seems to be gone.
            for origin, missing in result.stale.items():
                gone[origin] = gone.get(origin, missing) & missing
        return SuppressionResult(
            suppressed[0] if len(suppressed) == 1 else total(suppressed),
            stale=tuple(sorted(entry for entries in gone.values() for entry in entries)),
            bounds=Bounds(thresholds, tuple(limits.values())),
        )


def _trusted(policy: Policy) -> Iterator[TrustedPolicy]:
    """The policies that hold against one, from the nearest on."""
    while policy.trusted is not None:
        yield policy.trusted
        policy = policy.trusted.policy


def _identity(policy: Policy) -> str:
    file = policy.sources[-1].origin if policy.sources else ", ".join(policy.extends)
    inside = f"{file}, " if policy.name and policy.sources else ""
    rules = count(len(policy.enabled), "rule")
    return f"{policy.name or file} ({inside}{rules} on) sha256:{policy_digest(policy)}"
