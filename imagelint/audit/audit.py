"""One audit from its sources to its outcome."""

from __future__ import annotations

import os
import platform
from itertools import chain, islice
from typing import TYPE_CHECKING

from imagelint.audit.dispatch import Dispatcher
from imagelint.audit.judging import category_of
from imagelint.audit.lookup import Known
from imagelint.audit.plan import Plan, make_plan
from imagelint.audit.progress import Progress
from imagelint.audit.worker import Task, Worker
from imagelint.audit.writers import Presence, ResultWriter
from imagelint.collect import environment
from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.store.records import NewRun
from imagelint.store.records import Worker as StoredWorker
from imagelint.store.runs import begin, finish, touch
from imagelint.store.writing import Writer, add_examination, add_source_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imagelint.audit.inspection import Registries
    from imagelint.audit.judging import Judge
    from imagelint.audit.lookup import LastTag
    from imagelint.audit.options import AuditOptions
    from imagelint.audit.selection import Selection
    from imagelint.audit.sources.model import Source
    from imagelint.audit.targets import Target
    from imagelint.collect.registry.polite import PoliteAsker
    from imagelint.store.database import Store
    from imagelint.store.records import Finished
    from imagelint.store.runs import Begun, LastWorker

_BATCH, _KEPT_BATCH = 64, 400
_SILENT_SECONDS = 120
_MOST_SAID = 100


class Audited(NamedTuple):
    """What an audit came to: its run and outcome; `whole`: no other shard is still at work."""

    run: Begun
    outcome: str
    whole: bool


class Audit:
    """Audits what sources list and a selection wants."""

    def __init__(
        self,
        store: Store,
        judge: Judge,
        asker: PoliteAsker,
        registries: Registries,
        options: AuditOptions,
    ) -> None:
        self._store = store
        self._judge = judge
        self._options = options
        self._stop = registries.stop
        self._known = Known(store)
        self._said_in = {} if judge.deep else self._known.examinations(judge.asked)
        self._worker = Worker(asker, registries, self._known, judge, options)

    @property
    def key(self) -> str:
        """By which policy, what code and how deep images are judged here."""
        return self._judge.key

    def plan(self, sources: Sequence[Source], selection: Selection) -> Plan:
        """What it would take; nothing is asked but for lists."""
        found = chain.from_iterable(selection.choose(source.targets()) for source in sources)
        mine = (
            one
            for one in found
            if isinstance(one, Problem) or self._options.shard.has(one.reference)
        )
        return make_plan(mine, self._known)

    def run(
        self,
        sources: Sequence[Source],
        selection: Selection,
        told: Callable[[Finished], None] = lambda _one: None,
        progress: Progress | None = None,
    ) -> Audited:
        """Audit everything; what an earlier run of the same was cut off before goes on.

        `progress` counts what is still to be done, and `told` hears of what is written.
        """
        progress = progress or Progress(tuple)
        wanted = self._task(sources, selection)
        run = begin(self._store, wanted, _myself(self._options), *_liveness(self._options))
        if not self._judge.deep:
            add_examination(self._store, self._judge.asked)
        writer = Writer(self._store, run, environment.moment, asked=not self._options.kept)

        def tell(one: Finished) -> None:
            progress.add(one)
            told(one)

        def be_there() -> None:
            touch(self._store, run, environment.moment())

        with Presence(be_there), ResultWriter(writer.write, tell) as keeper:

            def do(task: Task) -> None:
                done = self._worker(task)
                if not dispatcher.ended:
                    keeper.put(done)

            at_once = self._options.limits.connections
            dispatcher = Dispatcher(do, self._options.threads, at_once, self._stop)
            tasks = _counted(self._tasks(run, sources, selection), progress)
            if self._options.kept:
                # Nothing is waited for.
                for task in tasks:
                    do(task)
            else:
                dispatcher.run(tasks)
        ended = finish(self._store, run, self._judge.waivers(), environment.moment())
        return Audited(run, ended.outcome, ended.whole)

    def key_of(self, sources: Sequence[Source], selection: Selection, shards: int) -> str:
        """Under which key a run is known that is divided into so many parts."""
        options = self._options
        named = (source.name for source in sources)
        asked = repr((options.depth, options.platforms, options.kept, shards, selection))
        return digest_of(*named, asked, self._judge.key)

    def _task(self, sources: Sequence[Source], selection: Selection) -> NewRun:
        from imagelint import __version__

        options = self._options
        named = tuple(source.name for source in sources)
        policy = self._judge.policy
        return NewRun(
            key=self.key_of(sources, selection, options.shard.of),
            sources=named,
            options=selection.as_json(options.platforms, options.lists),
            depth=options.depth,
            policy=policy.name or ", ".join(policy.extends),
            policy_digest=f"sha256:{self._judge.digest}",
            fail_on=str(policy.threshold),
            version=__version__,
            shards=options.shard.of,
            asked=self._judge.asks,
            contacts=self._judge.contacts,
        )

    def _tasks(
        self, run: Begun, sources: Sequence[Source], selection: Selection
    ) -> Iterator[list[Task]]:
        """The tasks that are still to be done, asked of the store batch by batch."""
        targets = self._targets(run, sources, selection)
        size = _KEPT_BATCH if self._options.kept else _BATCH
        while batch := list(islice(targets, size)):
            unique = {target.reference: target for target in batch}
            done = self._known.done(run.id, list(unique))
            todo = [one for name, one in unique.items() if name not in done]
            last = {} if self._options.kept else self._known.tags(todo)
            led = {
                self._judge.identify(one.repository, digest): (one.repository, digest)
                for one in todo
                if (digest := one.digest or _last(last, one))
            }
            judged = self._known.judgements(led)
            new = {led[one] for one in led.keys() - judged.keys()}
            said = self._known.statements(new, self._said_in)
            kept = self._known.images({digest for _, digest in new - said.keys()})
            yield [
                Task(target, last.get((target.repository, target.tag)), judged, said, kept)
                for target in todo
            ]

    def _targets(
        self, run: Begun, sources: Sequence[Source], selection: Selection
    ) -> Iterator[Target]:
        for source in sources:
            problems: dict[str, list[Problem]] = {}
            for found in selection.choose(source.targets()):
                if isinstance(found, Problem):
                    group = problems.setdefault(found.origin, [])
                    if len(group) < _MOST_SAID:
                        group.append(found)
                elif self._options.shard.has(found.reference):
                    yield found
            for at, group in problems.items():
                said = [(category_of(one), one.kind.value, one.detail, one.help) for one in group]
                add_source_problem(self._store, run, at, said)


def _counted(batches: Iterable[list[Task]], progress: Progress) -> Iterator[Task]:
    """The tasks of all batches, each batch counted before its first one begins."""
    for batch in batches:
        progress.expect(len(batch))
        yield from batch
    progress.listing = False


def _last(last: Mapping[tuple[str, str], LastTag], target: Target) -> str:
    found = last.get((target.repository, target.tag))
    return found.digest if found else ""


def _myself(options: AuditOptions) -> StoredWorker:
    return StoredWorker(platform.node(), os.getpid(), options.shard.number)


def _liveness(options: AuditOptions) -> tuple[str, Callable[[LastWorker], bool]]:
    """The time, and how to tell whether a worker that said nothing for long is still there."""
    now, host = environment.moment(), platform.node()
    oldest = environment.moment(-_SILENT_SECONDS)

    def is_alive(last: LastWorker) -> bool:
        if options.assigned:
            return False
        if last.host == host:
            return last.pid != os.getpid() and _is_running(last.pid)
        return last.seen > oldest

    return now, is_alive


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
