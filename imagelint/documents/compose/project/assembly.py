"""A compose project as it is put together: of files that lie over each other, and of `include`.

https://github.com/compose-spec/compose-spec/blob/main/14-include.md; the order is that of
compose-spec/compose-go:loader/loader.go.
"""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.compose.dotenv import FILE_NAME, read_dotenv
from imagelint.documents.compose.interpolation import ComposeRoot, interpolated
from imagelint.documents.compose.layers import is_whole_project
from imagelint.documents.compose.model import Assembly
from imagelint.documents.compose.project.extending import Extender
from imagelint.documents.compose.project.files import ProjectFiles, UnreadableFileError
from imagelint.documents.compose.project.gaps import Gaps
from imagelint.documents.compose.project.merging import Merger
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.compose.interpolation import Variables
    from imagelint.documents.kinds import Beside
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

_EMPTY = Mapping(Span(0, 0), ())
_REMOTE = pattern(r"[a-z0-9+.-]+://.*|git@.*|github\.com/.*")


def assemble(
    source: Source,
    documents: tuple[YamlNode, ...],
    read: Beside,
    together: tuple[str, ...],
    variables: Variables,
) -> Assembly:
    """Put a compose file together with what it names, and with what lies over or under it.

    Raises:
        DocumentError: what comes of it is too large.
    """
    files = ProjectFiles(source, documents, read)
    first = together[0] == files.own
    gaps = Gaps(len(source.text), first=first)
    assembler = _Assembler(files, variables, read, gaps)
    root = assembler.layered(together)
    tree = ComposeRoot(root, variables)
    services = tree["services"].entries()
    found = tuple((name, assembler.filled(name, body, root)) for name, body in services)
    problems, complaints = tuple(gaps.problems), tuple(gaps.complaints)
    parts, allowances = tuple(files.parts[1:]), tuple(files.allowances)
    whole = first and not problems and is_whole_project(together, variables)
    told = (found, parts, first, problems, complaints, allowances)
    return Assembly(*told, root=tree if whole else None, tree=tree)


class _Assembler:
    def __init__(self, files: ProjectFiles, variables: Variables, read: Beside, gaps: Gaps) -> None:
        self.files = files
        self._variables = variables
        self._read = read
        self._gaps = gaps
        self._included: dict[str, Variables] = {}
        self._merger = Merger(files)
        self._extender = Extender(files, self._merger, variables, gaps)

    def filled(self, name: str, body: Cursor, root: YamlNode) -> Cursor:
        """The place of a service; one that is included is filled with the variables there."""
        variables = self._included.get(name)
        return body if variables is None else ComposeRoot(root, variables)["services"][name]

    def layered(self, names: tuple[str, ...]) -> YamlNode:
        """The files of those names, each laid over those before it."""
        root: YamlNode = _EMPTY
        for name in names:
            try:
                root = self._laid_over(root, name, None, ())
            except UnreadableFileError:
                continue  # that is told where the file itself is examined
        return root

    def _laid_over(
        self, root: YamlNode, file: str, via: Span | None, chain: tuple[str, ...]
    ) -> YamlNode:
        """A tree with a file over it; `via` is where the first file leads there."""
        for document in self.files.documents(file):
            node = self._with_included(document, file, via, (*chain, file))
            node = self._extender.extended(node, file, via)
            root = node if root is _EMPTY else self._merger.files(root, node)
        return self._merger.without_resets(root)

    def _with_included(
        self, node: YamlNode, file: str, via: Span | None, chain: tuple[str, ...]
    ) -> YamlNode:
        include = node.get("include") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(include, Sequence):
            return node
        below: YamlNode = _EMPTY
        for item in include.items:
            place = via or item.span
            found = self._included_project(item, file, place, chain)
            self._fill(found, item, file)
            below = self._merger.files(below, found)
        return self._merger.files(below, node)

    def _included_project(
        self, item: YamlNode, file: str, place: Span, chain: tuple[str, ...]
    ) -> YamlNode:
        root: YamlNode = _EMPTY
        for name in self._paths(item):
            target = normpath(join(dirname(file), name)) if name else ""
            if target in chain:
                self._gaps.refused(place, name, f"`{name}` includes itself", "break the circle")
                continue
            try:
                _refuse(name)
                root = self._laid_over(root, target, place, chain)
            except UnreadableFileError as error:
                message = f"`{name or '?'}` is included and was not examined: {error}"
                self._gaps.unread(place, message)
        return root

    def _paths(self, item: YamlNode) -> Iterator[str]:
        """The files that one entry includes; empty for one that is not known."""
        path = item.get("path") if isinstance(item, Mapping) else item
        for one in path.items if isinstance(path, Sequence) else (path,):
            yield self._word(one)

    def _word(self, node: YamlNode | None) -> str:
        if not isinstance(node, Scalar) or node.value is None:
            return ""
        fact = interpolated(node.text, self._variables)
        return fact.value if isinstance(fact, Known) else ""

    def _fill(self, root: YamlNode, item: YamlNode, file: str) -> None:
        """Remember with which variables the services of an included project are filled."""
        services = root.get("services") if isinstance(root, Mapping) else None
        if not isinstance(services, Mapping):
            return
        path = next(self._paths(item))
        folder = self._word(item.get("project_directory")) if isinstance(item, Mapping) else ""
        names = [join(dirname(file), folder or dirname(path), FILE_NAME)]
        chosen = item.get("env_file") if isinstance(item, Mapping) else None
        if chosen is not None:
            listed = chosen.items if isinstance(chosen, Sequence) else (chosen,)
            names = [join(dirname(file), self._word(one)) for one in listed]
        variables: dict[str, str | None] = {}
        for name in names:
            variables.update(read_dotenv(self._read(normpath(name)) or ""))
        variables.update(self._variables)
        for entry in services.entries:
            self._included.setdefault(entry.key.text, variables)


def _refuse(name: str) -> None:
    if not name:
        raise UnreadableFileError("its name depends on a variable")
    if _REMOTE.fullmatch(name):
        raise UnreadableFileError("it stands elsewhere in the network")
