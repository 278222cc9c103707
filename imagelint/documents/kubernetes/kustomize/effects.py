"""What the kustomizations of a run leave open of the objects of a manifest."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import is_within, outermost
from imagelint.documents.complaints import MissingField
from imagelint.documents.kubernetes.kustomize.jsonpatch import JsonPatch
from imagelint.documents.kubernetes.kustomize.overlay import (
    UNKNOWN_TEXT,
    operated,
    overlaid,
    unknown,
    with_images,
)
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.project import beside
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Mapping
from imagelint.knowledge.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.kustomize.model import (
        ImageOverride,
        Patch,
        Target,
        Transformation,
    )
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.project import Project
    from imagelint.documents.yaml.nodes import YamlNode

_MOST_NAMES = 64
# A namespace is given to the accounts that they name, too, where those are among the objects:
# https://github.com/kubernetes-sigs/kustomize/blob/master/api/filters/namespace/namespace.go
_BINDINGS = ("ClusterRoleBinding", "RoleBinding")
_PLAIN = pattern(r"[A-Za-z0-9_.*|^$/-]*")
_EQUALS = pattern(r"([A-Za-z0-9_./-]+)\s*==?\s*([A-Za-z0-9_.-]+)")


class Change(NamedTuple):
    """A patch with the origin of its kustomization, and the names that objects have there."""

    origin: str
    patch: Patch
    affixes: tuple[tuple[str, str], ...]

    def may_concern(self, obj: KubernetesObject) -> bool:
        """Whether an object may be what the patch is for, as far as its target tells."""
        target = self.patch.target
        return target is None or _selects(target, obj, self.affixes)

    def is_for(self, body: Cursor, obj: KubernetesObject) -> bool:
        """Whether one of its bodies is for an object."""
        return self.patch.target is not None or _is_for(body, obj, self.affixes)


def read_patch(change: Change, project: Project) -> Patch:
    """The patch with what stands in its file."""
    if not change.patch.path:
        return change.patch
    origin = beside(change.origin, change.patch.path)
    operations = project.document(origin, JsonPatch)
    if isinstance(operations, Known):
        return change.patch._replace(operations=operations.value.operations)
    found = project.document(origin, Manifest)
    bodies = found.value.objects if isinstance(found, Known) else ()
    return change.patch._replace(bodies=tuple(obj.body for obj in bodies))


def kustomized(
    manifest: Manifest, applied: tuple[tuple[str, Transformation], ...], project: Project
) -> Manifest:
    """A manifest as some kustomizations leave it: what they change is unknown."""
    overlay = _Overlay(applied, project)
    objects = tuple(overlay.of(obj) for obj in manifest.objects)
    same = all(one is other for one, other in zip(objects, manifest.objects, strict=True))
    if same:
        return manifest
    made = manifest.with_objects(objects)
    made.complaints = tuple(_still(manifest, objects))
    return made


def _still(manifest: Manifest, objects: tuple[KubernetesObject, ...]) -> Iterator[Complaint]:
    """The complaints of a manifest: what is or may be added to an object is not missing."""
    open_ = outermost(obj.extent for obj in objects if obj.incomplete)
    pairs = zip(objects, manifest.objects, strict=True)
    changed = [obj for obj, before in pairs if obj is not before and not obj.incomplete]
    changed.sort(key=lambda obj: obj.extent)
    starts = [obj.extent.start for obj in changed]
    left: dict[int, frozenset[tuple[str, str]]] = {}
    for one in manifest.complaints:
        if type(one) is MissingField:
            if is_within(one.span, open_):
                continue
            at = bisect_right(starts, one.span.start) - 1
            if at >= 0 and one.span.end <= changed[at].extent.end:
                if at not in left:
                    left[at] = _missing(changed[at])
                if (one.message, one.subject) not in left[at]:
                    continue
        yield one


def _missing(obj: KubernetesObject) -> frozenset[tuple[str, str]]:
    """What an object lacks: what is said of it, and where."""
    from imagelint.documents.kubernetes.wellformed import malformed_parts

    found = (one for one in malformed_parts(obj, ()) if type(one) is MissingField)
    return frozenset((one.message, one.subject) for one in found)


class _Overlay:
    """All that some kustomizations do, by object."""

    def __init__(self, applied: tuple[tuple[str, Transformation], ...], project: Project) -> None:
        self._project = project
        self._opaque = any(one.opaque for _, one in applied)
        self._moves = any(one.moves for _, one in applied)
        self._images = tuple(image for _, one in applied for image in one.images)
        self._replicas = frozenset(name for _, one in applied for name in one.replicas)
        self._changes = tuple(changes(applied))

    def of(self, obj: KubernetesObject) -> KubernetesObject:
        """An object with what is not known of it any more."""
        body = obj.body.node
        if body is None:
            return obj
        tree, readable = body, True
        for change in self._changes:
            if change.may_concern(obj):
                tree, understood = self._changed(tree, change, obj)
                readable = readable and understood
        if self._images:
            tree = with_images(tree, self._other_image)
        if obj.name in self._replicas:
            tree = _with_open_count(tree)
        bound = self._moves and obj.kind in _BINDINGS
        incomplete = self._opaque or bound or not readable
        if tree is body and not incomplete:
            return obj
        whole = Cursor(tree, obj.body.path)
        return obj._replace(body=whole, incomplete=obj.incomplete or incomplete)

    def _changed(
        self, tree: YamlNode, change: Change, obj: KubernetesObject
    ) -> tuple[YamlNode, bool]:
        """The tree under a patch, and whether all of the patch could be read."""
        patch = self._read(change)
        for operation in patch.operations:
            tree = operated(tree, operation)
        for body in patch.bodies:
            if not change.is_for(body, obj):
                continue
            for name, place in body.entries():
                if name not in ("apiVersion", "kind", "metadata") and place.node is not None:
                    tree = overlaid(tree, _only(body, name))
        return tree, bool(patch.operations or patch.bodies)

    def _read(self, change: Change) -> Patch:
        return read_patch(change, self._project)

    def _other_image(self, text: str) -> str:
        """What takes the place of an image: several kustomizations may disagree."""
        return _replaced(text, self._images)


def changes(applied: Iterable[tuple[str, Transformation]]) -> Iterator[Change]:
    """The patches of some kustomizations, from the innermost outwards."""
    affixes: list[tuple[str, str]] = [("", "")]
    for origin, one in applied:
        for patch in one.patches:
            yield Change(origin, patch, tuple(affixes))
        before, behind = one.affixes
        if (before or behind) and len(affixes) < _MOST_NAMES:
            affixes += [(before + first, last + behind) for first, last in affixes]


def _is_for(body: Cursor, obj: KubernetesObject, affixes: tuple[tuple[str, str], ...]) -> bool:
    """Whether a strategic merge patch names an object, under any of its names."""
    name = body.at("metadata", "name").word()
    names = {first + obj.name + last for first, last in affixes}
    return body["kind"].word() == obj.kind and name in names


def _selects(target: Target, obj: KubernetesObject, affixes: tuple[tuple[str, str], ...]) -> bool:
    names = [first + obj.name + last for first, last in affixes]
    return (
        _matches(target.kind, (obj.kind,))
        and _matches(target.name, names)
        and _has_labels(target.labels, dict(obj.labels))
    )


def _matches(expression: str, words: Iterable[str]) -> bool:
    """Whether a regular expression stands for one of some words; what is not simple may."""
    if not expression or _PLAIN.fullmatch(expression) is None:
        return True
    ways = expression.strip("^$").split("|")
    return any(matches(word, way.replace(".*", "*")) for word in words for way in ways)


def _has_labels(selector: str, labels: dict[str, str]) -> bool:
    """Whether labels may be what a selector wants: kustomizations add some as well."""
    return all(labels.get(name, value) == value for name, value in _EQUALS.findall(selector))


def _only(body: Cursor, name: str) -> YamlNode:
    """A patch with one of its fields."""
    node = body.node
    entries = node.entries if isinstance(node, Mapping) else ()
    return Mapping(body.span, tuple(entry for entry in entries if entry.key.text == name))


def _with_open_count(tree: YamlNode) -> YamlNode:
    spec = tree.get("spec") if isinstance(tree, Mapping) else None
    replicas = spec.get("replicas") if isinstance(spec, Mapping) else None
    if not isinstance(tree, Mapping) or not isinstance(spec, Mapping) or replicas is None:
        return tree
    entries = tuple(
        entry._replace(value=unknown(replicas)) if entry.key.text == "replicas" else entry
        for entry in spec.entries
    )
    inside = Mapping(spec.span, entries)
    return Mapping(
        tree.span,
        tuple(
            entry._replace(value=inside) if entry.value is spec else entry for entry in tree.entries
        ),
    )


def _replaced(text: str, overrides: tuple[ImageOverride, ...]) -> str:
    found = {text}
    for override in overrides:
        for one in tuple(found):
            name, rest = _split(one)
            if name == override.name and len(found) < _MOST_NAMES:
                found.add(_renamed(name, rest, override))
    found -= {text} if len(found) > 1 else set()
    if len(found) == 1:
        return found.pop()
    names = {_split(one)[0] for one in found}
    return f"{names.pop()}:{UNKNOWN_TEXT}" if len(names) == 1 else UNKNOWN_TEXT


def _split(image: str) -> tuple[str, str]:
    """Name and the rest of an image: its tag, its digest, or nothing."""
    name, at, digest = image.partition("@")
    folder, slash, last = name.rpartition("/")
    base, colon, tag = last.partition(":")
    return folder + slash + base, colon + tag + at + digest


def _renamed(name: str, rest: str, override: ImageOverride) -> str:
    if UNKNOWN in (override.new_name, override.tag, override.digest):
        return UNKNOWN_TEXT
    new = override.new_name.value if isinstance(override.new_name, Known) else ""
    tag = f":{override.tag.value}" if isinstance(override.tag, Known) else ""
    digest = f"@{override.digest.value}" if isinstance(override.digest, Known) else ""
    return (new or name) + (tag + digest or rest)
