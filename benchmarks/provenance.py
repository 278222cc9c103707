"""How many findings about rendered objects stand where their values are written.

`python benchmarks/provenance.py FOLDER…`: each folder is a repository that is checked out. A
finding is exact where its line, or that of a note that says where a value is set, holds the last
key of its path, what that would stand in where it is absent, or a word of its message.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from imagelint.cli.main import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENOUGH = 0.95
_SHORTEST = 4  # of words: others stand in any line
_QUOTED = re.compile(r"`([^`]+)`")
_KEY = re.compile(r"[A-Za-z][\w-]*")


class Count(NamedTuple):
    """The findings of a repository: about rendered objects, and those that are exact."""

    rendered: int
    exact: int
    rest: tuple[str, ...]
    unrendered: tuple[str, ...]


def count(folder: str) -> Count:
    """What is found in a folder, by its report."""
    here = Path.cwd()
    os.chdir(folder)
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            answer(("check", "--no-cache", "--format", "json", "--policy", "strict", "."))
    finally:
        os.chdir(here)
    report = json.loads(out.getvalue())
    found = [one for finding in report["findings"] for one in _parts(finding) if _is_made(one)]
    rest = tuple(_told(one) for one in found if not is_exact(one))
    unrendered = tuple(
        f"{one['origin']}: {one['detail']}"
        for one in report["problems"]
        if "render" in one["detail"] or "is not built" in one["detail"]
    )
    return Count(len(found), len(found) - len(rest), rest, unrendered)


def _parts(finding: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield finding
    yield from finding.get("parts", ())


def _is_made(finding: dict[str, Any]) -> bool:
    return any(note["message"].startswith("in what ") for note in finding.get("notes", ()))


def is_exact(finding: dict[str, Any]) -> bool:
    """Whether a line of the finding holds what it speaks about."""
    places = [finding["location"], *(note.get("location") for note in finding.get("notes", ()))]
    lines = "\n".join(line for place in places if place for line in place["excerpt"]["lines"])
    path = _KEY.findall(finding["location"].get("path", ""))
    words = (*path[-1:], *_QUOTED.findall(finding["message"]), *finding["message"].split())
    return any(word in lines for word in words if len(word) >= _SHORTEST) or _above(path, lines)


def _above(path: list[str], lines: str) -> bool:
    """Whether a line holds what something absent would stand in: an ancestor, or an item."""
    return lines.lstrip().startswith("- ") or any(f"{key}:" in lines for key in path[:-1])


def _told(finding: dict[str, Any]) -> str:
    place = finding["location"]
    at = f"{place['origin']}:{place['start']['line']}"
    return f"{at} [{finding['rule']}] {place.get('path', '')}"


def main(folders: list[str]) -> int:
    """Print a line for each folder; 1 where fewer are exact in all than there have to be."""
    counts = {folder: count(folder) for folder in folders}
    for folder, one in counts.items():
        share = one.exact / one.rendered if one.rendered else 1.0
        name = Path(folder).name
        sys.stdout.write(f"{name}: {one.exact} of {one.rendered} ({share:.1%})")
        sys.stdout.write(f", {len(one.unrendered)} not rendered\n")
        sys.stdout.writelines(f"  {line}\n" for line in one.rest)
    rendered = sum(one.rendered for one in counts.values())
    exact = sum(one.exact for one in counts.values())
    sys.stdout.write(f"all: {exact} of {rendered}\n")
    return int(exact < _ENOUGH * rendered)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
