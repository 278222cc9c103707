"""The text of a file of an image that a Dockerfile makes, as far as the build context has it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.context.changes import change_of, names_changed
from imagelint.documents.dockerfile.context.copies import (
    SOMEWHERE,
    absolute,
    copied,
    folders,
    mounted,
    targets,
)
from imagelint.documents.dockerfile.context.written import joined
from imagelint.documents.dockerfile.model import start_of
from imagelint.documents.mapped import MappedText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from imagelint.documents.dockerfile.context.changes import FileChange
    from imagelint.documents.dockerfile.context.copies import CopySource
    from imagelint.documents.dockerfile.model import HereDoc, Instruction, Stage
    from imagelint.documents.kinds import Beside

LARGEST_SCRIPT = 200_000
"""Characters. People write some hundred lines."""
# Locks of projects with GPU packages: a wheel a line, for each platform and Python.
_LARGEST_LOCK = 4_000_000
_MOST_STEPS = 12  # from stage to stage, from name to name
_MOST_OTHERS = 10
_SMALL = pattern(r"[\w./+-]+\.(?:sh|py|txt|toml|conf|cfg|ini|ya?ml|json)", re.ASCII)
_HIGHEST = 4  # folders above the Dockerfile that may be the context
# What a build makes of a body: variables of the script itself are unset for it, and a backslash
# goes, also that of a line that goes on. `shell/lex.go` of BuildKit, with `SkipProcessQuotes`.
_CHANGED = pattern(
    r"\\(?P<kept>[\s\S])|\$(?:[@*#?$!-]|\d+)|\$\{(?:[@*#?$!-]|\d+)(?::?-(?P<word>[\w./:-]*))?\}"
    r"|(?P<other>\$\{(?:[@*#?$!-]|\d))"
)
_PROGRAMS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class FileText(NamedTuple):
    """The text of a file; `name` is relative to the Dockerfile, empty for what stands in it.

    `start` is where that is, then. Where it does not stand there character for character,
    `written` is the text with the way back.
    """

    name: str
    text: str
    start: int = 0
    written: MappedText | None = None


class _Told(NamedTuple):
    """That an instruction says what a file holds; None: it cannot be known."""

    text: FileText | None


class ImageFiles:
    """The files of the stages of one Dockerfile; `asked` is what was looked for, and found.

    `sought` is the file of the build context that was looked for first since it was emptied, and
    `hidden` tells that since then a file was looked for which is there, of unknown content.
    `too_large` are those that are there, and longer than what is read of a context.
    """

    def __init__(self, stages: Sequence[Stage], text: str, read: Beside) -> None:
        self.asked: dict[str, str | None] = {}
        self.sought = ""
        self.hidden = False
        self.too_large: set[str] = set()
        self._small: tuple[str, ...] | None = None
        self._stages = stages
        self._text = text
        self._read = read
        self._workdirs: dict[int, list[str]] = {}
        self._telling: dict[int, list[tuple[int, Collection[str] | None]]] = {}
        self._found: dict[str, FileText | None] = {}

    def program(self, name: str, stage: Stage, before: int) -> FileText | None:
        """The text of what is run under a name, which may be a path, before an offset."""
        if "/" in name:
            return self._at(absolute(name, self.workdir(stage, before)), stage, before)
        places = (self._at(join(folder, name), stage, before) for folder in _PROGRAMS)
        return next((found for found in places if found is not None), None)

    def file(self, name: str, stage: Stage, before: int) -> FileText | None:
        """The text of a file that is named relative to the working directory."""
        return self._at(absolute(name, self.workdir(stage, before)), stage, before)

    def lone_file(self, name: str, stage: Stage, before: int) -> FileText | None:
        """The same, of those that stand somewhere character for character."""
        found = self.file(name, stage, before)
        return found if found is None or found.written is None else None

    def named_paths(self, stage: Stage) -> tuple[str, ...]:
        """The files that instructions of a stage, and of those below, put at a path they name."""
        found: dict[str, None] = {}
        for part in self._below(stage):
            workdirs = self._of_stage(part)
            for at, instruction in enumerate(part.instructions):
                if instruction.keyword in ("COPY", "ADD"):
                    found |= dict.fromkeys(targets(instruction, workdirs[at]))
            for script in part.scripts:
                redirects = (one for command in script.commands for one in command.redirects)
                names = (one.target.text for one in redirects if one.target is not None)
                found |= dict.fromkeys(name for name in names if name.startswith("/"))
        return tuple(found)

    def _below(self, stage: Stage) -> list[Stage]:
        """A stage and those that it is built upon, the lowest first."""
        chain = [stage]
        while (below := chain[-1].base_stage) is not None and below < chain[-1].index:
            chain.append(self._stages[below])
        return chain[::-1]

    def folder(self, path: str, stage: Stage, steps: int = 0) -> tuple[str, ...]:
        """The names of what instructions put into a folder, as far as the build context has it."""
        found: dict[str, None] = {}
        for part in self._below(stage):
            workdirs = self._of_stage(part)
            for at, instruction in enumerate(part.instructions):
                if instruction.keyword in ("COPY", "ADD"):
                    for source in folders(instruction, path, workdirs[at]):
                        found |= dict.fromkeys(self._listed(source, part, steps))
        return tuple(found)

    def _listed(self, source: CopySource, stage: Stage, steps: int) -> Iterator[str]:
        """The names in a folder that is copied."""
        if source.origin:
            other = self._stage(source.origin, stage)
            if other is not None and steps < _MOST_STEPS:
                yield from self.folder(f"/{source.name}", other, steps + 1)
            return
        for up in range(_HIGHEST + 1):
            listing = self._in_folder(f"{source.name or '.'}/", up)
            yield from (name.rstrip("/") for name in (listing or "").split("\n") if name)

    def lacks(self, name: str) -> bool:
        """Whether no folder that may be the build context has a file of that name."""
        return all(self._in_folder(name, up) is None for up in range(_HIGHEST + 1))

    def workdir(self, stage: Stage, before: int) -> str:
        """The working directory at an offset."""
        at = bisect_left(stage.instructions, before, key=start_of)
        return self._of_stage(stage)[at]

    def _of_stage(self, stage: Stage) -> list[str]:
        """The working directory before each instruction of a stage, and at its end."""
        if stage.index not in self._workdirs:
            current = "/" if stage.scratch else SOMEWHERE
            if stage.base_stage is not None and stage.base_stage < stage.index:
                current = self._of_stage(self._stages[stage.base_stage])[-1]
            found = []
            for instruction in stage.instructions:
                found.append(current)
                if instruction.keyword == "WORKDIR" and instruction.words:
                    word = instruction.words[0]
                    known = isinstance(word.value, Known)
                    current = absolute(word.text, current) if known else f"/?{len(found)}"
            self._workdirs[stage.index] = [*found, current]
        return self._workdirs[stage.index]

    def _at(self, path: str, stage: Stage, before: int, steps: int = 0) -> FileText | None:
        """The text of a file at a path before an offset, looking back over the instructions."""
        if steps > _MOST_STEPS:
            return None
        until = bisect_left(stage.instructions, before, key=start_of)
        if until < len(stage.instructions) and stage.instructions[until].keyword == "RUN":
            shown = mounted(stage.instructions[until], path, self._of_stage(stage)[until])
            if (found := self._first(shown, stage, steps)) is not None:
                return found
        name = basename(path)
        for at, names in reversed(self._telling_of(stage)):
            if at < until and (names is None or name in names):
                told = self._told(stage, at, path, steps)
                if told is not None:
                    return told.text
        if stage.base_stage is None or stage.base_stage >= stage.index:
            return None
        return self._at(path, self._stages[stage.base_stage], len(self._text), steps + 1)

    def _telling_of(self, stage: Stage) -> list[tuple[int, Collection[str] | None]]:
        """The instructions of a stage that may say what a file holds: None: of any name."""
        if stage.index not in self._telling:
            named: dict[int, set[str]] = {}
            for script in stage.scripts:
                at = bisect_right(stage.instructions, script.span.start, key=start_of) - 1
                named.setdefault(at, set()).update(names_changed(script))
            self._telling[stage.index] = [
                (at, named.get(at, ()) if instruction.keyword == "RUN" else None)
                for at, instruction in enumerate(stage.instructions)
                if instruction.keyword in ("ADD", "COPY") or named.get(at)
            ]
        return self._telling[stage.index]

    def _told(self, stage: Stage, at: int, path: str, steps: int) -> _Told | None:
        """What one instruction says about a path; None: nothing."""
        instruction, workdir = stage.instructions[at], self._of_stage(stage)[at]
        if instruction.keyword in ("COPY", "ADD"):
            self.hidden, before = False, self.hidden
            found = self._first(copied(instruction, path, workdir), stage, steps)
            told = None if found is None and not self.hidden else _Told(found)
            self.hidden = self.hidden or before
            return told
        change = (
            _change(instruction, stage, path, workdir) if instruction.keyword == "RUN" else None
        )
        if change is None:
            return None
        found = self._changed(change, stage, instruction, steps)
        self.hidden = self.hidden or (found is None and not self.sought)
        return _Told(found)

    def _changed(
        self, change: FileChange, stage: Stage, instruction: Instruction, steps: int
    ) -> FileText | None:
        """What a file holds behind a script that moves, writes or extends it."""
        texts = change.texts
        if change.path:
            earlier = self._at(change.path, stage, instruction.span.start, steps + 1)
            if not texts or (earlier is not None and earlier.name):
                # What is in another file and goes on here has no place that is one.
                return None if texts else earlier
            if earlier is not None:
                own = MappedText.verbatim(earlier.text, earlier.start)
                texts = (earlier.written or own, *texts)
        whole = joined(texts) if texts else None
        if whole is None:
            return None
        written = None if whole.is_verbatim else whole
        return FileText("", whole.text, whole.span.start, written)

    def _first(self, sources: Iterable[CopySource], stage: Stage, steps: int) -> FileText | None:
        """The first of some sources that is there."""
        found = (self._of_source(source, stage, steps) for source in sources)
        return next((text for text in found if text is not None), None)

    def _of_source(self, source: CopySource, stage: Stage, steps: int) -> FileText | None:
        if source.remote:
            self.hidden = True
            return None
        if source.body is not None:
            body = _of_body(source.body, self._text)
            self.hidden = self.hidden or body is None
            return body
        if not source.origin:
            return self._of_context(source.name)
        other = self._stage(source.origin, stage)
        if other is None:
            self.hidden = True  # in an outside image
            return None
        return self._at(f"/{source.name}", other, len(self._text), steps + 1)

    def _stage(self, reference: str, stage: Stage) -> Stage | None:
        """The earlier stage that `--from` names."""
        for other in reversed(self._stages[: stage.index]):
            if reference.lower() == other.name.lower() or reference == str(other.index):
                return other
        return None

    def _of_context(self, name: str) -> FileText | None:
        """The file of a name in the build context, which is the Dockerfile's folder or above it.

        Where several folders have a file of that name, and not the same, nobody knows which it is.
        """
        if not _SMALL.fullmatch(dirname(name)):  # what is below a file is not looked for in earnest
            self.sought = self.sought or name
        if name not in self._found:
            texts: dict[str, str] = {}
            for up in range(_HIGHEST + 1):
                text = self._in_folder(name, up)
                if text is not None and not self._is_nearer(up):
                    texts.setdefault(text, _above(name, up))
            found = next(((one, text) for text, one in texts.items()), None)
            sure = found is not None and len(texts) == 1
            if found and sure and len(found[1]) > _longest(name):
                self.too_large.add(name)
                sure = False
            self._found[name] = FileText(*found) if found and sure else None
        return self._found[name]

    def _in_folder(self, name: str, up: int) -> str | None:
        wanted = _above(name, up)
        if wanted not in self.asked:
            self.asked[wanted] = self._read(wanted)
        return self.asked[wanted]

    def _is_nearer(self, up: int) -> bool:
        """Whether the context is nearer than a folder above: there lie other files of it."""
        return any(
            self._in_folder(name, up) is None
            and any(self._in_folder(name, nearer) is not None for nearer in range(up))
            for name in (self._others() if up else ())
        )

    def _others(self) -> tuple[str, ...]:
        """Some small files that are copied from the context, by which its folder is known."""
        if self._small is None:
            words = (
                word.text.removeprefix("./")
                for stage in self._stages
                for instruction in stage.of("COPY", "ADD")
                if instruction.flag("from") is None
                for word in instruction.words[:-1]
            )
            small = (word for word in words if _SMALL.fullmatch(word))
            self._small = tuple(dict.fromkeys(small))[:_MOST_OTHERS]
        return self._small


def _longest(name: str) -> int:
    """How long the text of a file may be to be read."""
    return _LARGEST_LOCK if name.endswith(".lock") else LARGEST_SCRIPT


def _above(name: str, up: int) -> str:
    return normpath("../" * up + name) + ("/" if name.endswith("/") else "")


def _change(instruction: Instruction, stage: Stage, path: str, workdir: str) -> FileChange | None:
    """What the scripts of a RUN do with a file."""
    for script in reversed(stage.scripts):
        if instruction.span.covers(script.span):
            change = change_of(script, path, workdir)
            if change is not None:
                return change
    return None


def _of_body(document: HereDoc, text: str) -> FileText | None:
    """The body of a here-document; None where the build makes another text of it."""
    body, start = text[slice(*document.content_span)], document.content_span.start
    changed = list(_CHANGED.finditer(body)) if document.expand else []
    if any(one["other"] for one in changed):
        return None
    pieces = ((*one.span(), one["kept"] or one["word"] or "") for one in changed)
    written = MappedText.verbatim(body, start).replaced(pieces)
    return FileText("", written.text, start, written if changed else None)
