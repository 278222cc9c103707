"""The files of a run, each read once and parsed once in a process, whoever asks for it."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile, names_in
from imagelint.collect.findup import Ancestors
from imagelint.collect.read import ReadResult, decode, read_bytes
from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.deployment.landmarks import Landmarks
from imagelint.documents.detect import detect, may_be
from imagelint.documents.kinds import KINDS
from imagelint.documents.project import beside, kind_of_mark
from imagelint.run.reading.recognition import parsed
from imagelint.run.reading.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from imagelint.core.source import Source
    from imagelint.deployment.landmarks import Holding
    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.kinds import Beside
    from imagelint.documents.project import Word

MOST_TEXT = 32_000_000
"""Characters of texts that are kept until their files are examined."""
MOST_AHEAD = 1_500_000
"""Characters of texts whose documents are kept until they are examined: some 70 bytes for each."""
MOST_RECENT = 100_000
"""Characters of texts whose documents are kept behind that, for others that look at them."""
_IN_NAMES = "_-./"
_MOST_NAMES = 1000


class FileContent(NamedTuple):
    """What was read of a file, and the digest of its bytes: empty without them, or if unwanted."""

    text: ReadResult
    digest: str

    @property
    def size(self) -> int:
        """How many characters there are."""
        return len(self.text.source.text) if self.text.source else 0


class FileIndex:
    """The files of a run by origin, and what they hold that others ask for.

    Memory is bounded: what has no room is read or parsed again when it is asked for again. Digests
    are made only where something is remembered by them: the first one costs a tenth of a small run.
    `changed` are the files that were others when they were read again: then they have no text.
    `texts` stand for what is in files of their origins, such as what fixes would make of them, or
    for none: None. Bytes that are not UTF-8 are surrogates in them.
    """

    __slots__ = (
        "__weakref__",
        "_ahead",
        "_ancestors",
        "_contents",
        "_digests",
        "_files",
        "_folders",
        "_hashed",
        "_kind_digests",
        "_kinds",
        "_landmarks",
        "_mark_digests",
        "_marks",
        "_recent",
        "_roots",
        "_texts",
        "changed",
    )

    def __init__(
        self,
        files: Mapping[str, FoundFile],
        *,
        hashed: bool = True,
        texts: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        self._files = files
        self._texts = texts
        self._folders: frozenset[str] | None = None
        self._ancestors = Ancestors()
        self._roots: dict[str, str] = {}
        self._hashed = hashed
        self._contents = Shelf[FileContent](MOST_TEXT)
        self._ahead = Shelf["Document | Report"](MOST_AHEAD)
        self._recent = Shelf["Document | Report"](MOST_RECENT)
        self._digests: dict[str, str] = {}
        # What the user says a file is, it is.
        self._kinds = {origin: found.kind for origin, found in files.items() if found.kind}
        self._kind_digests: dict[str, str] = {}
        self._landmarks = Landmarks(self._of_kind, self._parse_ahead)
        self._mark_digests: dict[str, str] = {}
        self._marks: dict[str, int] = {}
        self.changed: dict[str, Problem] = {}

    def content(self, found: FoundFile) -> FileContent:
        """The text and the digest of a file: one read for both."""
        known = self._contents.get(found.origin)
        if known is None:
            known = self._unchanged(found.origin, self._read(found))
            self._contents.put(found.origin, known, known.size)
        return known

    def _read(self, found: FoundFile) -> FileContent:
        if self._texts.get(found.origin, "") is None:
            gone = Problem(ProblemKind.UNREADABLE, found.origin, "no such file")
            return FileContent(ReadResult(None, (gone,)), "")
        instead = self.instead(found.origin)
        path, origin, within = found.target or found.path, found.origin, found.within
        data = read_bytes(path, origin, within) if instead is None else instead
        if isinstance(data, Problem):
            return FileContent(ReadResult(None, (data,)), "")
        return FileContent(decode(data, found.origin), digest_of(data) if self._hashed else "")

    def instead(self, origin: str) -> bytes | None:
        """What stands for the content of a file, or nothing."""
        text = self._texts.get(origin)
        return None if text is None else text.encode("utf-8", "surrogateescape")

    @property
    def replaced(self) -> Collection[str]:
        """The origins of files for whose content something else stands."""
        return self._texts.keys()

    def below(self, folder: str) -> Iterator[tuple[str, bytes | None]]:
        """What stands for the contents of files below a folder, by origin; None for no file."""
        start = "" if folder in ("", os.curdir) else f"{folder}/"
        for origin in self._texts:
            inside = origin.startswith(start) if start else not origin.startswith(("/", "../"))
            if inside:
                yield origin, self.instead(origin)

    def is_file(self, origin: str) -> bool:
        """Whether there is a file of an origin."""
        if origin in self._texts:
            return self._texts[origin] is not None
        return os.path.isfile(origin)

    def exists(self, origin: str) -> bool:
        """Whether there is anything of an origin, if only a link that leads nowhere."""
        return self.is_file(origin) if origin in self._texts else os.path.lexists(origin)

    def is_folder(self, origin: str) -> bool:
        """Whether there is a folder of an origin."""
        if os.path.isdir(origin):
            return True
        if self._folders is None:
            there = [name for name, text in self._texts.items() if text is not None]
            self._folders = frozenset(above for name in there for above in _above(name))
        return origin in self._folders

    def _unchanged(self, origin: str, content: FileContent) -> FileContent:
        """What was read, unless there was something else when its digest was made.

        Results are remembered by that digest: they must not be about another text.
        """
        same = content.digest == self._digests.setdefault(origin, content.digest)
        mark = 0 if self._hashed else hash(content.text)
        if same and mark == self._marks.setdefault(origin, mark):
            return content
        problem = Problem(ProblemKind.UNREADABLE, origin, "was changed while it was examined")
        self.changed[origin] = problem
        return FileContent(ReadResult(None, (problem,)), content.digest)

    def digest(self, origin: str) -> str:
        """The digest of a file's content; empty when it cannot be read."""
        if origin not in self._digests:
            if origin not in self._files and not self.exists(origin):
                self._digests[origin] = ""  # most of what is looked for is not there
            elif origin not in self._files and not self.is_file(origin):
                self._digests[origin] = digest_of(*(self._names(origin) or ()))
            else:
                self.content(self._file(origin))
        return self._digests[origin]

    def document(self, found: FoundFile) -> Document | Report | None:
        """The document of a file, or the report on one that is none of ours; None without text."""
        document = self._parsed(found)
        source = self.content(found).text.source if document is None else None
        return document if source is None else self.add(source)

    def add(self, source: Source) -> Document | Report:
        """The document of a text that stands for a file, or the report on one that is none."""
        document = self._recognise(source)
        self._recent.push(source.origin, document, len(source.text))
        return document

    def forget_text(self, origin: str) -> None:
        """The file is examined: whoever asks now, asks for its document or its digest."""
        self._contents.pop(origin)

    def landmarks(self, kind: str, key: Key, word: Word = "") -> list[tuple[str, Node]]:
        """What the files of a kind hold under a key, in their order, each with its origin.

        `word` is a value that is written in all texts which hold something there, or pieces of text
        of which one is, unless it is escaped in them: the others need not be read for it. There
        should be few such words, as each is looked for in all texts.
        """
        return self._landmarks.find(kind, key, word)

    def tell(self, origin: str, held: Holding) -> None:
        """What a file holds for others: it need not be parsed for who asks for something else."""
        self._landmarks.tell(origin, held)
        self._mark_digests.clear()

    def marks(self, origin: str) -> tuple[str, ...]:
        """Under what a file is found by others."""
        return self._landmarks.held(origin).marks

    def adopt(self, other: FileIndex, origins: Collection[str]) -> None:
        """Take for some files, which are the same there, what they hold for others."""
        self._landmarks.adopt(other._landmarks, origins)

    def share(self, other: FileIndex, origins: Collection[str]) -> None:
        """Take for some files, which are the same there, what was read of them."""
        kinds = other._kinds
        self._kinds.update((one, kinds[one]) for one in origins if one in kinds)
        for origin in origins:
            known = other._contents.get(origin)
            if known is not None:
                self._digests[origin] = known.digest
                self._contents.put(origin, known, known.size)

    def mark_digest(self, mark: str) -> str:
        """The digest of all that holds something under a key: what an answer from there rests on.

        `mark` is the mark of that key.
        """
        if mark not in self._mark_digests:
            holders = self._landmarks.holders(kind_of_mark(mark), mark)
            names = (name for origin, held in holders for name in (origin, *held.read))
            digests = (f"{name}={self.digest(name)}" for name in names)
            self._mark_digests[mark] = digest_of(*digests)
        return self._mark_digests[mark]

    def kind_digest(self, kind: str) -> str:
        """The digest of all files of a kind."""
        if kind not in self._kind_digests:
            marks = (f"{origin}={self.digest(origin)}" for origin in self._of_kind(kind))
            self._kind_digests[kind] = digest_of(*marks)
        return self._kind_digests[kind]

    def _file(self, origin: str) -> FoundFile:
        return self._files.get(origin) or FoundFile(origin, origin)

    def kind(self, found: FoundFile) -> str:
        """What kind of document a file is; empty for what is none, or cannot be read."""
        origin = found.origin
        if origin not in self._kinds:
            source = self.content(found).text.source
            self._kinds[origin] = detect(origin, source.text) if source else ""
        return self._kinds[origin]

    def _of_kind(self, kind: str) -> Iterator[str]:
        for origin, found in self._files.items():
            known = origin in self._kinds or may_be(origin, kind)
            if known and self.kind(found) == kind:
                yield origin

    def _recognise(self, source: Source) -> Document | Report:
        kind = self._kinds.get(source.origin)
        if kind is None:
            kind = self._kinds[source.origin] = detect(source.origin, source.text)
        reading = self._asked if kind and KINDS[kind].asks else self._beside
        return parsed(source, kind, lambda name: reading(source.origin, name))

    def reader(self, origin: str) -> Beside:
        """What gives a document the texts of the files that it names."""
        return lambda name: self._asked(origin, name)

    def _beside(self, origin: str, name: str) -> str | None:
        """The text of a file in the folder of another; None where there is none to read."""
        wanted = beside(origin, name)
        folder = os.path.realpath(os.path.dirname(origin) or ".")
        if os.path.dirname(os.path.realpath(wanted)) != folder:
            return None  # a link leads out of the folder, and perhaps of the repository
        source = self.content(self._file(wanted)).text.source
        return source.text if source is not None else None

    def _asked(self, origin: str, name: str) -> str | None:
        """The text of a file in the repository of another, which names it; None without one."""
        wanted = beside(origin, name)
        if name.endswith("/"):
            return self._listing(origin, wanted)
        if not self.is_file(wanted):  # most are asked for in vain: no need to follow links
            return None
        place = os.path.realpath(wanted)
        root = self._root(os.path.dirname(origin) or ".")
        if os.path.commonpath((root, place)) != root:
            return None
        found = self._files.get(wanted) or FoundFile(place, wanted, within=root)
        source = self.content(found).text.source
        if wanted not in self._files:
            self.forget_text(wanted)
        return source.text if source is not None else None

    def _listing(self, origin: str, folder: str) -> str | None:
        """What a folder of the repository of a file holds, a name a line; folders end in a slash.

        None where there is no such folder, or more in it than people lay there.
        """
        place, root = os.path.realpath(folder), self._root(os.path.dirname(origin) or ".")
        if os.path.commonpath((root, place)) != root:
            return None
        names = self._names(folder)
        return "\n".join(names) if names is not None else None

    def _names(self, folder: str) -> tuple[str, ...] | None:
        """The names in a folder, with what stands for files there; None: there is none."""
        if not self.is_folder(folder):
            return None
        found = set(names_in(folder, _MOST_NAMES))
        start = "" if folder == os.curdir else f"{folder}/"
        for origin, text in self._texts.items():
            name, slash, _ = origin[len(start) :].partition("/")
            if origin.startswith(start) and name != os.pardir:
                gone = text is None and not slash
                found = found - {name} if gone else found | {name + slash}
        return tuple(sorted(found)) if len(found) <= _MOST_NAMES else None

    def _root(self, folder: str) -> str:
        """The root of the repository of a folder, looked for once for all that is asked there."""
        known = self._roots.get(folder)
        if known is None:
            known = self._roots[folder] = os.path.realpath(self._ancestors.root_of(folder))
        return known

    def _parsed(self, found: FoundFile) -> Document | Report | None:
        known = self._recent.get(found.origin)
        if known is not None:
            return known
        known = self._ahead.pop(found.origin)
        if known is not None:
            size = 0 if isinstance(known, Report) else len(known.source.text)
            self._recent.push(found.origin, known, size)
        return known

    def _parse_ahead(self, origin: str, word: Word) -> Document | Report | None:
        found = self._file(origin)
        known = self._recent.get(found.origin) or self._ahead.get(found.origin)
        if known is not None:
            return known
        content = self.content(found)
        source = content.text.source
        if source is None or not _may_say(source.text, word):
            return None
        try:
            document = self._recognise(source)
        except Exception:  # noqa: BLE001 - a defect that is told where the file itself is examined
            return None
        self._ahead.put(found.origin, document, content.size)
        return document


def _above(origin: str) -> Iterator[str]:
    """The folders that a file is in."""
    folder = os.path.dirname(origin)
    while folder not in ("", "/"):
        yield folder
        folder = os.path.dirname(folder)


def _may_say(text: str, word: Word) -> bool:
    """Whether a word stands in a text by itself, as a value does, or an escape may stand for it.

    Pieces of text may stand within words.
    """
    if not word or "\\" in text:
        return True
    if isinstance(word, tuple):
        return any(piece in text for piece in word)
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_goes_on(text[at - 1 : at]) or _goes_on(text[end : end + 1])):
            return True
        at = text.find(word, end)
    return False


def _goes_on(character: str) -> bool:
    return character.isalnum() or (character != "" and character in _IN_NAMES)
