"""The other documents of a run, read-only: a rule may look everywhere but speak only of its own."""

from __future__ import annotations

from binascii import crc32
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import uncounted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from imagelint.core.environment import DeclaredBuild
    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.scriptlint import ScriptComment

    Word = str | tuple[str, ...]
    """What is written wherever something is: a whole value, or one of some pieces of text."""
    Find = Callable[[str, Key, Word], Iterable[tuple[str, Node]]]
    # The values that begin alike, by their lengths: the longest first.
    SecretValues = Mapping[str, tuple[tuple[int, frozenset[str]], ...]]

D = TypeVar("D", bound="Document")
N = TypeVar("N", bound="Node")
T = TypeVar("T")

_ALL_OF = "*"  # which begins no origin of a file
_MARK = "\0"  # which is in none
RENDERED = "rendered"
"""Asked for as a kind: what is rendered for the run, whose landmarks are those of manifests."""


def _nothing(_origin: str) -> Fact[Document]:
    return UNKNOWN


def _by_anybody(load: Callable[[str], T]) -> Callable[[str], T]:
    """The same, whoever asks first and has others read: what is looked up for that is nobody's."""
    return lambda origin: uncounted(lambda: load(origin))


def _found_by_anybody(find: Find) -> Find:
    return lambda kind, key, word: uncounted(lambda: tuple(find(kind, key, word)))


class Completed(NamedTuple):
    """A document as the others of its run complete it, and what was looked at for that."""

    document: Fact[Document]
    dependencies: Collection[str] = ()


def beside(origin: str, name: str) -> str:
    """The origin of a file that is named relative to the folder of another origin."""
    folder = dirname(origin)
    return normpath(join(folder, name)) if folder else normpath(name)


def folder_of(origin: str) -> str:
    """The folder of an origin with a slash behind it, with which what lies in it begins.

    Empty for what lies at the top; that of an absolute path begins with a slash as well.
    """
    return join(dirname(origin), "")


def all_of(kind: str) -> str:
    """What an answer depends on that all documents of a kind took part in."""
    return _ALL_OF + kind


def kind_asked(dependency: str) -> str:
    """The kind of which all documents took part in an answer; empty for a single file."""
    return dependency.removeprefix(_ALL_OF) if dependency.startswith(_ALL_OF) else ""


def mark_of(kind: str, key: Key) -> str:
    """That an answer depends on what all documents of a kind hold under a key.

    Keys are told apart by a checksum: two that are taken for one are both looked at.
    """
    return f"{_ALL_OF}{kind}{_MARK}{crc32(repr(key).encode(errors='surrogatepass')):x}"


def kind_of_mark(dependency: str) -> str:
    """The kind of document, if a dependency is on what stands under a key; else nothing."""
    kind, mark, _ = dependency.partition(_MARK)
    return kind.removeprefix(_ALL_OF) if mark else ""


def by_key(document: Document) -> Mapping[Key, tuple[Node, ...]]:
    """The landmarks of a document: for `document.derived`."""
    found: dict[Key, list[Node]] = {}
    for key, node in document.landmarks():
        found.setdefault(key, []).append(node)
    return {key: tuple(nodes) for key, nodes in found.items()}


class Project:
    """The documents around the one that is examined, loaded when asked for.

    `load` gives the document of an origin: absent when there certainly is no such file, unknown
    when that cannot be told. `find` gives what the examined documents of a kind hold under a key
    (their landmarks), in the order of their origins, each with its origin; those whose texts do not
    have the word that it is given, where it is given one, need not be read. What was asked is
    remembered in `dependencies`: origins, the `mark_of` what was asked for, and `all_of` what is
    rendered.
    `consulted` are the origins of the documents of which something was handed out: their secrets
    may be in what is said. `complete` gives the document of an origin as its own rules see it;
    without it, that is as it is written. `outside` is the project around a rendering, for objects
    that see nobody but each other. `tied` is the name of the image that is gated with its only
    Dockerfile, `declared` is what the policy says of images that are built. `script_comments` are
    those of ShellCheck, by the keys of `documents.scriptlint`. `secret_values` is what is kept of
    documents for the whole run, so that none is read again to mask what it may have brought.
    """

    __slots__ = (
        "_complete",
        "_completed",
        "_find",
        "_load",
        "consulted",
        "declared",
        "dependencies",
        "outside",
        "script_comments",
        "secret_values",
        "tied",
    )

    def __init__(
        self,
        load: Callable[[str], Fact[Document]] = _nothing,
        find: Find = lambda _kind, _key, _word: (),
        complete: Callable[[str], Completed] | None = None,
    ) -> None:
        self._load = _by_anybody(load)
        self._find = _found_by_anybody(find)
        self._complete = _by_anybody(complete or (lambda origin: Completed(load(origin))))
        self._completed: set[str] = set()
        self.dependencies: set[str] = set()
        self.consulted: dict[str, None] = {}
        self.outside: Project | None = None
        self.tied: tuple[str, str] | None = None
        self.declared: tuple[DeclaredBuild, ...] = ()
        self.script_comments: Mapping[Key, Sequence[ScriptComment]] = {}
        self.secret_values: dict[tuple[str, bool], SecretValues] = {}

    def document(self, origin: str, kind: type[D]) -> Fact[D]:
        """The document of that origin; absent only when it certainly does not exist."""
        self.dependencies.add(origin)
        found = self._load(origin)
        if found is ABSENT:
            return ABSENT
        if isinstance(found, Known) and isinstance(found.value, kind):
            self.consulted[origin] = None
            return Known(found.value)
        return UNKNOWN

    def joined(self, origin: str, kind: type[D]) -> Fact[D]:
        """The document of that origin as the others of the run complete it, for its own rules."""
        completed = self._complete(origin)
        self.dependencies.update((origin, *completed.dependencies))
        found = completed.document
        if not isinstance(found, Known) or not isinstance(found.value, kind):
            return UNKNOWN
        self.consulted[origin] = None
        self._completed.add(origin)
        return Known(found.value)

    def source_of(self, origin: str) -> Document | None:
        """The document that was handed out, or a node of it, whatever its kind."""
        if origin not in self.consulted:
            return None
        whole = origin in self._completed
        found = self._complete(origin).document if whole else self._load(origin)
        return found.value if isinstance(found, Known) else None

    def is_completed(self, origin: str) -> bool:
        """Whether a document was handed out as the others of the run complete it."""
        return origin in self._completed

    def find(
        self, kind: type[Document], key: Key, node: type[N], word: Word = ""
    ) -> tuple[tuple[str, N], ...]:
        """The nodes of a type under a key in all documents of a kind, each with its origin.

        A `word`, or pieces of text of which one is written, if not escaped, wherever something is
        under that key spare most documents from being read; they must be of a few, as all texts are
        searched for them.
        """
        return self.named(kind.kind, key, node, word)

    def named(
        self, kind: str, key: Key, node: type[N], word: Word = ""
    ) -> tuple[tuple[str, N], ...]:
        """The same by the name of the kind, for who does not want to import what reads it."""
        self.dependencies.add(all_of(kind) if kind == RENDERED else mark_of(kind, key))
        found = self._find(kind, key, word)
        nodes = tuple((origin, one) for origin, one in found if isinstance(one, node))
        self.consulted.update((origin, None) for origin, _ in nodes)
        return nodes

    def aside(self) -> Project:
        """The same project for who only reads: nothing of it is said with what is found there."""
        inner = Project(self._load, self._find, self._complete)
        inner.dependencies, inner.tied = self.dependencies, self.tied
        inner.declared = self.declared
        return inner

    def around(self, rendered: Document) -> Project:
        """The project as the objects of a rendering see it: of their kind there are no others."""
        own, kind = rendered.source.origin, "kubernetes"

        def load(origin: str) -> Fact[Document]:
            return Known(rendered) if origin == own else self._load(origin)

        def find(asked: str, key: Key, word: Word) -> Iterable[tuple[str, Node]]:
            if asked != kind:
                return self._find(asked, key, word)
            return [(own, node) for node in rendered.derived(by_key).get(key, ())]

        def complete(origin: str) -> Completed:
            return Completed(Known(rendered)) if origin == own else self._complete(origin)

        inner = Project(load, find, complete)
        inner.dependencies, inner.consulted = self.dependencies, self.consulted
        inner._completed = self._completed
        inner.outside, inner.tied = self.outside or self, self.tied
        inner.declared = self.declared
        inner.script_comments = self.script_comments
        return inner
