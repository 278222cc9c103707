"""An audit whose parts are done by the workers of a cluster."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Protocol

from imagelint.audit.options import Shard
from imagelint.audit.sources.listed import ListedSource, split
from imagelint.audit.workers import on_workers
from imagelint.core.errors import Diagnostic, ImagelintError, UsageError
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.audit.audit import Audited
    from imagelint.audit.options import AuditOptions
    from imagelint.audit.selection import Selection
    from imagelint.audit.setup import Prepared
    from imagelint.audit.sources.model import Source


class Recipe(Protocol):
    """What an audit is put together from, wherever that is done; it can be pickled."""

    def prepared(self, options: AuditOptions) -> Prepared:
        """The audit, done in a way."""
        ...


class Part(NamedTuple):
    """What a worker is to do, and in which folder; `key`: by what code and policy."""

    recipe: Recipe
    options: AuditOptions
    selection: Selection
    sources: tuple[ListedSource, ...]
    folder: str
    key: str


class Refused(NamedTuple):
    """Why a worker cannot do its part."""

    complaints: tuple[Diagnostic, ...]


_OTHER = "the worker on {} judges otherwise than this machine: by another policy or release"
_SAME = "give workers the same release of imagelint and the same folder, or name packs"


def run_parts(
    address: str, recipe: Recipe, ready: Prepared, selection: Selection, sources: Sequence[Source]
) -> Audited:
    """What all parts came to.

    Raises:
        UsageError: the cluster cannot be used, or a worker has another policy, release or store.
    """
    if ready.options.shard != Shard():
        raise UsageError(Diagnostic("a cluster does all parts", help="leave out `--shard`"))

    def parts(count: int) -> list[Part]:
        return [
            Part(recipe, options, selection, listed, os.getcwd(), ready.audit.key)
            for options, listed in zip(
                _shares(ready.options, count), split(sources, selection, count), strict=True
            )
        ]

    done = list(on_workers(address, parts, run_part))
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
