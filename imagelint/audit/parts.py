"""An audit whose parts are done by the workers of a cluster."""

from __future__ import annotations

import os
import platform
import time
from typing import TYPE_CHECKING, Protocol

from imagelint.audit.options import Shard
from imagelint.audit.sources.batch import ListedBatch, split
from imagelint.audit.workers import on_workers
from imagelint.core.errors import Diagnostic, ImagelintError, UsageError
from imagelint.core.record import NamedTuple
from imagelint.store.runs import last_finished, written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imagelint.audit.audit import Audited
    from imagelint.audit.options import AuditOptions
    from imagelint.audit.progress import Progress
    from imagelint.audit.selection import Selection
    from imagelint.audit.setup import Prepared
    from imagelint.audit.sources.model import Source
    from imagelint.store.database import Store


class Recipe(Protocol):
    """What an audit is put together from, wherever that is done; it can be pickled."""

    def prepared(self, options: AuditOptions) -> Prepared:
        """The audit, done in a way."""
        ...


class Cluster(NamedTuple):
    """Where its scheduler is, and what is told how far its workers are: by what they wrote."""

    address: str
    progress: Progress
    draw: Callable[[], None]


class _Watch:
    """Tells how far the workers are, and counts what they wrote no longer than that is worth."""

    def __init__(self, store: Store, cluster: Cluster) -> None:
        self._store = store
        self._cluster = cluster
        self._key, self._after, self._next = "", 0, 0.0

    def begin(self, key: str, total: int) -> None:
        """From now on they work: on what run, and on how many images."""
        self._key, self._after = key, last_finished(self._store, key)
        self._cluster.progress.expect(total)
        self._cluster.progress.listing = False

    def __call__(self) -> None:
        began = time.monotonic()
        if began < self._next:
            return
        self._cluster.progress.seen(written(self._store, self._key, self._after))
        self._cluster.draw()
        ended = time.monotonic()
        self._next = ended + _REST * (ended - began)


class Part(NamedTuple):
    """What a worker is to do, and in which folder; `key`: by what code and policy."""

    recipe: Recipe
    options: AuditOptions
    selection: Selection
    sources: tuple[ListedBatch, ...]
    folder: str
    key: str


class Refused(NamedTuple):
    """Why a worker cannot do its part."""

    complaints: tuple[Diagnostic, ...]


_REST = 10
"""How many times as long as a look at the store took it is left alone."""
_OTHER = "the worker on {} judges otherwise than this machine: by another policy or release"
_SAME = "give workers the same release of imagelint and the same folder, or name packs"


def run_parts(
    cluster: Cluster,
    recipe: Recipe,
    ready: Prepared,
    selection: Selection,
    sources: Sequence[Source],
) -> Audited:
    """What all parts came to.

    Raises:
        UsageError: the cluster cannot be used, or a worker has another policy, release or store.
    """
    if ready.options.shard != Shard():
        raise UsageError(Diagnostic("a cluster does all parts", help="leave out `--shard`"))

    watch = _Watch(ready.store, cluster)

    def parts(count: int) -> list[Part]:
        shares = split(sources, selection, count)
        total = sum(each.images for share in shares for each in share)
        watch.begin(ready.audit.key_of(sources, selection, count), total)
        return [
            Part(recipe, options, selection, listed, os.getcwd(), ready.audit.key)
            for options, listed in zip(_shares(ready.options, count), shares, strict=True)
        ]

    done = list(on_workers(cluster.address, parts, run_part, watch))
    complaints = [each for one in done if isinstance(one, Refused) for each in one.complaints]
    if complaints:
        raise UsageError(*dict.fromkeys(complaints))
    ended = [one for one in done if not isinstance(one, Refused)]
    # The last one to end settles what all of them came to.
    return next((one for one in ended if one.whole), ended[0]._replace(outcome="incomplete"))


def _shares(options: AuditOptions, count: int) -> list[AuditOptions]:
    """How each of the workers is to go about it, so that together they keep the limits."""
    limits = options.limits
    each = limits._replace(
        connections=max(1, limits.connections // count),
        rate=limits.rate / count,
        budget=-(-limits.budget // count),
    )
    return [
        options._replace(limits=each, shard=Shard(number, count), assigned=True)
        for number in range(1, count + 1)
    ]


def run_part(part: Part) -> Audited | Refused:
    """What a part came to; called by a worker."""
    try:
        os.chdir(part.folder)
        with part.recipe.prepared(part.options) as ready:
            if ready.audit.key != part.key:
                return Refused((Diagnostic(_OTHER.format(platform.node()), help=_SAME),))
            return ready.audit.run(part.sources, part.selection)
    except ImagelintError as error:
        return Refused(error.complaints)
    except OSError as error:
        detail = error.strerror or str(error)
        message = f"the worker on {platform.node()} cannot work in {part.folder}: {detail}"
        return Refused((Diagnostic(message, help=_SAME),))
