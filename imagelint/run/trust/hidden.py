"""Which files the policies of the examined tree hide that were examined at a commit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.files import display, relative_to
from imagelint.collect.git import list_files
from imagelint.collect.read import decode, read_bytes
from imagelint.core.report import Problem
from imagelint.documents.detect import candidate, detect
from imagelint.documents.policyfile import ExcludedFiles
from imagelint.policy.text import read_text
from imagelint.run.exclusions import matching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source, Span
    from imagelint.policy.model import Policy
    from imagelint.run.policyfiles import PolicyFiles
    from imagelint.run.trust.sources import CommitTrust
    from imagelint.run.trust.weakenings import Comparison

_SHOWN = 5
_MOST_READ = 2_000


def hidden(
    comparison: Comparison, trust: CommitTrust, files: PolicyFiles
) -> Iterator[tuple[Source, ExcludedFiles]]:
    """What globs of a policy hide that no glob hid at a commit.

    Raises:
        PolicyError: the policy is wrong.
    """
    former, path = comparison
    if path is None:
        return
    before = trust.before(former)
    after = files.load(path)
    base = os.path.dirname(path)
    was = os.path.dirname(trust.place(former)) if former else base
    had = before.exclude if base == was else ()
    new = tuple(glob for glob in after.exclude if glob not in set(had))
    found: dict[str, list[str]] = {}
    for place, glob in _ours(base, new):
        if not _hides(before.exclude, was, place):
            found.setdefault(glob, []).append(display(place))
    for glob, names in found.items():
        for source, span in _place(after, glob):
            shown, more = tuple(names[:_SHOWN]), max(0, len(names) - _SHOWN)
            yield source, ExcludedFiles(span, glob, shown, more, trust.commit.name)


def _ours(base: str, globs: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The files below a folder that some globs hide, and that would be examined, with the glob.

    Of very many the rest is taken for such.
    """
    read = 0
    for name in (list_files(base) or ()) if globs else ():
        glob = _hides(globs, base, os.path.join(base, name)) if candidate(name) else ""
        if glob:
            read += 1
            place = os.path.join(base, name)
            if read > _MOST_READ or _is_ours(place):
                yield place, glob


def _hides(globs: tuple[str, ...], base: str, path: str) -> str:
    """The first glob that hides a file; empty where none does."""
    return next(matching(globs, relative_to(base, path)), "") if globs else ""


def _is_ours(path: str) -> bool:
    data = read_bytes(path, path)
    text = None if isinstance(data, Problem) else decode(data, path).source
    return text is not None and bool(detect(path, text.text))


def _place(policy: Policy, glob: str) -> Iterator[tuple[Source, Span]]:
    """Where a policy says a glob under `exclude`, in the first of its files that does."""
    for source in policy.sources:
        text = read_text(source)
        said = text.data.get("exclude") if isinstance(text.data, dict) else None
        if isinstance(said, tuple) and glob in said:
            yield source, text.item_span("exclude", said.index(glob))
            return
