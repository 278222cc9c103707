"""What a kustomization says that it does."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Place

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.base import Key
    from imagelint.documents.yaml.cursor import Cursor

KIND = "kustomization"
GROUP = "kustomize.config.k8s.io"
FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization."""


class ImageOverride(NamedTuple):
    """An entry of `images`: what takes the place of an image, given without tag and digest.

    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
    """

    span: Span
    name: str
    new_name: Fact[str]
    tag: Fact[str]
    digest: Fact[str]
    path: str

    @property
    def fields(self) -> tuple[Place, ...]:
        """Its fields that say what comes of the image, as far as they are known."""
        named = (("newName", self.new_name), ("newTag", self.tag), ("digest", self.digest))
        return tuple(
            Place(fact.span, f"{self.path}.{name}")
            for name, fact in named
            if isinstance(fact, Known) and fact.span is not None
        )


class Target(NamedTuple):
    """The objects that a patch is for. Empty fields hold for all."""

    kind: str
    name: str
    labels: str


class Operation(NamedTuple):
    """An operation of a JSON patch (RFC 6902): `keys` are the parts of its path."""

    span: Span
    name: str
    keys: tuple[str, ...]
    value: Cursor


class Patch(NamedTuple):
    """A patch: in a file of its own (`path`, relative to the kustomization), or written here.

    `bodies` are strategic merge patches, `operations` those of a JSON patch. One that cannot be
    read has neither. Without a target, a strategic patch is for the object that it names.
    """

    target: Target | None
    path: str = ""
    bodies: tuple[Cursor, ...] = ()
    operations: tuple[Operation, ...] = ()


class Transformation(NamedTuple):
    """What one kustomization does to the objects that it takes.

    `resources`, `components` and the paths of patches are relative to its folder. `opaque` tells
    that plugins or replacements may change anything. `replicas` are the names whose count it sets.
    `moves` tells that it puts objects, and whom bindings name, into another namespace.
    """

    span: Span
    resources: tuple[str, ...]
    components: tuple[str, ...]
    images: tuple[ImageOverride, ...]
    patches: tuple[Patch, ...]
    replicas: tuple[str, ...]
    affixes: tuple[str, str]
    moves: bool
    opaque: bool


def taken(path: str) -> Key:
    """Kustomizations that take a file, or all of the folder of another one or a component."""
    return ("taken", path)


def patching(path: str) -> Key:
    """Kustomizations that read a patch from a file."""
    return ("patching", path)


def in_folder(path: str) -> Key:
    """The kustomization of a folder; `.` for the one where the user stands."""
    return ("in folder", path)


def folder_of(origin: str) -> str:
    """The folder in which a file lies, as others name it."""
    return dirname(origin) or "."
