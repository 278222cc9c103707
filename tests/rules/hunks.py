"""Changes of a text, written as a patch without line numbers.

A line that begins with a blank stands in the text, one with `-` is taken away, one with `+` is put
there. What follows added lines begins the next change. A change without any line of the text makes
a new file, and a file without lines is none.
"""

from __future__ import annotations


def changed(text: str, patch: list[str]) -> str:
    """The text after all changes, each of which begins behind the last one.

    Raises:
        AssertionError: a line of the patch is none, or the text has not got what a change is about.
    """
    lines, at = text.splitlines(), 0
    for old, new in _hunks(patch):
        assert old or not lines, f"a change of nothing: {new}"
        at = _find(lines, old, at)
        lines[at : at + len(old)] = new
        at += len(new)
    return "".join(f"{line}\n" for line in lines)


def _hunks(patch: list[str]) -> list[tuple[list[str], list[str]]]:
    hunks: list[tuple[list[str], list[str]]] = []
    adding = True
    for line in patch:
        mark, rest = line[:1] or " ", line[1:]
        assert mark in " -+", f"begins with no mark: {line!r}"
        if not hunks or (adding and mark != "+"):
            hunks.append(([], []))
        adding = mark == "+"
        if mark != "+":
            hunks[-1][0].append(rest)
        if mark != "-":
            hunks[-1][1].append(rest)
    return hunks


def _find(lines: list[str], wanted: list[str], start: int) -> int:
    for at in range(start, len(lines) - len(wanted) + 1):
        if lines[at : at + len(wanted)] == wanted:
            return at
    raise AssertionError(f"not there, or not behind the last change: {wanted}")
