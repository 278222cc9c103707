"""Examine many files: what is known from earlier runs, and the rest over several processes."""

from __future__ import annotations

import os
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from imagelint import __version__
from imagelint.collect.codedigest import code_stamp
from imagelint.collect.files import relative_to
from imagelint.collect.findup import Ancestors
from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.core.report import Report, joined_tables
from imagelint.documents.project import kind_of_mark
from imagelint.engine.echoes import without_repeats
from imagelint.knowledge.tables import hold
from imagelint.policy.allowances import terms_of
from imagelint.policy.digest import policy_digest
from imagelint.run.examiner import Examiner, Plan, dependency, with_marks
from imagelint.run.reading.index import FileIndex
from imagelint.run.rendering.renderings import CHARTS, KUSTOMIZATIONS, NO_RENDERINGS
from imagelint.run.serialize import FileReport, decode_all, encode
from imagelint.run.shellchecks import asker, check_shell, is_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.collect.files import FoundFile
    from imagelint.core.finding import Finding
    from imagelint.core.sitefacts import SiteFacts
    from imagelint.deployment.landmarks import Holding
    from imagelint.policy.model import Policy
    from imagelint.run.policies import Policies
    from imagelint.run.rendering.kept import KeptRenderings
    from imagelint.run.rendering.renderings import Renderings

_DATA = (".yaml", ".yml", ".json")
_DELIVERS = (
    *("toolkit.fluxcd.io/", "argoproj.io/", "helm.cattle.io/"),
    *("addons.cluster.x-k8s.io/", "helm.crossplane.io/"),
)
"""Words that stand in every manifest for Flux or Argo CD."""
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORTH_A_PROCESS = 20
"""So many files take several times as long as to start a process that examines them."""


class ResultCache(Protocol):
    """What is known from earlier runs; `keeps` is false for a cache that remembers nothing."""

    @property
    def keeps(self) -> bool:
        """Whether anything is remembered."""
        ...

    def get(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The texts that are known, by key."""
        ...

    def put(self, entries: Mapping[str, str], now: int) -> None:
        """Remember texts by key."""
        ...


class Task(NamedTuple):
    """A file and the key under which its result is remembered; empty: it cannot be."""

    found: FoundFile
    key: str


def quiet(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


class Run(NamedTuple):
    """How to examine. `progress` is told how many files are done of how many.

    `texts` stand for what is in the files of their origins; None: for no file. What is `traced`
    is known by what it looked at.
    """

    policies: Policies
    results: ResultCache
    now: int
    processes: int = 1
    progress: Callable[[int, int], None] = quiet
    texts: Mapping[str, str | None] = MappingProxyType({})
    traced: bool = False


class Judgement(NamedTuple):
    """What came of the files of a run, by origin, in order, and by what they were read."""

    files: Mapping[str, FoundFile]
    stored: Mapping[str, FileReport]
    file_index: FileIndex
    renderings: Renderings = NO_RENDERINGS

    def reports(self) -> dict[str, Report]:
        """The report about each file, without what one says that another says, too."""
        return without_repeats({origin: one.report for origin, one in self.stored.items()})


def examine(files: Iterable[FoundFile], run: Run) -> dict[str, Report]:
    """The report about each file by origin, in order, whatever ran where."""
    return judge(files, run).reports()


def judge(files: Iterable[FoundFile], run: Run) -> Judgement:
    """What comes of each file."""
    ordered = tuple(sorted(files, key=lambda found: found.origin))
    files_by_origin = {found.origin: found for found in ordered}
    index = FileIndex(files_by_origin, hashed=run.results.keeps, texts=run.texts)
    if ordered:
        first = run.policies.of(os.path.dirname(ordered[0].path) or ".")
        hold(first.environment.knowledge)
    renderings = renderings_of(ordered, index, run=run)
    stored = judge_some(ordered, plan_of(files_by_origin, index, renderings, run), run)
    return Judgement(files_by_origin, stored, index, renderings)


def plan_of(
    files: dict[str, FoundFile], index: FileIndex, renderings: Renderings, run: Run
) -> Plan:
    """How the files of a run are examined that are read by an index."""
    keeps = run.results.keeps or run.traced
    return Plan(files, run.policies, index, keeps, renderings, rendered=renderings.digest)


def judge_some(some: Iterable[FoundFile], plan: Plan, run: Run) -> dict[str, FileReport]:
    """What comes of some files of a plan, in their order."""
    tasks = _tasks(some, plan, run)
    done: dict[str, FileReport] = {}
    groups = _by_knowledge(tasks, run) if know_different(plan.files.values(), run) else [tasks]
    for group in groups:
        own = plan if group is tasks else _read_anew(group, plan, run)
        done |= _known(group, own, run)
        left = [task for task in group if task.found.origin not in done]
        done |= _judged_alike(left, own, run, len(done))
    return {task.found.origin: done[task.found.origin] for task in tasks}


def know_different(files: Iterable[FoundFile], run: Run) -> bool:
    """Whether files are judged by different tables, as a policy of a folder knows more."""
    folders = set(map(os.path.dirname, (found.path for found in files)))
    return len({run.policies.of(folder or ".").environment.knowledge for folder in folders}) > 1


def _read_anew(group: list[Task], plan: Plan, run: Run) -> Plan:
    """A plan whose files are read with the tables of a group: others may understand them so."""
    policy = run.policies.of(os.path.dirname(group[0].found.path) or ".")
    hold(policy.environment.knowledge)
    index = FileIndex(plan.files, hashed=run.results.keeps, texts=run.texts)
    if plan.file_index is not None:
        index.share(plan.file_index, plan.files.keys())
    return plan._replace(file_index=index)


def recall(some: Iterable[FoundFile], plan: Plan, run: Run) -> None:
    """Let the index of a plan know what some files hold, as far as that is remembered."""
    _recalled(_tasks(some, plan, run), plan, run)


def _by_knowledge(tasks: list[Task], run: Run) -> list[list[Task]]:
    """The tasks, those together whose policies know the same."""
    groups: dict[tuple[SiteFacts, ...], list[Task]] = {}
    for task in tasks:
        policy = run.policies.of(os.path.dirname(task.found.path) or ".")
        groups.setdefault(policy.environment.knowledge, []).append(task)
    return list(groups.values())


def _judged_alike(tasks: list[Task], plan: Plan, run: Run, known: int) -> dict[str, FileReport]:
    files = [task.found for task in tasks]
    if plan.file_index is not None and any(is_asked(found, run.policies) for found in files):
        plan = plan._replace(shell=check_shell(files, run.policies, plan.file_index))
    run.progress(known, known + len(tasks))
    return {task.found.origin: stored for task, stored in _work(tasks, plan, run, known)}


@cache
def _stamp() -> str:
    """What the code is that runs here."""
    return code_stamp(_PACKAGE)


def _kept(run: Run | None) -> KeptRenderings | None:
    """What was rendered in earlier runs, where anything is remembered."""
    if run is None or not run.results.keeps:
        return None
    from imagelint.run.rendering.kept import KeptRenderings

    return KeptRenderings(run.results, run.now, _stamp())


def _with_rendering(task: Task, renderings: Renderings) -> Task:
    """A task that is remembered by what is rendered for its file as well."""
    origin = task.found.origin
    if not task.key or origin not in renderings.concerned:
        return task
    stamp = renderings.stamp(origin)
    return task._replace(key="" if stamp is None else digest_of(task.key, stamp))


def renderings_of(
    files: tuple[FoundFile, ...],
    index: FileIndex,
    earlier: Renderings = NO_RENDERINGS,
    run: Run | None = None,
) -> Renderings:
    """What has to be rendered before anything is examined.

    Some may have been `earlier` in this run; what a `run` remembers is not rendered again.
    """
    found = NO_RENDERINGS
    if any(f"/{each.origin}".endswith(KUSTOMIZATIONS) for each in files):
        from imagelint.run.rendering import kustomizations

        found += kustomizations.render(files, index, earlier, _kept(run))
    if any(f"/{each.origin}".endswith(CHARTS) for each in files):
        from imagelint.run.rendering import charts

        found += charts.render(files, index, earlier, _kept(run))
    if any(_may_deliver(each, index) for each in files):
        from imagelint.run.rendering import deliveries

        found += deliveries.render(files, index, _kept(run))
    return found


def _may_deliver(found: FoundFile, index: FileIndex) -> bool:
    """Whether a file may tell Argo CD, Flux or helmfile to deploy a chart."""
    if "helmfile" in found.origin.lower():
        return True
    if not found.origin.endswith(_DATA):
        return False
    source = index.content(found).text.source
    return source is not None and any(word in source.text for word in _DELIVERS)


def _tasks(files: Iterable[FoundFile], plan: Plan, run: Run) -> list[Task]:
    """What is to be done; nothing is read yet where nothing is remembered."""
    tasks = _keyed(files, plan, run)
    if plan.renderings.concerned:
        tasks = [_with_rendering(task, plan.renderings) for task in tasks]
    return tasks


def _keyed(files: Iterable[FoundFile], plan: Plan, run: Run) -> list[Task]:
    tasks: list[Task] = []
    index = plan.file_index
    if index is None or not run.results.keeps:
        return [Task(found, "") for found in files]
    policies: dict[int, str] = {}
    place = _places()
    # The stamp of a checkout is long: what is hashed with each file is its digest.
    code = digest_of(__version__, _stamp())
    for found in files:
        folder = os.path.dirname(found.path) or "."
        policy = run.policies.of(folder)
        digest = index.content(found).digest
        if not digest:
            tasks.append(Task(found, ""))
            continue
        if id(policy) not in policies:
            policies[id(policy)] = _judged_by(policy)
        judged = digest_of(policies[id(policy)], place(folder))
        tasks.append(Task(found, _key(code, found, digest, judged)))
    return tasks


def _places() -> Callable[[str], str]:
    """Gives the place of a folder within what is looked at, which a new repository changes."""
    ancestors = Ancestors()
    return cache(lambda folder: relative_to(ancestors.root_of(folder), folder))


def _judged_by(policy: Policy) -> str:
    """What tells a policy from others that decide, or say why, otherwise."""
    told = (f"{each.name} {sorted(each.said.origins.items())!r}" for each in terms_of(policy))
    gated = policy.environment.gated
    return digest_of(policy_digest(policy), gated, asker(policy), *told)


def _key(code: str, found: FoundFile, content: str, policy: str) -> str:
    """Under what a result is remembered: who made it, of which file, taken for what, by what."""
    return digest_of(code, found.origin, found.kind, content, policy)


class _Recalled(NamedTuple):
    """A result that is good if under the `marks` stands what stood there; `now` tells what does."""

    stored: FileReport
    marks: tuple[tuple[str, str], ...]
    now: Callable[[str], str]


def _known(tasks: Iterable[Task], plan: Plan, run: Run) -> dict[str, FileReport]:
    """The results that are remembered and still good."""
    # What stands under keys is known once all have told what they hold.
    return {
        origin: one.stored
        for origin, one in _recalled(tasks, plan, run).items()
        if all(one.now(mark) == digest for mark, digest in one.marks)
    }


def _recalled(tasks: Iterable[Task], plan: Plan, run: Run) -> dict[str, _Recalled]:
    """The results that are remembered, as far as the files are the same which they look at.

    The index is told what their files hold.
    """
    by_key = {task.key: task.found.origin for task in tasks if task.key}
    reports: dict[str, _Recalled] = {}
    index = plan.file_index
    if index is None:
        return reports

    @cache
    def now(name: str) -> str:
        return dependency(name, index, plan.rendered)

    is_mark = cache(kind_of_mark)  # the same are asked for by one file after the other
    for key, stored in decode_all(run.results.get(by_key)).items():
        marks = tuple([one for one in stored.dependencies if is_mark(one[0])])
        others = [one for one in stored.dependencies if not is_mark(one[0])]
        if all(now(name) == digest for name, digest in others):
            reports[by_key[key]] = _Recalled(stored, marks, now)
            if stored.held is not None:
                index.tell(by_key[key], stored.held)
    return reports


def _work(
    tasks: list[Task], plan: Plan, run: Run, before: int
) -> Iterator[tuple[Task, FileReport]]:
    by_origin = {task.found.origin: task for task in tasks}
    pairs: Iterator[tuple[FoundFile, FileReport]]
    processes = min(run.processes, len(tasks) // WORTH_A_PROCESS)
    if processes < 2:  # noqa: PLR2004 - one is here already
        examiner = Examiner(plan)
        pairs = ((task.found, examiner.file(task.found)) for task in tasks)
    else:
        from imagelint.run.processes import spread

        pairs = spread([task.found for task in tasks], plan, processes)
    fresh: dict[str, FileReport] = {}
    held: dict[str, Holding] = {}
    for number, (found, stored) in enumerate(pairs, before + 1):
        task = by_origin[found.origin]
        if stored.held is not None:
            held[found.origin] = stored.held
        if task.key and not stored.report.problems:
            fresh[task.key] = stored
        run.progress(number, before + len(tasks))
        yield task, stored
    if plan.file_index is not None:
        for origin, one in held.items():
            plan.file_index.tell(origin, one)
        _keep(fresh, plan.file_index, run)


def _keep(fresh: Mapping[str, FileReport], index: FileIndex, run: Run) -> None:
    """Remember results, with what they rest on in files that were examined after them."""
    texts = {key: encode(with_marks(stored, index)) for key, stored in fresh.items()}
    run.results.put(texts, run.now)


def _findings(parts: Iterable[Report]) -> Iterator[Finding]:
    """All findings; those about a file that several others run are the same ones."""
    elsewhere: set[Finding] = set()
    for part in parts:
        own = {examined.origin for examined in part.examined}
        for finding in part.findings:
            if finding.location.origin in own:
                yield finding
            elif finding not in elsewhere:
                elsewhere.add(finding)
                yield finding


def total(reports: Iterable[Report]) -> Report:
    """The sum of many reports in one step."""
    parts = tuple(reports)
    return Report(
        tuple(_findings(parts)),
        tuple(allowed for part in parts for allowed in part.allowed),
        tuple(problem for part in parts for problem in part.problems),
        tuple(examined for part in parts for examined in part.examined),
        tuple(ignored for part in parts for ignored in part.ignored),
        joined_tables(part.tables for part in parts),
    )
