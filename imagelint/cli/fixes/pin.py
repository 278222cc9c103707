"""What the command `pin` does: find, ask, write or show."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.cli.fixes.files import readable
from imagelint.cli.output.pins import exit_code, tell
from imagelint.collect.deadline import Deadline
from imagelint.collect.read import decode, read_bytes
from imagelint.collect.registry.digests import RegistryDigests
from imagelint.collect.write import rewrite, write_text
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.documents.image.lockfile import read_lock, write_lock
from imagelint.run.changes.fixing import Change
from imagelint.run.changes.pinning import Pinning, edited, places_in

if TYPE_CHECKING:
    from imagelint.cli.output.fixes import FixView
    from imagelint.run.session import Session


class PinJob(NamedTuple):
    """The files whose images are pinned, and the lock file."""

    session: Session
    paths: tuple[str, ...]
    lock: str
    seconds: float

    def run(self, view: FixView, *, update: bool) -> int:
        """Pin, tell what was pinned, and give the exit code.

        Raises:
            UsageError: the lock file is none, or a file cannot be written.
        """
        held = _read(self.lock)
        found = places_in(self.session, self.paths)
        places, problems = found.places, found.problems
        digests = RegistryDigests(Deadline(self.seconds))
        known = view.check and not update
        plan = Pinning(held, digests, update=update, known=known).plan(places)
        if known:
            tell(plan, view, (), problems)
            return exit_code(found, plan.pins, problems, view)
        results = tuple(edited(plan.pins, readable))
        changes = tuple(Change(*one) for one in results if not isinstance(one, Problem))
        problems += (*plan.problems, *(one for one in results if isinstance(one, Problem)))
        if view.writes:
            for change in changes:
                rewrite(*change)
            if plan.digests and {**held, **plan.digests} != held:
                write_text(self.lock, [write_lock({**held, **plan.digests})])
        tell(plan, view, changes, problems)
        return exit_code(found, plan.pins, problems, view)


def _read(path: str) -> dict[str, str]:
    if not os.path.lexists(path):
        return {}
    data = read_bytes(path, path)
    source = decode(data, path).source if isinstance(data, bytes) else None
    found = read_lock(source.text) if source else "cannot be read"
    if isinstance(found, str):
        hint = "name another file with --lock, or remove it"
        raise UsageError(Diagnostic(f"the lock file {found}", at=path, help=hint))
    return found
