"""A file of Kubernetes objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.documents.base import Allowance, Complaint, Document
from imagelint.documents.complaints import (
    ConflictingFields,
    InvalidName,
    InvalidPort,
    InvalidQuantity,
    InvalidValue,
    MalformedLabel,
    MalformedObject,
    MissingField,
    ObjectWithoutKind,
    UnknownField,
)
from imagelint.documents.kubernetes.annotations import annotation_allowances
from imagelint.documents.kubernetes.identity import mistakes
from imagelint.documents.kubernetes.monitoring.queries import may_ask, read_queries
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.pods.reader import read_pods
from imagelint.documents.kubernetes.reading import (
    is_empty,
    is_of_an_api,
    no_object,
    read_objects,
)
from imagelint.documents.kubernetes.settings import (
    encoded_texts,
    may_hold_manifests,
    read_settings,
)
from imagelint.documents.kubernetes.vocabulary import unknown_words
from imagelint.documents.kubernetes.wellformed import (
    malformed_list,
    malformed_parts,
    unread_parts,
    unread_workload,
)
from imagelint.documents.kubernetes.wiring.reader import read_referring, read_wiring
from imagelint.documents.kubernetes.wiring.routes import may_hold_proxies, read_routes
from imagelint.documents.kubernetes.wiring.scaling import read_autoscalers
from imagelint.documents.shared import CommandLine
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream, replaced_secrets
from imagelint.documents.yaml.nodes import is_decided_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import DocumentError, Embedded, Landmark, Node
    from imagelint.documents.kubernetes.objects import Container, KubernetesObject
    from imagelint.documents.kubernetes.pods.applications import Applications
    from imagelint.documents.parts import Attachments
    from imagelint.documents.project import Project
    from imagelint.documents.serving.command import ServingCommand


_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_OF_SHAPE = (
    *(ConflictingFields, MalformedLabel, InvalidName, InvalidPort, InvalidQuantity),
    *(InvalidValue, MalformedObject, MissingField, UnknownField),
)
_RUNS_APPLICATIONS = "RayService"
_NAME = "metadata.name"
_LOCAL = "config.kubernetes.io/local-config"
# What is laid over an object that is whole, or compared with it by a test: `02-assert.yaml`.
_PATCH = pattern(
    r"(?:(?:^|[/._-])patch|(?:^|/)\d+[a-z]?-(?:assert|errors?))(?:[._-][^/]*)?\.(?:ya?ml|json)$"
)


class Manifest(Document):
    """The objects of a manifest, those of a `List` one by one, and all pods that they hold."""

    kind = "kubernetes"
    __slots__ = ("_with_pods", "_written", "objects", "pods")
    # The names of objects by their kind and the name under which they are written, where an engine
    # gave them another one.
    renamed: Mapping[tuple[str, str], str] = {}

    def __init__(
        self,
        source: Source,
        objects: tuple[tuple[KubernetesObject, tuple[Pod, ...]], ...],
        *,
        complaints: Iterable[Complaint] = (),
        allowances: Iterable[Allowance] = (),
        gaps: Iterable[DocumentError] = (),
    ) -> None:
        super().__init__(source, complaints=complaints, allowances=allowances, gaps=gaps)
        self.objects = tuple(obj for obj, _ in objects)
        self.pods = tuple(pod for _, pods in objects for pod in pods)
        self._with_pods = objects
        self._written: Manifest | None = None

    @property
    def as_written(self) -> Manifest:
        """The manifest with the objects that are judged elsewhere."""
        return self._written or self

    def nodes(self) -> Iterator[Node]:
        """Each object, what it is or the pods that it holds, and what stands in these."""
        for obj, pods in self._with_pods:
            yield obj
            yield from mistakes(obj)
            yield from read_settings(obj)
            yield from unknown_words(obj, pods)
            yield from _operated_images(obj, pods)
            wiring = read_wiring(obj)
            if wiring is not None:
                yield wiring
            referring = read_referring(obj)
            if referring is not None:
                yield referring
            scalers = read_autoscalers(obj, wiring)
            yield from scalers
            yield from read_routes(obj, wiring)
            yield from read_queries(obj, wiring, scalers[0] if scalers else None)
            run = _applications(obj, pods)
            for pod in pods:
                yield from pod_nodes(pod, run)

    def unread(self) -> tuple[DocumentError, ...]:
        """The gaps, and the queries that could not be examined."""
        if not any(map(may_ask, self.objects)):
            return self.gaps
        from imagelint.documents.promql.query import unread_queries

        return (*self.gaps, *unread_queries(self))

    def within(self, project: Project) -> Manifest:
        """The manifest as the kustomizations of the run leave it."""
        malformed = any(type(one) in _OF_SHAPE for one in self.complaints)
        if not (self.pods or malformed):
            return self
        from imagelint.documents.kubernetes.kustomize.around import Applied, is_patch

        origin = self.source.origin
        if is_patch(origin, project):
            return self._as_patch()
        applied = tuple(Applied(origin, project))
        if not applied:
            return self
        from imagelint.documents.kubernetes.kustomize.effects import kustomized

        return kustomized(self, applied, project)

    def _as_patch(self) -> Manifest:
        """The manifest as a part of what is written elsewhere: it lacks nothing."""
        objects = tuple(obj._replace(incomplete=True) for obj in self.objects)
        patch = self.with_objects(objects)
        others = (one for one in self.complaints if type(one) not in _OF_SHAPE)
        own = (one for obj, pods in patch._with_pods for one in malformed_parts(obj, pods))  # noqa: SLF001 - of its own kind
        # Its name is at most that of what it is for: one with a target may be called `*`.
        named = (one for one in own if type(one) is not InvalidName or one.subject != _NAME)
        patch.complaints = tuple(sorted((*others, *named)))
        return patch

    def with_objects(self, objects: tuple[KubernetesObject, ...]) -> Manifest:
        """The manifest with other objects in the places of its own."""
        made = Manifest(
            self.source,
            tuple((obj, read_pods(obj)) for obj in objects),
            complaints=self.complaints,
            allowances=self.allowances,
            gaps=self.gaps,
        )
        made.embedded = self.embedded
        return made

    def without_objects(self) -> Manifest:
        """The text, whose objects are judged where they are rendered.

        What they are called and what they lack is said there as well. Those stay that kustomize
        leaves out, and others may apply:
        https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/
        """
        kept = tuple(pair for pair in self._with_pods if _LOCAL in dict(pair[0].annotations))
        allowances = self.allowances if kept else ()
        there = (InvalidName, MissingField)
        rest = (one for one in self.complaints if kept or not isinstance(one, there))
        text = Manifest(
            self.source,
            kept,
            complaints=tuple(rest),
            allowances=allowances,
            gaps=(gap for gap in self.gaps if gap.kind is not ProblemKind.TEMPLATE),
        )
        text._written = self.as_written
        return text

    def with_pods(self, pods: tuple[Pod, ...], attachments: Attachments) -> Manifest:
        """The manifest with other pods in the places of its own, and places in further texts."""
        made = self.attach(attachments)
        rest = iter(pods)
        made.pods = pods
        made._with_pods = tuple(  # noqa: SLF001 - of its own
            (obj, tuple(next(rest) for _ in held)) for obj, held in self._with_pods
        )
        return made

    def servers_of(self, pod: Pod) -> tuple[ServingCommand, ...]:
        """The model servers that the containers of one of its pods start, in order."""
        return self.derived(_servers_by_pod).get(_place_of(pod), ())

    def landmarks(self) -> Iterator[Landmark]:
        """Its Services, and its pods that serve models."""
        from imagelint.documents.kubernetes.landmarks import landmarks

        yield from landmarks(self)
        if any(map(may_ask, self.objects)):
            from imagelint.documents.promql.recorded import query_landmarks

            yield from query_landmarks(self)

    def concealed(self) -> Iterator[Span]:
        """The data of Secrets, and values of variables whose names say that they are secret."""
        if self._written is not None:
            yield from self._written.concealed()
            return
        for obj in self.objects:
            if obj.kind == "Secret":
                for key in ("data", "stringData"):
                    yield from (place.span for _, place in obj.body[key].entries())
        yield from super().concealed()
        yield from replaced_secrets(self)


def _place_of(pod: Pod) -> tuple[Span, str, str]:
    """What tells a pod from others: a template may make several objects in one place."""
    return pod.owner.span, pod.owner.name, pod.path


def _servers_by_pod(document: Document) -> dict[tuple[Span, str, str], tuple[ServingCommand, ...]]:
    """What is started in each pod: its nodes follow it."""
    from imagelint.documents.serving.command import ServingCommand

    found: dict[tuple[Span, str, str], tuple[ServingCommand, ...]] = {}
    place = None
    for node in document.walk():
        if isinstance(node, Pod):
            place = _place_of(node)
        elif isinstance(node, ServingCommand) and place is not None:
            found[place] = (*found.get(place, ()), node)
    return found


def _operated_images(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[Node]:
    if not obj.is_own and obj.group:
        from imagelint.documents.kubernetes.operators.operatedimages import operated_images

        yield from operated_images(obj, pods)


def _applications(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Applications | None:
    if obj.kind != _RUNS_APPLICATIONS:
        return None
    from imagelint.documents.kubernetes.pods.applications import applications_of

    return applications_of(obj, pods)


def _unread_inside(obj: KubernetesObject) -> Iterator[DocumentError]:
    if may_hold_proxies(obj) or any(encoded_texts(obj)):
        from imagelint.documents.proxies.held import unread_proxies

        yield from unread_proxies(obj)
    if obj.kind == _RUNS_APPLICATIONS:
        from imagelint.documents.kubernetes.pods.applications import unread_applications

        yield from unread_applications(obj)


def pod_nodes(pod: Pod, run: Applications | None = None) -> Iterator[Node]:
    """A pod and what stands in it, and what is `run` in one of its containers."""
    yield pod
    for container in pod.containers:
        here = run is not None and container is run.container
        yield from _container_nodes(container, run if here else None)


def _container_nodes(container: Container, run: Applications | None) -> Iterator[Node]:
    yield container
    if container.image is not None and not is_decided_elsewhere(container.body["image"].node):
        yield container.image
    yield from container.env
    for place in (container.body["command"], container.body["args"]):
        if place.exists:
            yield CommandLine(place.span, container.name, container.place, place.path)
    yield from _checks(container)
    yield from _started(container, run)


def _checks(container: Container) -> Iterator[Node]:
    if not any(container.body.at(name, "exec").exists for name in _PROBES):
        return
    from imagelint.documents.runtime.probe import check_command

    config = container.config
    image = container.image if config is None else config.base
    probes = container.runtime.probes
    for fact in (probes.startup, probes.readiness, probes.liveness):
        if isinstance(fact, Known):
            brings = frozenset[str]() if config is None else config.brings
            check = check_command(
                fact.value, container.name, image, brings, built=config is not None
            )
            if check is not None:
                yield check


def _started(container: Container, run: Applications | None) -> Iterator[Node]:
    from imagelint.documents.kubernetes.pods.launching import joined_commands, launch, scripts

    yield from joined_commands(container)
    for script in scripts(container):
        yield script
        yield from script.commands
    if container.serves:
        from imagelint.documents.serving.reading import started_servers

        found = launch(container)
        if run is not None:
            found = found._replace(applications=run.tree, cluster_gpus=run.gpus)
        yield from started_servers(found)


def parse_manifest(source: Source) -> Manifest:
    """Read a manifest.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return _parse(source, 0)


def _parse(source: Source, depth: int) -> Manifest:
    """Read a manifest that stands in so many texts of others."""
    stream = read_stream(source, "kubernetes")
    complaints: list[Complaint] = [*duplicate_complaints(stream)]
    objects: list[KubernetesObject] = []
    for node in stream.documents:
        found = tuple(read_objects(Cursor(node)))
        objects += found
        complaints += malformed_list(Cursor(node))
        if not found and not is_empty(node):
            complaints.append(no_object(node))
    if objects and not any(map(is_of_an_api, objects)):
        complaints = [one for one in complaints if not isinstance(one, ObjectWithoutKind)]
    with_pods = tuple((obj, read_pods(obj)) for obj in objects)
    allowances = [*comment_allowances(source, stream.documents)]
    for obj, pods in with_pods:
        complaints += malformed_parts(obj, pods)
        allowances += _annotated(obj, pods)
    if _PATCH.search(source.origin):
        complaints = [one for one in complaints if not isinstance(one, MissingField)]
    gaps = [gap for obj, pods in with_pods if not pods for gap in unread_workload(obj)]
    gaps += [gap for obj in objects for gap in (*unread_parts(obj), *_unread_inside(obj))]
    embedded: tuple[Embedded, ...] = ()
    if may_hold_manifests(objects, source.text):
        from imagelint.documents.kubernetes.textual import textual_manifests

        embedded, unread = textual_manifests(objects, source, _parse, depth)
        gaps += unread
    manifest = Manifest(
        source, with_pods, complaints=sorted(complaints), allowances=allowances, gaps=gaps
    )
    manifest.embedded = embedded
    return manifest


def _annotated(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[Allowance]:
    yield from annotation_allowances(obj.body.at("metadata", "annotations"), obj.body.span)
    for pod in pods:
        if pod.template.node is not obj.body.node:
            annotations = pod.template.at("metadata", "annotations")
            yield from annotation_allowances(annotations, pod.template.span)
