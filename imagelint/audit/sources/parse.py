"""From what the user names to the sources that list images."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.audit.sources.lists import ReferenceList
from imagelint.audit.sources.registry import CatalogSource, RepositorySource
from imagelint.audit.targets import target_of
from imagelint.collect.read import read_bytes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.audit.looking import Registries
    from imagelint.audit.sources.model import Source

_STDIN = "standard input"
_FORMS = (
    "write `registry://HOST`, `repository://HOST/NAME`, a reference, a file with one reference a"
    " line, or `-` for standard input"
)


def source_name(text: str) -> str:
    """How a source that the user names is called in the store."""
    return _STDIN if text == "-" else text


class SourceReader:
    """Reads what the user names. `stdin` gives standard input, once."""

    def __init__(
        self, registries: Registries, wanted: Callable[[str], bool], stdin: Callable[[], bytes]
    ) -> None:
        self._registries = registries
        self._wanted = wanted
        self._stdin = stdin

    def read(self, text: str) -> Source:
        """The source that a text names.

        Raises:
            UsageError: it names none, or cannot be read.
        """
        scheme, colon, rest = text.partition("://")
        if colon and scheme in _SCHEMES and rest:
            return _SCHEMES[scheme](self, text, rest.rstrip("/"))
        if text == "-":
            return self._list(_STDIN, self._stdin())
        if os.path.isfile(text):
            data = read_bytes(text, text)
            if isinstance(data, Problem):
                raise UsageError(Diagnostic(f"`{text}` {data.detail}", help=data.help))
            return self._list(text, data)
        if target_of(text) is not None:
            return ReferenceList(text, [text])
        raise UsageError(Diagnostic(f"`{text}` is no source of images", help=_FORMS))

    def _list(self, name: str, data: bytes) -> Source:
        return ReferenceList(name, data.decode("utf-8", "replace").splitlines())

    def registry(self, name: str, host: str) -> Source:
        """A whole registry."""
        return CatalogSource(name, host, self._registries, self._wanted)

    def repository(self, name: str, path: str) -> Source:
        """One repository.

        Raises:
            UsageError: that is no name of one.
        """
        reference = parse_reference(path)
        if reference is None or reference.tag or reference.digest:
            help_ = "write `repository://HOST/NAME`; `--tag` chooses among its tags"
            raise UsageError(Diagnostic(f"`{path}` is no repository", help=help_))
        return RepositorySource(name, reference, self._registries)


_SCHEMES: dict[str, Callable[[SourceReader, str, str], Source]] = {
    "registry": SourceReader.registry,
    "repository": SourceReader.repository,
}
