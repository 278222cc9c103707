"""A kustomization as a document: itself, the images that it names, what its patches hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.base import Landmark
from imagelint.documents.kubernetes.kustomize.model import (
    GROUP,
    KIND,
    folder_of,
    in_folder,
    patching,
    taken,
)
from imagelint.documents.kubernetes.kustomize.patched import patched_pods
from imagelint.documents.kubernetes.kustomize.reader import read_transformation
from imagelint.documents.kubernetes.manifest import Manifest, parse_manifest, pod_nodes
from imagelint.documents.kubernetes.reading import read_object
from imagelint.documents.parts import Attachments
from imagelint.documents.project import beside
from imagelint.documents.runtime.field import Place
from imagelint.documents.shared import ImageRole, ImageUse, image_use
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import (
        Allowance,
        Complaint,
        Document,
        DocumentError,
        Node,
    )
    from imagelint.documents.kinds import Beside
    from imagelint.documents.kubernetes.kustomize.model import ImageOverride, Transformation
    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.project import Project


class Kustomization(Manifest):
    """A kustomization, whose kind and version are optional, or a component.

    Where it is `settled`, what it changes is judged in what comes of it.
    """

    kind = KIND
    __slots__ = ("settled",)

    def __init__(  # noqa: PLR0913 - those of a document
        self,
        source: Source,
        objects: tuple[tuple[KubernetesObject, tuple[Pod, ...]], ...],
        *,
        complaints: Iterable[Complaint] = (),
        allowances: Iterable[Allowance] = (),
        gaps: Iterable[DocumentError] = (),
        settled: bool = False,
    ) -> None:
        super().__init__(source, objects, complaints=complaints, allowances=allowances, gaps=gaps)
        self.settled = settled

    def settle(self) -> Kustomization:
        """The same, of which only is judged what is written in it and nowhere else."""
        made = self.attach(Attachments())
        made.settled = True
        return made

    def transformations(self) -> tuple[Transformation, ...]:
        """What it does: one, unless several documents stand in the file."""
        return self.derived(_transformations)

    def nodes(self) -> Iterator[Node]:
        """The objects, the images that they name, the pods in what they patch."""
        yield from super().nodes()
        for one in self.transformations() if not self.settled else ():
            for override in one.images:
                use = _named_image(override)
                if use is not None:
                    yield use
            for patch in one.patches:
                for pod in patched_pods(patch):
                    yield from pod_nodes(pod)

    def landmarks(self) -> Iterator[Landmark]:
        """What it takes and what it reads."""
        origin = self.source.origin
        for one in self.transformations():
            yield Landmark(in_folder(folder_of(origin)), one)
            for path in dict.fromkeys((*one.resources, *one.components)):
                yield Landmark(taken(beside(origin, path)), one)
            for path in dict.fromkeys(patch.path for patch in one.patches if patch.path):
                yield Landmark(patching(beside(origin, path)), one)

    def within(self, project: Project) -> Kustomization:  # noqa: ARG002 - as it is written
        """Itself: what others make of it holds for the objects that it takes."""
        return self


def _transformations(document: Document) -> tuple[Transformation, ...]:
    objects = document.objects if isinstance(document, Manifest) else ()
    return tuple(read_transformation(obj, document.source) for obj in objects)


def _named_image(override: ImageOverride) -> ImageUse | None:
    """What an entry of `images` makes of an image; None where that is still open."""
    name = override.new_name
    text = name.value if isinstance(name, Known) and name.value else override.name
    if name is UNKNOWN or not text or UNKNOWN in (override.tag, override.digest):
        return None
    at = next(
        (fact.span for fact in (override.digest, override.tag, name) if isinstance(fact, Known)),
        None,
    )
    tag = f":{override.tag.value}" if isinstance(override.tag, Known) else ""
    digest = f"@{override.digest.value}" if isinstance(override.digest, Known) else ""
    if at is None or not (tag or digest):
        return None  # the tag is the one that stands where the image is used
    whole = text + tag + digest
    return image_use(Place(at, override.path), ImageRole.POD, whole, whole)


def parse_kustomization(source: Source, read: Beside = lambda _name: None) -> Manifest:
    """Read a kustomization; objects of others in a file of that name are read as they are.

    `read` gives the texts of the files of which it makes ConfigMaps and Secrets, or that say
    what it copies.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    stream = read_stream(source, "kustomization")
    bodies = [Cursor(node) for node in stream.documents if isinstance(node, Mapping)]
    if any(_is_foreign(body) for body in bodies):
        return parse_manifest(source)
    objects = (read_object(body, "Kustomization", f"{GROUP}/v1beta1") for body in bodies)
    document = Kustomization(
        source,
        tuple((obj, ()) for obj in objects),
        complaints=duplicate_complaints(stream),
        allowances=comment_allowances(source, stream.documents),
    )
    if "Generator" not in source.text and "replacements" not in source.text:
        return document
    from imagelint.documents.kubernetes.kustomize.generated import generator_files

    asked: dict[str, None] = {}

    def noted(name: str) -> str | None:
        asked[name] = None
        return read(name) if name else None

    files = tuple(one for body in bodies for one in generator_files(body, source.origin, noted))
    whole = document.attach(Attachments(asked=tuple(filter(None, asked))))
    whole.embedded = files
    return whole


def _is_foreign(body: Cursor) -> bool:
    group = body["apiVersion"].word().rpartition("/")[0]
    return body["apiVersion"].text() is not ABSENT and group != GROUP
