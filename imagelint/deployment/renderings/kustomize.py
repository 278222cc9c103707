"""What a kustomization makes, as a document whose nodes stand where their values are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Source, Span
from imagelint.deployment.attachment import Attacher, shifted
from imagelint.deployment.objects import Neighbourhood
from imagelint.deployment.renderings.generators import (
    GENERATORS,
    file_of,
    generated_values,
    generator_of,
)
from imagelint.deployment.renderings.placing import Below, Placer, Removal
from imagelint.deployment.renderings.rendered import RenderedManifest
from imagelint.deployment.renderings.replacements import replacements
from imagelint.documents.execution import UNKNOWN_PLACE
from imagelint.documents.kubernetes.kustomize.document import Kustomization
from imagelint.documents.kubernetes.kustomize.effects import changes, read_patch
from imagelint.documents.kubernetes.kustomize.jsonpatch import JsonPatch
from imagelint.documents.kubernetes.kustomize.reader import read_transformation
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.pods.reader import read_pods
from imagelint.documents.kubernetes.reading import read_object
from imagelint.documents.kubernetes.wellformed import malformed_parts
from imagelint.documents.project import beside
from imagelint.documents.runtime.field import Place
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import read_stream
from imagelint.documents.yaml.load import YamlError, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.fact import Fact
    from imagelint.core.finding import Finding
    from imagelint.deployment.renderings.placing import Origin
    from imagelint.deployment.renderings.replacements import Replacement
    from imagelint.documents.base import Document, Node
    from imagelint.documents.gitops.model import DeliverySource
    from imagelint.documents.kubernetes.kustomize.effects import Change
    from imagelint.documents.kubernetes.kustomize.model import Transformation
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.project import Project
    from imagelint.documents.rendering.rendered import RenderedText
    from imagelint.documents.yaml.nodes import YamlNode

_ORIGIN = "config.kubernetes.io/origin"
# What a kustomization sets on all objects, and where.
_SETTINGS = (
    ("namespace", ("metadata", "namespace")),
    ("commonLabels", ("metadata", "labels")),
    ("commonLabels", ("spec", "template", "metadata", "labels")),
    ("commonLabels", ("spec", "selector", "matchLabels")),
    ("commonLabels", ("spec", "selector")),
    ("commonAnnotations", ("metadata", "annotations")),
)


class KustomizedManifest(RenderedManifest):
    """The objects that a kustomization makes.

    `images` are the fields of each override of an image that take part in it, with their places.
    """

    __slots__ = ("images", "renamed")
    images: tuple[tuple[Place, ...], ...]
    renamed: Mapping[tuple[str, str], str]

    def set_by(self, finding: Finding) -> Iterator[Node]:
        """The other fields of the override where an image stands: a name, a tag and a digest."""
        location = finding.location
        part = next((one for one in self.parts if one.source.origin == location.origin), None)
        at = part and part.shifted(location.span)
        for fields in self.images if location.path.endswith("image") else ():
            if any(field.span == at for field in fields):
                yield from (field for field in fields if field.span != at)


def rendered_manifest(
    kustomization: Manifest, rendered: RenderedText, project: Project
) -> KustomizedManifest:
    """The objects that a kustomization makes, with their places in the files of the run.

    Where somebody deploys it with changes, `kustomization` is the document that says so.

    Raises:
        DocumentError: what was made cannot be read.
    """
    origin = kustomization.source.origin
    stream = read_stream(Source(origin, rendered.text), "kubernetes")
    reader = _Reader(kustomization, rendered, project)
    objects = tuple(reader.object(Cursor(node)) for node in stream.documents)
    with_pods = tuple((obj, read_pods(obj)) for obj in objects)
    made = KustomizedManifest(
        kustomization.source,
        with_pods,
        complaints=sorted(
            complaint for obj, pods in with_pods for complaint in malformed_parts(obj, pods)
        ),
    )
    made = made.attach(reader.attacher.attachments)
    source = rendered.source
    made.maker = f"{source.title} of `{origin}`" if source is not None else f"`{origin}`"
    made.images = tuple(reader.fields)
    kept = {(obj.kind, obj.name) for obj in objects}
    made.renamed = {said: name for said, name in reader.renamed.items() if said not in kept}
    return made


class _Place(NamedTuple):
    """Where an object comes from: a manifest, or the kustomization that generates it."""

    document: Document | None
    object: KubernetesObject | None
    origin: str


class _Reader:
    """Gives the objects of one rendering their places."""

    def __init__(self, kustomization: Manifest, rendered: RenderedText, project: Project) -> None:
        self.attacher = Attacher(kustomization)
        self._own = kustomization
        self._rendered = rendered
        self._project = project
        self._changes = _changing(rendered.source) if rendered.source is not None else None
        self._applied = tuple(self._transformations())
        self._placer = Placer(self._image)
        self._images: dict[tuple[str, str], Span] | None = None
        self.fields: list[tuple[Place, ...]] = []
        self.renamed: dict[tuple[str, str], str] = {}

    def _transformations(self) -> Iterator[tuple[str, Transformation]]:
        """What is done to objects on their way, from the innermost outwards."""
        for origin in reversed(self._rendered.sources):
            document = self._document(origin)
            if isinstance(document, Kustomization):
                yield from ((origin, one) for one in document.transformations())
        if self._changes is not None:
            source = self._own.source
            yield source.origin, read_transformation(self._changes, source)

    def object(self, body: Cursor) -> KubernetesObject:
        """An object with the places of the files of the run."""
        place = self._place(body)
        self._note_name(place, body)
        node = body.node
        origins = tuple(self._origins(place) if place.object else self._generated(body))
        at = self._fallback(place, body)
        tree = self._placer.placed(node, origins, at) if node is not None else node
        return read_object(Cursor(tree))

    def _note_name(self, place: _Place, body: Cursor) -> None:
        """Keep under which name an object is written, or generated, that has another one now."""
        kind, name = body["kind"].word(), body.at("metadata", "name").word()
        if place.object is not None:
            said = place.object.name
        else:
            found = (generator_of(own.body, body) for own in _objects(place.document))
            said = next((one["name"].word() for one in found if one is not None), "")
        if said and said != name:
            self.renamed[kind, said] = name

    def _place(self, body: Cursor) -> _Place:
        written = body.at("metadata", "annotations", _ORIGIN).word()
        try:
            stream = read_yaml(written)
        except YamlError:
            return _Place(None, None, "")
        said = Cursor(stream.documents[0] if stream.documents else None)
        path = said["path"].word() or said["configuredIn"].word()
        if not path:
            return _Place(None, None, "")
        folder = self._rendered.folder
        around = f"{folder}/" if folder else self._own.source.origin
        origin = beside(around, self._rendered.named(path))
        found = self._project.document(origin, Manifest)
        if not isinstance(found, Known):
            return _Place(None, None, origin)
        return _Place(found.value, _counterpart(body, found.value), origin)

    def _fallback(self, place: _Place, body: Cursor) -> Span:
        """Where an object is placed of which nothing is written: its own, or who makes it."""
        if place.object is not None and place.document is not None:
            return self._moved(place.object.span, place.document)
        generator = self._generator(place, body)
        if generator is not None:
            return self._moved(*generator)
        if self._changes is not None:
            return self._changes.span
        whole = self._own.objects
        return whole[0].span if whole else Span(0, 0)

    def _generator(self, place: _Place, body: Cursor) -> tuple[Span, Document] | None:
        """Where a generator is written of which an object comes."""
        for own in _objects(place.document):
            found = generator_of(own.body, body)
            if found is not None and place.document is not None:
                return found.span, place.document
        return None

    def _generated(self, body: Cursor) -> Iterator[Origin]:
        """What generators hold, the outermost first: others may merge theirs with it."""
        for at, one in reversed(self._applied):
            document = self._document(at)
            written = self._body(document, one)
            generator = generator_of(written, body) if written is not None else None
            if generator is None or document is None:
                continue
            for key, node, inside in generated_values(generator, document, self._project):
                yield Below(("data", key), self._tree(node, inside))

    def _origins(self, place: _Place) -> Iterator[Origin]:
        """The trees of which an object was made, the outermost first."""
        obj = place.object
        if obj is None or place.document is None or obj.body.node is None:
            return
        patches = changes(self._applied)
        made = [origin for change in patches for origin in self._patched(change, obj)]
        for at, one in reversed(self._applied):
            yield from self._settings(at, one, obj)
        yield from reversed(made)
        yield self._tree(obj.body.node, place.document)

    def _patched(self, change: Change, obj: KubernetesObject) -> Iterator[Origin]:
        if not change.may_concern(obj):
            return
        patch = read_patch(change, self._project)
        origin = beside(change.origin, change.patch.path) if change.patch.path else change.origin
        document = self._document(origin)
        if document is None:
            return
        for body in patch.bodies:
            if change.is_for(body, obj) and body.node is not None:
                yield self._tree(body.node, document)
        for operation in patch.operations:
            node = operation.value.node
            if node is not None and operation.keys:
                yield Below(operation.keys, self._tree(node, document))
            elif operation.name == "remove" and operation.keys:
                yield Removal(operation.keys, self._moved(operation.span, document))

    def _settings(self, at: str, one: Transformation, obj: KubernetesObject) -> Iterator[Origin]:
        """What a kustomization sets without a patch."""
        document = self._document(at)
        body = self._body(document, one)
        if document is None or body is None:
            return
        for keys, place in _settings(body):
            if place.node is not None:
                yield Below(keys, self._tree(place.node, document))

        def read(path: str) -> str:
            file = file_of(beside(at, path), document, self._project)
            return file.source.text if file is not None else ""

        for each in replacements(body, obj, read):
            yield from self._replaced(each, body, document)
        for entry in body["replicas"].items():
            node = entry["count"].node
            if entry["name"].word() == obj.name and node is not None:
                yield Below(("spec", "replicas"), self._tree(node, document))

    def _replaced(self, one: Replacement, body: Cursor, document: Document) -> Iterator[Below]:
        """The value that is copied from another object, or from what a generator makes."""
        folder = Neighbourhood(self._own, self._project)
        found = folder.object(one.kind, one.name, "")
        if found is not None:
            node = found.object.body.at(*one.source).node
            if node is not None:
                yield Below(one.target, self._tree(node, found.manifest))
            return
        for generator in body[GENERATORS.get(one.kind, "")].items():
            if generator["name"].word() != one.name or not isinstance(document, Manifest):
                continue
            for key, node, inside in generated_values(generator, document, self._project):
                if one.source == ("data", key):
                    yield Below(one.target, self._tree(node, inside))

    def _body(self, document: Document | None, one: Transformation) -> Cursor | None:
        """What says that something is done: a kustomization, or who deploys one with changes."""
        if self._changes is not None and document is self._own and one.span == self._changes.span:
            return self._changes.body
        return next((own.body for own in _objects(document) if own.span == one.span), None)

    def _document(self, origin: str) -> Document | None:
        if origin == self._own.source.origin:
            return self._own
        found: Fact[Manifest] | Fact[JsonPatch] = self._project.document(origin, Manifest)
        if not isinstance(found, Known):
            found = self._project.document(origin, JsonPatch)
        document: Document | None = found.value if isinstance(found, Known) else None
        return document

    def _tree(self, node: YamlNode, document: Document) -> YamlNode:
        return shifted(node, self.attacher.offset(document, certain=True), UNKNOWN_PLACE)

    def _moved(self, span: Span, document: Document) -> Span:
        return shifted(span, self.attacher.offset(document, certain=True), UNKNOWN_PLACE)

    def _image(self, text: str) -> Span | None:
        """Where the tag or the name of an image is written that a kustomization sets.

        Several may give one name; the one is meant whose tag or digest the image has.
        """
        if self._images is None:
            self._images = dict(self._overrides())
        name, _, digest = text.partition("@")
        folder, slash, last = name.rpartition("/")
        base, _, tag = last.partition(":")
        parts = [part for part in (digest, tag) if part]
        known = (self._images.get((folder + slash + base, part)) for part in (*parts, ""))
        return next(filter(None, known), None)

    def _overrides(self) -> Iterator[tuple[tuple[str, str], Span]]:
        """The images by the names that they have then; the outermost last, as it counts.

        Each also by its tag or digest.
        """
        for origin, one in self._applied:
            document = self._document(origin)
            for image in one.images if document is not None else ():
                facts = (image.digest, image.tag, image.new_name)
                fact = next((fact for fact in facts if isinstance(fact, Known)), None)
                new = image.new_name.value if isinstance(image.new_name, Known) else ""
                if document is not None:
                    self.fields.append(
                        tuple(
                            Place(self._moved(one.span, document), one.path) for one in image.fields
                        )
                    )
                if fact is not None and fact.span is not None and document is not None:
                    span = self._moved(fact.span, document)
                    yield (new or image.name, ""), span
                    yield (new or image.name, fact.value), span


def _settings(body: Cursor) -> Iterator[tuple[tuple[str, ...], Cursor]]:
    """What a kustomization sets on all objects, and where."""
    yield from ((keys, body[field]) for field, keys in _SETTINGS)
    for entry in body["labels"].items():
        pairs = entry["pairs"]
        yield ("metadata", "labels"), pairs
        if entry["includeSelectors"].word() == "true":
            yield ("spec", "selector", "matchLabels"), pairs
            yield ("spec", "selector"), pairs
        if "true" in (entry["includeSelectors"].word(), entry["includeTemplates"].word()):
            yield ("spec", "template", "metadata", "labels"), pairs


def _changing(source: DeliverySource) -> KubernetesObject | None:
    """What somebody changes of what a folder makes, as the kustomization that does the same."""
    if source.changes is None:
        return None
    return read_object(Cursor(source.changes.body), "Kustomization")._replace(span=source.span)


def _objects(document: Document | None) -> tuple[KubernetesObject, ...]:
    return document.objects if isinstance(document, Manifest) else ()


def _counterpart(body: Cursor, manifest: Manifest) -> KubernetesObject | None:
    """The object of a manifest that another one was made of: of its kind, and most of its name."""
    kind, name = body["kind"].word(), body.at("metadata", "name").word()
    same = [obj for obj in manifest.objects if obj.kind == kind]
    if len(same) == 1:
        return same[0]
    within = [obj for obj in same if obj.name in name]
    return max(within, key=lambda obj: len(obj.name), default=None)
