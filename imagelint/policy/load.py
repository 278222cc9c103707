"""From a policy file, its packs and the files that it extends to one policy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from imagelint.core.errors import Diagnostic, ImagelintError, PolicyError
from imagelint.policy.build import Pack, layer
from imagelint.policy.builtin import PACKS
from imagelint.policy.model import DEFAULT_PACKS, Policy, merge_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.core.source import Source
    from imagelint.policy.text import Data, PolicyText

_LONGEST_CHAIN = 20


class Validated(Protocol):
    """Which policies are known to be valid, by digest: a set, or a cache that outlives the run."""

    def __contains__(self, digest: str) -> bool: ...

    def add(self, digest: str) -> None:
        """Remember that the policy of this digest is valid."""
        ...


@cache
def pack(name: str) -> Policy:
    """A pack with the packs that it extends.

    Raises:
        KeyError: there is no such pack.
    """
    data = PACKS[name]
    below = (pack(other) for other in cast("tuple[str, ...]", data.get("extends", ())))
    return merge_all((*below, layer(data, Pack(name), name)))


@cache
def default_policy() -> Policy:
    """The policy of a project that has none."""
    merged = merge_all((Policy(extends=DEFAULT_PACKS), *map(pack, DEFAULT_PACKS)))
    return merged._replace(name="")  # it is more than the pack on top


def load_policy(
    source: Source,
    read: Callable[[str], Source],
    validated: Validated | None = None,
    default: tuple[str, ...] = DEFAULT_PACKS,
) -> Policy:
    """The policy of a file with all that it extends; without `extends`, the `default` packs.

    `read` gives the source of a file by its origin, relative to where the user stands, and raises
    OSError or ValueError when it cannot.

    Raises:
        PolicyError: with everything that is wrong, each at `file:line:column`.
    """
    return _Loader(read, set() if validated is None else validated).policy(
        source, default, (source.origin,)
    )


class _Loader:
    """Reads each file once, on however many ways it is reached."""

    def __init__(self, read: Callable[[str], Source], validated: Validated) -> None:
        self._read = read
        self._validated = validated
        self._known: dict[str, Policy] = {}
        self._wrong: set[str] = set()

    def policy(self, source: Source, default: tuple[str, ...], chain: tuple[str, ...]) -> Policy:
        """A file on top of what it extends; `chain` are the files that led to it."""
        from imagelint.policy.text import read_text

        text = read_text(source)
        self._validate(text)
        data = cast("Mapping[str, Data]", text.data or {})
        own = layer(data, text, source.origin)
        if data.get("knowledge"):
            from imagelint.policy.site.load import with_knowledge

            own = with_knowledge(own, text, self._read, self._validated)
        named = own.extends if "extends" in data else default
        below: list[Policy] = []
        complaints: list[Diagnostic] = []
        for index, name in enumerate(named):
            try:
                below.append(self._extended(text, name, chain))
            except _NotThereError as error:
                at = text.at(text.item_span("extends", index))
                complaints.append(Diagnostic(str(error), at))
            except PolicyError as error:
                complaints.extend(error.complaints)
        complaints += _taken(own, below)
        if complaints:
            raise PolicyError(*complaints)
        return merge_all((*below, own._replace(extends=named, sources=(source,))))

    def _extended(self, text: PolicyText, name: str, chain: tuple[str, ...]) -> Policy:
        from posixpath import dirname, join, normpath

        if name in PACKS:
            return pack(name)
        origin = normpath(join(dirname(text.source.origin), name))
        if origin in map(normpath, chain):
            raise _NotThereError(f"`{name}` extends this file: {' → '.join((*chain, origin))}")
        if len(chain) > _LONGEST_CHAIN:
            raise _NotThereError(f"`{name}` is extended through more than {_LONGEST_CHAIN} files")
        if origin in self._wrong:
            return Policy()  # what is wrong with it was told on the first way to it
        if origin not in self._known:
            try:
                source = self._read(origin)
            except (OSError, ValueError) as error:
                raise _NotThereError(f"`{name}` cannot be read: {error}") from None
            try:
                self._known[origin] = self.policy(source, (), (*chain, origin))
            except PolicyError:
                self._wrong.add(origin)
                raise
        return self._known[origin]

    def _validate(self, text: PolicyText) -> None:
        from imagelint.policy.digest import text_digest

        digest = text_digest(text.source.text)
        if digest in self._validated:
            return
        from imagelint.policy.check import complaints

        found = complaints(text)
        if found:
            raise PolicyError(*found)
        self._validated.add(digest)


def _taken(own: Policy, below: list[Policy]) -> Iterator[Diagnostic]:
    """The rules of a policy whose names are taken by another that it extends."""
    for name, rule in own.custom.items():
        for policy in below:
            other = policy.custom.get(name)
            if other is not None:
                said = f"`{name}` is defined at {other.origin} already"
                yield Diagnostic(said, rule.origin, "give it another prefix")


class _NotThereError(ImagelintError):
    def __init__(self, message: str) -> None:
        super().__init__(Diagnostic(message))
