"""What one run of the program shares between its stages."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.files import FoundFile, find, relative_to
from imagelint.collect.git import list_files
from imagelint.core.record import NamedTuple
from imagelint.core.report import (
    Evidence,
    Ignored,
    IgnoreReason,
    Problem,
    ProblemKind,
    Report,
)
from imagelint.documents.policyfile import PolicyFile
from imagelint.engine.decide import count
from imagelint.engine.examine import Examination
from imagelint.engine.waivers import (
    SuppressionContext,
    SuppressionResult,
    suppress_report,
    waiver_uses,
)
from imagelint.policy.digest import policy_digest
from imagelint.policy.glob import GlobIndex, matches_path, plain
from imagelint.policy.model import DEFAULT_FAIL_ON
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.files import Run, examine, quiet, total
from imagelint.run.lookalikes import unread_policies
from imagelint.run.naming import Naming, as_text, is_of_no_kind, unrecognised
from imagelint.run.policies import Policies

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from imagelint.collect.read import ReadResult
    from imagelint.core.finding import Severity
    from imagelint.core.source import Source
    from imagelint.engine.baseline import Baseline, BaselineEntry
    from imagelint.policy.model import Policy
    from imagelint.run.files import ResultCache


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


class Session(NamedTuple):
    """The cache and the policies of a run; `processes` 0 means as many as there are.

    `exclude` are globs over files that are not examined, relative to where the user stands.
    """

    results: ResultCache
    policies: Policies
    processes: int = 0
    exclude: tuple[str, ...] = ()

    @classmethod
    def open(
        cls,
        chosen: Iterable[str],
        flags: Policy,
        *,
        cached: bool,
        processes: int = 0,
        only: Collection[str] = (),
    ) -> Session:
        """A session with the cache of the user, or none; `only` are the rules that run, or all.

        Raises:
            PolicyError: a chosen policy is wrong.
        """
        results: ResultCache = NullCache()
        if cached:
            from imagelint.collect.cache import Cache

            results = Cache(environment.cache_folder())
        return cls(results, Policies(chosen, flags, ValidPolicies(results), only), processes)

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
            if setting.level not in ("on", "off", None)
        )

    def evidence(self) -> Evidence:
        """Which policies decided: a folder may have its own."""
        policies = self.policies.all() or (self.policies.of("."),)
        return Evidence(tuple(("policy", _identity(policy)) for policy in policies))

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
        listing = find(paths, self._excluded, list_files)
        processes = self.processes or environment.processors()
        run = Run(self.policies, self.results, environment.now(), processes, progress)
        files = naming.apply(listing.files)
        reports = examine(files, run)
        unknown = [each for each in files if each.named and is_of_no_kind(reports[each.origin])]
        for origin, report in examine(map(as_text, unknown), run._replace(progress=quiet)).items():
            reports[origin] = report + unrecognised(origin)
        for ignored in listing.left_out:
            reports[ignored.origin] = Report(ignored=(ignored,))
        for problem in (*listing.problems, *unread_policies(files, self.policies)):
            reports[problem.origin] = reports.get(problem.origin, Report()) + Report(
                problems=(problem,)
            )
        return dict(sorted(reports.items()))

    def check_text(
        self,
        text: ReadResult,
        origin: str,
        naming: Naming = Naming(),  # noqa: B008 - it cannot be changed
    ) -> Mapping[str, Report]:
        """The report about a text that stands for a file, such as standard input."""
        if self._excluded(origin):
            return {origin: Report(ignored=(Ignored(origin, IgnoreReason.EXCLUDED),))}
        if text.source is None:
            return {origin: Report(problems=text.problems)}
        found = FoundFile(origin, origin, kind=naming.kind)
        report = self._text(text.source, found)
        if is_of_no_kind(report) and not naming.candidates:
            report = self._text(text.source, as_text(found)) + unrecognised(origin)
        return {origin: Report(problems=text.problems) + report}

    def _text(self, source: Source, found: FoundFile) -> Report:
        files = {found.origin: found} if found.kind else {}
        folder = os.path.dirname(found.origin) or "."
        return Examiner(Plan(files, self.policies)).source(source, folder).report

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
        folders = tuple(os.path.realpath(path) for path in paths if os.path.isdir(path))
        groups: dict[int, tuple[Policy, list[Report]]] = {}
        if image is not None:
            here = self.policies.of(".")
            groups[id(here)] = (here, [image])
        for origin, report in reports.items():
            policy = self.policies.of(os.path.dirname(origin) or ".")
            groups.setdefault(id(policy), (policy, []))[1].append(report)
        suppressed: list[SuppressionResult] = []
        gone: dict[str, frozenset[BaselineEntry]] = {}
        for policy, group in groups.values():
            held = baseline or _baseline_of(policy)
            result = self._suppress_group(policy, total(group), held, folders)
            suppressed.append(result)
            # To one group everything of the others seems to be gone.
            missing = frozenset(result.stale)
            origin = held.origin if held else ""
            gone[origin] = gone.get(origin, missing) & missing
        return SuppressionResult(
            total(result.report for result in suppressed),
            stale=tuple(sorted(entry for entries in gone.values() for entry in entries)),
            thresholds={at: level for each in suppressed for at, level in each.thresholds.items()},
        )

    def _suppress_group(
        self, policy: Policy, report: Report, baseline: Baseline | None, folders: tuple[str, ...]
    ) -> SuppressionResult:
        base = self.policies.base_of(policy)
        held_in = os.path.dirname(baseline.origin) if baseline else ""
        images = {examined.origin for examined in report.examined if examined.digest}

        def place(origin: str, folder: str) -> str:
            return origin if origin in images else relative_to(folder, origin)

        terms = SuppressionContext(
            policy,
            environment.today(),
            baseline,
            place=lambda origin: place(origin, base),
            whole=_is_below(base or ".", folders),
            baseline_place=lambda origin: place(origin, held_in),
            was_examined=lambda path: _is_below(os.path.join(held_in, path), folders),
        )
        result = suppress_report(report + _unruled(policy, report), terms)
        examination = Examination(policy)
        uses = waiver_uses(result, terms) if policy.waivers else ()
        idle = (examination.allowances(PolicyFile(source), found) for source, found in uses)
        whole = total((result.report, *idle))
        thresholds = {finding.location.origin: policy.threshold for finding in whole.findings}
        return result._replace(report=whole, thresholds=thresholds)

    def _excluded(self, path: str) -> bool:
        here = relative_to("", path) if self.exclude else ""
        if any(matches_path(glob, here) for glob in self.exclude):
            return True
        policy = self.policies.of(os.path.dirname(path) or ".")
        if not policy.exclude:
            return False
        place = relative_to(self.policies.base_of(policy), path)
        candidates = _exclusions(policy.exclude).candidates(plain(place))
        return any(matches_path(policy.exclude[at], place) for at in candidates)


@lru_cache(maxsize=64)
def _exclusions(globs: tuple[str, ...]) -> GlobIndex:
    """The globs of a policy, made to be looked up for one file after the other."""
    return GlobIndex.of_paths(globs)


def _identity(policy: Policy) -> str:
    file = policy.sources[-1].origin if policy.sources else ", ".join(policy.extends)
    inside = f"{file}, " if policy.name and policy.sources else ""
    rules = count(len(policy.enabled), "rule")
    return f"{policy.name or file} ({inside}{rules} on) sha256:{policy_digest(policy)}"


def _baseline_of(policy: Policy) -> Baseline | None:
    """The baseline that a policy names.

    Raises:
        UsageError: it cannot be read.
    """
    if not policy.baseline:
        return None
    from imagelint.run.baselines import read_file

    return read_file(policy.baseline)


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
