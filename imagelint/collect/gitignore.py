"""The `.gitignore` files on the way down, for folders about which git itself cannot be asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.read import read_bytes
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pathspec import GitIgnoreSpec


class _Level(NamedTuple):
    folder: str
    spec: GitIgnoreSpec


class GitignoreRules(NamedTuple):
    """The ignore files that hold in a folder, outermost first; the innermost match decides."""

    levels: tuple[_Level, ...] = ()

    def inside(self, folder: str, names: AbstractSet[str]) -> GitignoreRules:
        """What holds inside a folder that contains these names."""
        if ".gitignore" not in names:
            return self
        path = os.path.join(folder, ".gitignore")
        data = read_bytes(path, path)
        if not isinstance(data, bytes):
            return self
        from pathspec import GitIgnoreSpec

        try:
            spec = GitIgnoreSpec.from_lines(data.decode("utf-8", errors="replace").splitlines())
        except ValueError:
            # git skips a pattern that it cannot read; without the file we only see more.
            return self
        return GitignoreRules((*self.levels, _Level(folder, spec)))

    def hides(self, path: str, *, is_folder: bool) -> bool:
        """Whether git would ignore that path."""
        for level in reversed(self.levels):
            relative = os.path.relpath(path, level.folder).replace(os.sep, "/")
            verdict = level.spec.check_file(f"{relative}/" if is_folder else relative).include
            if verdict is not None:
                return bool(verdict)
        return False
