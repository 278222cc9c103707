"""Pods, completed by the images of their containers, and by what these are handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.deployment.attachment import Attacher
from imagelint.deployment.builds import Builder, build_of
from imagelint.deployment.objects import Neighbourhood
from imagelint.deployment.settings import Settings
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.pods.execution import ContainerPlace
from imagelint.documents.serving.imageconfig import run_as

if TYPE_CHECKING:
    from imagelint.documents.base import Document, DocumentError
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.project import Project

# Of its objects some are merged with others.
_KSERVE = "serving.kserve.io"


def joined_pods(document: Document, project: Project) -> Document:
    """A manifest whose containers know their images, variables and scripts."""
    if not isinstance(document, Manifest) or not document.pods:
        return document
    attacher = Attacher(document)
    around = Neighbourhood(document, project)
    joiner = _Joiner(
        Builder(project, attacher, certain=False),
        Settings(around, attacher),
    )
    whole, unmerged = _with_runtimes(document.pods, around, attacher)
    pods = tuple(map(joiner.pod, whole))
    gaps = (*unmerged, *joiner.settings.budget.gaps())
    if not gaps and all(pod is other for pod, other in zip(pods, document.pods, strict=True)):
        return document
    made = document.with_pods(pods, attacher.attachments)
    made.gaps = (*made.gaps, *gaps)
    return made


def _with_runtimes(
    pods: tuple[Pod, ...], around: Neighbourhood, attacher: Attacher
) -> tuple[tuple[Pod, ...], tuple[DocumentError, ...]]:
    """Pods, those of KServe merged with their runtimes, and that some of them could not be."""
    if all(pod.owner.group != _KSERVE for pod in pods):
        return pods, ()
    from imagelint.deployment.runtimes import Merger

    merger = Merger(around, attacher)
    merged = tuple(merger.pod(pod) if pod.owner.group == _KSERVE else pod for pod in pods)
    return merged, tuple(merger.budget.gaps())


class _Joiner(NamedTuple):
    """Completes the pods of one manifest."""

    builder: Builder
    settings: Settings

    def pod(self, pod: Pod) -> Pod:
        """The pod itself, where nothing is to be said about its containers."""
        containers = tuple(map(self._container, pod.containers))
        same = all(one is other for one, other in zip(containers, pod.containers, strict=True))
        return pod if same else pod._replace(containers=containers)

    def _container(self, container: Container) -> Container:
        return self._with_scripts(self._with_image(self._with_settings(container)))

    def _with_settings(self, container: Container) -> Container:
        takes = any(one.reference == "configMapKeyRef" for one in container.env)
        if not takes and not container.body["envFrom"].exists:
            return container
        env, complete = self.settings.environment(container)
        if env == container.env:
            return container
        place = ContainerPlace(container.body, container.spec, env)
        env = tuple(one._replace(place=place) for one in env)
        return container._replace(env=env, env_complete=complete, place=place)

    def _with_image(self, container: Container) -> Container:
        image = container.image.known if container.image is not None else None
        if image is None or not image.registry:
            return container
        build = build_of(image, self.builder.project)
        config = build and self.builder.config(build, container.place)
        if config is None:
            return container
        return container._replace(config=config, runtime=run_as(container.runtime, config))

    def _with_scripts(self, container: Container) -> Container:
        if not container.body["volumeMounts"].exists:
            return container
        scripts = self.settings.scripts(container)
        if scripts:
            container = container._replace(scripts=scripts)
        files = self.settings.files(container)
        return container._replace(files=files) if files else container
