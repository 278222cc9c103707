"""Services of compose files and run lines, completed by the images that are built for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.deployment.attachment import Attacher, mapped
from imagelint.deployment.budget import MOST_VARIABLES, Budget
from imagelint.deployment.builds import Builder, build_in, build_of, config_in, is_built
from imagelint.documents.compose.document import ComposeFile
from imagelint.documents.compose.services import ServiceFile
from imagelint.documents.compose.variables import environment_files, is_all_read
from imagelint.documents.project import beside
from imagelint.documents.serving.imageconfig import run_as
from imagelint.documents.shared import EnvOrigin, EnvVar, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.base import Document
    from imagelint.documents.builds import ImageBuild
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.dockerfile.model import HealthCheck
    from imagelint.documents.dotenv import EnvironmentFile
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.project import Project
    from imagelint.documents.runtime.details import Details, Neighbours, Resources
    from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
    from imagelint.documents.runtime.probe import Probes
    from imagelint.documents.runtime.shutdown import Shutdown
    from imagelint.documents.serving.imageconfig import ImageConfig

_UNHANDED = "variables of files are not looked at: they are too many together"


def joined_services(document: Document, project: Project) -> Document:
    """A compose file whose services know the images that they build, and what files hand them."""
    if not isinstance(document, ServiceFile):
        return document
    attacher = Attacher(document)
    builder = Builder(project, attacher, certain=isinstance(document, ComposeFile))
    budget = Budget(MOST_VARIABLES, _UNHANDED)
    marked = (_marked(one, builder) for one in document.services)
    services = tuple(
        _joined(service, _config(service, document, builder))
        for service in (_with_files(one, document, builder, budget) for one in marked)
    )
    gaps = tuple(budget.gaps())
    if not gaps and services == document.services:
        return document
    made = document.with_services(services, attacher.attachments)
    made.gaps = (*made.gaps, *gaps)
    return made


def _marked(service: ComposeService, builder: Builder) -> ComposeService:
    """A container of an image that is built in the run, by a name that no registry has."""
    image = service.image
    if service.started is None or image is None or image.known is None or "/" in image.text:
        return service
    built = image.known.registry and is_built(image.known, builder.project)
    return service._replace(image=image._replace(built=True)) if built else service


def _with_files(
    service: ComposeService, document: ServiceFile, builder: Builder, budget: Budget
) -> ComposeService:
    """A service with the variables of its files: what it sets itself counts more."""
    names = environment_files(service.body)
    if not names:
        return service
    origin = document.part_at(service.body["env_file"].span.start).source.origin
    found: list[EnvVar] = []
    complete = is_all_read(service.body)
    for name in names:
        file = UNKNOWN if name is None else _file(beside(origin, name), document, builder)
        settings = tuple(file.value.nodes_of(Setting)) if isinstance(file, Known) else ()
        if not isinstance(file, Known) or not budget.grants(len(settings), service.span):
            complete = False
        else:
            offset = builder.attacher.offset(file.value, certain=True)
            found += _variables(settings, offset, service.place)
    env = (*found, *service.env)
    place = service.place.with_env(env)
    placed = tuple(one._replace(place=place) for one in env)
    return service._replace(env=placed, env_complete=complete, place=place)


def _file(origin: str, document: ServiceFile, builder: Builder) -> Fact[EnvironmentFile]:
    """An environment file: the document itself holds one whose name does not say so."""
    from imagelint.documents.dotenv import EnvironmentFile

    for embedded in document.embedded:
        inner = embedded.document
        if isinstance(inner, EnvironmentFile) and inner.source.origin == origin:
            return Known(inner)
    return builder.project.document(origin, EnvironmentFile)


def _variables(settings: Iterable[Setting], offset: int, place: ExecutionPlace) -> Iterator[EnvVar]:
    """The settings of an environment file as variables; compose fills others in after a dollar."""
    for one in settings:
        span = Span(one.span.start + offset, one.span.end + offset)
        yield EnvVar(
            span=span,
            name=one.name,
            value=UNKNOWN if "$" in one.text else Known(one.text, span),
            origin=EnvOrigin.COMPOSE,
            name_span=span,
            value_span=span,
            reference="env_file",
            place=place,
        )


def _joined(service: ComposeService, config: ImageConfig | None) -> ComposeService:
    if config is None:
        return service
    runtime = run_as(service.runtime, config)
    if config.healthcheck is not None and runtime.probes.liveness is ABSENT:
        runtime = runtime._replace(details=_CheckedDetails(runtime.details, config.healthcheck))
    return service._replace(config=config, runtime=runtime)


def _config(service: ComposeService, document: ServiceFile, builder: Builder) -> ImageConfig | None:
    build = service.build
    if service.started is not None and build is None:
        return _named(service, builder)
    if build is None:
        return _named(service, builder._replace(certain=False))
    if build.target is None:
        return None
    if build.inline:
        return _inline(build, document, service.place)
    origin = document.part_at(build.span.start).source.origin
    named = build_in(origin, build)
    return named and builder.config(named, service.place)


def _named(service: ComposeService, builder: Builder) -> ImageConfig | None:
    """The configuration by whoever in the run builds an image of the name."""
    image = service.image.known if service.image is not None else None
    named = build_of(image, builder.project) if image is not None and image.registry else None
    return named and builder.config(named, service.place)


def _inline(build: ImageBuild, document: ServiceFile, place: ExecutionPlace) -> ImageConfig | None:
    """The configuration by a Dockerfile that stands in the file."""
    from imagelint.documents.dockerfile.document import Dockerfile

    for embedded in document.embedded:
        inner = embedded.document
        if embedded.mapped is None or embedded.path != build.inline:
            continue
        if not isinstance(inner, Dockerfile) or build.target is None:
            return None
        config = config_in(inner, build.target, build.arguments)
        return config and mapped(config, embedded.mapped, place)
    return None


class _CheckedDetails:
    """The details of a service that leaves its health check to its image."""

    __slots__ = ("_details", "_health")

    def __init__(self, details: Details, health: HealthCheck) -> None:
        self._details = details
        self._health = health

    @property
    def probes(self) -> Probes:
        """The image's."""
        from imagelint.documents.dockerfile.probes import read_probes

        return read_probes(self._health)

    @property
    def host(self) -> HostNamespaces:
        """Its own."""
        return self._details.host

    @property
    def privileges(self) -> Privileges:
        """Its own."""
        return self._details.privileges

    @property
    def resources(self) -> Resources:
        """Its own."""
        return self._details.resources

    @property
    def shutdown(self) -> Shutdown:
        """Its own."""
        return self._details.shutdown

    @property
    def service_links(self) -> Fact[bool]:
        """Its own."""
        return self._details.service_links

    @property
    def together(self) -> Neighbours:
        """Its own."""
        return self._details.together
