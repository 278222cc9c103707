"""What a COPY, an ADD or a bind mount puts at a path of an image.

https://docs.docker.com/reference/dockerfile/#copy
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.dockerfile.model import Flag, HereDoc, Instruction
    from imagelint.documents.shell.script import Word

SOMEWHERE = "/?"
"""The working directory of an outside image, which nobody knows; paths below it still meet."""
_GLOB = frozenset("*?[")


class CopySource(NamedTuple):
    """Where the content of a file comes from: a name in the context or another stage, or a body.

    `origin` is what `--from` names, empty for the build context. What is `remote` is fetched from
    an address, and nobody sees it.
    """

    name: str
    origin: str = ""
    body: HereDoc | None = None
    remote: bool = False


def absolute(path: str, workdir: str) -> str:
    """A path as the image sees it, without `.`, `..` and doubled slashes."""
    return normpath("/" + join(workdir, path).lstrip("/"))


def copied(instruction: Instruction, path: str, workdir: str) -> Iterator[CopySource]:
    """What a COPY or ADD may have put at an absolute path, the likeliest first."""
    origin = instruction.flag("from")
    known = origin is None or isinstance(origin.value, Known)
    if len(instruction.words) < 2 or not known:  # noqa: PLR2004 - from, to
        return
    names = _names_with_parents if instruction.flag("parents") else _names
    *sources, target = instruction.words
    if not isinstance(target.value, Known):
        return
    place = absolute(target.text, workdir)
    into = len(sources) > 1 or target.text.endswith(("/", "/.")) or target.text == "."
    bodies = {document.span: document for document in instruction.heredocs}
    for source in sources:
        body = bodies.get(source.span)
        remote = "://" in source.text
        if body is not None or remote:
            name = body.name if body is not None else basename(source.text.partition("?")[0])
            if path == (join(place, name) if into else place):
                yield CopySource("", body=body, remote=remote)
            continue
        for name in names(source, path, place, into=into):
            yield CopySource(name, origin.text if origin else "")


def folders(instruction: Instruction, path: str, workdir: str) -> Iterator[CopySource]:
    """The folders of the context, or of another stage, that a COPY may have put at a path."""
    for source in copied(instruction, path, workdir):
        if source.body is None and not source.remote:
            yield source
    *sources, target = instruction.words or (None,)
    origin = instruction.flag("from")
    known = origin is None or isinstance(origin.value, Known)
    if target is None or not known or not isinstance(target.value, Known):
        return
    if absolute(target.text, workdir) == path and not instruction.flag("parents"):
        for one in sources:
            if isinstance(one.value, Known) and "<<" not in one.text:
                name = one.text if _GLOB.isdisjoint(one.text) else dirname(one.text)
                yield CopySource(_relative(name), origin.text if origin else "")


def targets(instruction: Instruction, workdir: str) -> Iterator[str]:
    """The paths at which a COPY or ADD puts the files that it names."""
    *sources, target = instruction.words or (None,)
    if target is None or not isinstance(target.value, Known):
        return
    place = absolute(target.text, workdir)
    bodies = {document.span: document.name for document in instruction.heredocs}
    for source in sources:
        if source is not None:
            yield place
            yield join(place, bodies.get(source.span) or basename(source.text.rstrip("/")))


def mounted(instruction: Instruction, path: str, workdir: str) -> Iterator[CopySource]:
    """What a bind mount of a RUN shows at an absolute path."""
    for flag in instruction.flags_named("mount"):
        options = flag.options()
        if options.get("type", "bind") != "bind" or not isinstance(flag.value, Known):
            continue
        place = absolute(_target(flag), workdir)
        source = options.get("source") or options.get("src") or "."
        if path == place:
            yield CopySource(_relative(source), options.get("from", ""))
        elif path.startswith(place.rstrip("/") + "/"):
            rest = path[len(place.rstrip("/")) + 1 :]
            yield CopySource(_relative(join(source, rest)), options.get("from", ""))


def _target(flag: Flag) -> str:
    options = flag.options()
    return options.get("target") or options.get("dst") or options.get("destination") or ""


def _names(source: Word, path: str, place: str, *, into: bool) -> Iterator[str]:
    """The names of what may be the file, where a source is a file, a folder or a pattern."""
    if not isinstance(source.value, Known):
        return
    name = source.text
    if path == place and not into:
        yield _relative(name)
        return
    if not path.startswith(place.rstrip("/") + "/"):
        return
    rest = path[len(place.rstrip("/")) + 1 :]
    if _GLOB.isdisjoint(name):
        if basename(name.rstrip("/")) == rest:
            yield _relative(name)
        yield _relative(join(name, rest))
    elif fnmatchcase(rest, basename(name)) and _GLOB.isdisjoint(dirname(name)):
        yield _relative(join(dirname(name), rest))


def _names_with_parents(source: Word, path: str, place: str, *, into: bool) -> Iterator[str]:
    """The same where the folders above a source are made as well: those behind `/./`.

    https://docs.docker.com/reference/dockerfile/#copy---parents
    """
    if not isinstance(source.value, Known) or not into:
        return
    above, pivot, behind = source.text.partition("/./")
    kept = join(place, _relative(behind if pivot else above))
    root = above if pivot else "."
    below = path[len(place.rstrip("/")) + 1 :]
    if path == kept or path.startswith(f"{kept}/") or fnmatchcase(path, kept):
        yield _relative(join(root, below))


def _relative(name: str) -> str:
    return normpath("/" + name.lstrip("/")).lstrip("/")
