"""A compose file as a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Source, Span
from imagelint.documents.base import Allowance, Complaint, DocumentError
from imagelint.documents.complaints import MalformedComposeFile
from imagelint.documents.compose.contexts import (
    build_landmarks,
    build_targets,
    context_images,
    given_builds,
    read_build,
)
from imagelint.documents.compose.dotenv import FILE_NAME, read_dotenv
from imagelint.documents.compose.execution import SERVICE_BUILD, ServicePlace
from imagelint.documents.compose.interpolation import NO_VARIABLES, ComposeRoot
from imagelint.documents.compose.layers import is_whole_project, layers
from imagelint.documents.compose.model import Assembly, ComposeService
from imagelint.documents.compose.ports import container_ports, read_ports
from imagelint.documents.compose.project.names import (
    defined_landmarks,
    service_landmarks,
    taken_landmarks,
)
from imagelint.documents.compose.project.references import (
    circular_services,
    services_without_image,
    undefined_names,
)
from imagelint.documents.compose.runtime import read_runtime
from imagelint.documents.compose.services import ServiceFile, may_read_settings
from imagelint.documents.compose.specification.validation import refused
from imagelint.documents.compose.values import is_set, parts, value
from imagelint.documents.compose.variables import read_env, read_settings
from imagelint.documents.parts import Attachments
from imagelint.documents.project import beside
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.shared import EnvOrigin, ImageRole, ImageUse, image_use
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream, replaced_secrets
from imagelint.documents.yaml.enumerated import unknown_values
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Landmark, Node
    from imagelint.documents.compose.interpolation import Variables
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.kinds import Beside
    from imagelint.documents.project import Project
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.yaml.nodes import YamlNode


SERVICE = "compose service"
"""The part of a compose file that has words of its own in the table of enumerations."""
PROXY_MARKS = ("traefik.", "proxy_pass", "grpc_pass", "haproxy", "reverse_proxy")
"""Without these words a compose file tells no proxy anything."""
# Without these words a file that lies over no other is what its text says.
_RESET = "!reset"
_TOGETHER = ("extends", "include", _RESET)
# What is mounted and has the name of a script, or is run by a shell.
_NAMES_OTHERS = pattern(r"env_file|label_file|\b(?:file|provider)[\"']?[ \t]*:")
_RUNS_FILES = pattern(
    r"\.(?:ba|z|k)?sh\b|/[\w.-]*entry-?point[\w.-]*[\"']?[ \t]*$|\b(?:ba)?sh[ \t\"',]+/",
    re.MULTILINE,
)
_DEFAULT = pattern(r"\$\{([A-Za-z_][A-Za-z0-9_]*):?-([^{}$\r\n]+)\}")


class ComposeFile(ServiceFile):
    """The services of a compose file in source order; `dotenv` is the `.env` beside it, if any."""

    kind = "compose"
    __slots__ = ("_first", "dotenv", "named")

    def __init__(
        self,
        source: Source,
        services: tuple[ComposeService, ...],
        assembly: Assembly,
        *,
        complaints: Iterable[Complaint] = (),
        allowances: Iterable[Allowance] = (),
    ) -> None:
        super().__init__(
            source,
            complaints=complaints,
            allowances=allowances,
            gaps=assembly.gaps,
            attachments=Attachments(assembly.parts, assembly.asked, assembly.allowances),
        )
        self.services = services
        self._first = assembly.first
        self.named: tuple[Landmark, ...] = ()
        self.dotenv: Source | None = None

    def speaks_of(self, origin: str) -> bool:
        """Only the first of the files that lie over each other speaks of the others."""
        return self._first or origin == self.source.origin

    def unknown_words(self, service: ComposeService) -> Iterable[Node]:
        """The words of a service that its fields do not take."""
        return unknown_values(service.body, SERVICE, value)

    def nodes(self) -> Iterator[Node]:
        """Each service and what stands in it, then the ways to them that proxies are told."""
        yield from super().nodes()
        yield from build_targets(self.services)
        yield from given_builds(self.services)
        yield from context_images(self.services)
        if self.tells_proxies:
            from imagelint.documents.proxies.composed import compose_routes

            yield from compose_routes(self.services)

    @property
    def tells_proxies(self) -> bool:
        """Whether something in it may be what a proxy is told."""
        return any(mark in text.source.text for text in self.parts for mark in PROXY_MARKS)

    def within(self, project: Project) -> ComposeFile:
        """The file without complaints of what others of the run may bring, laid over it."""
        if not self.complaints:
            return self
        from imagelint.documents.compose.project.layering import lasting

        made = self.anew()
        made.complaints = tuple(lasting(self, project))
        return made

    def landmarks(self) -> Iterator[Landmark]:
        """Its services and sections by their names, the files that it takes, what it builds."""
        yield from service_landmarks(self.services)
        yield from self.named
        yield from build_landmarks(self)

    def concealed(self) -> Iterator[Span]:
        """Also the defaults of variables that are secret by their names, wherever they stand."""
        yield from super().concealed()
        yield from replaced_secrets(self)
        for text in self.parts:
            for match in _DEFAULT.finditer(text.source.text):
                if is_secret_name(match[1]):
                    yield Span(text.start + match.start(2), text.start + match.end(2))


def parse_compose(source: Source, read: Beside = lambda _name: None) -> ComposeFile:
    """Read a compose file; `read` gives the texts of the files that it is put together with.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    stream = read_stream(source, "compose")
    asked: dict[str, str | None] = {}

    def once(name: str) -> str | None:
        if name not in asked:
            asked[name] = read(name)
        return asked[name]

    environment = once(FILE_NAME)
    variables = read_dotenv(environment) if environment else NO_VARIABLES
    assembly = _assembly(source, stream.documents, once, variables)._replace(asked=tuple(asked))
    complaints: list[Complaint] = [*duplicate_complaints(stream), *assembly.complaints]
    for node in stream.documents:
        complaints += _misshapen(node)
        complaints += refused(ComposeRoot(_without_resets(node, source), variables))
    complaints += _inconsistent(assembly, len(source.text))
    document = ComposeFile(
        source,
        tuple(
            _service(name, body)
            for name, body in assembly.services
            if isinstance(body.node, Mapping)
        ),
        assembly,
        complaints=sorted(complaints),
        allowances=comment_allowances(source, stream.documents),
    )
    if environment:
        document.dotenv = Source(beside(source.origin, FILE_NAME), environment)
    document.named = tuple(_named(assembly, stream.documents, variables, source.origin))
    _take_inside(document, once)
    if _NAMES_OTHERS.search(source.text):
        _take_named(document, (ComposeRoot(one, variables) for one in stream.documents), once)
    document.asked = tuple(asked)
    if may_read_settings(source.text):
        from imagelint.documents.compose.configs import with_config_files

        document = with_config_files(document, once)
        document.asked = tuple(asked)
    if _RUNS_FILES.search(source.text):
        from imagelint.documents.compose.project.startfiles import with_start_scripts

        document = with_start_scripts(document, once)
        document.asked = tuple(asked)
    return document


def _other_languages(services: Iterable[ComposeService]) -> Iterator[DocumentError]:
    """The builds that are told to read their Dockerfile as something else."""
    from imagelint.documents.builds import SYNTAX_ARGUMENT
    from imagelint.documents.dockerfile.frontend import other_language

    for service in services:
        for argument in service.arguments:
            if argument.name == SYNTAX_ARGUMENT and isinstance(argument.value, Known):
                refused = other_language(argument.value.value, argument.span)
                if refused is not None:
                    yield refused


def _assembly(
    source: Source, documents: tuple[YamlNode, ...], read: Beside, variables: Variables
) -> Assembly:
    name = source.origin.rpartition("/")[2]
    together = layers(name, read, variables)
    alone = together == (name,) and not any(word in source.text for word in _TOGETHER)
    if alone and len(documents) == 1:
        root = ComposeRoot(documents[0], variables)
        whole = root if is_whole_project(together, variables) else None
        return Assembly(root["services"].entries(), root=whole, tree=root)
    from imagelint.documents.compose.project.assembly import assemble

    return assemble(source, documents, read, together, variables)


def _without_resets(node: YamlNode, source: Source) -> YamlNode:
    """A document without what it only takes out of another one, be it of whatever kind."""
    if _RESET not in source.text:
        return node
    from imagelint.documents.compose.project.merging import without_resets

    return without_resets(node, lambda span: source.text[span.start : span.end])


def _inconsistent(assembly: Assembly, end: int) -> Iterator[Complaint]:
    """What services refer to in vain; what stands in another file is told about that."""
    services = tuple(each for each in assembly.services if isinstance(each[1].node, Mapping))
    found = [*circular_services(services)]
    if assembly.root is not None:
        found += undefined_names(services, assembly.root)
        found += services_without_image(services)
    yield from (one for one in dict.fromkeys(found) if one.span.end <= end)


def _named(
    assembly: Assembly, documents: tuple[YamlNode, ...], variables: Variables, origin: str
) -> Iterator[Landmark]:
    """What other files may find in it, or learn of it, besides services."""
    if assembly.tree is not None:
        yield from defined_landmarks(assembly.tree, origin)
    for node in documents:
        yield from taken_landmarks(ComposeRoot(node, variables), origin)


def _misshapen(node: YamlNode) -> Iterator[MalformedComposeFile]:
    root = Cursor(node)
    if isinstance(node, Scalar) and node.value is None:
        return
    if not isinstance(node, Mapping):
        message = "a compose file is a mapping with the key `services`"
        yield MalformedComposeFile(root.key_span, "", message, "begin with `services:`")
        return
    services = root["services"]
    if is_set(services) and not isinstance(services.node, Mapping):
        message = "`services` is not a mapping of names to services"
        help_ = "write each as `<name>:`, with what it has indented below"
        yield MalformedComposeFile(services.key_span, "services", message, help_)
    for name, body in services.entries():
        if not isinstance(body.node, Mapping):
            message = f"the service `{name}` is not a mapping"
            help_ = "write its `image:` (or `build:`) below its name, indented"
            yield MalformedComposeFile(body.key_span, name, message, help_)


def _service(name: str, body: Cursor) -> ComposeService:
    env, env_complete = read_env(body)
    ports = read_ports(body)
    place = ServicePlace(value(body["user"]), env)
    return ComposeService(
        span=body.key_span,
        name=name,
        body=body,
        image=_image(body),
        build=read_build(body),
        arguments=_placed(
            read_settings(body.at("build", "args"), EnvOrigin.BUILD_ARG), SERVICE_BUILD
        ),
        env=_placed(env, place),
        env_complete=env_complete,
        ports=ports,
        runtime=read_runtime(name, body, container_ports(ports, body)),
        place=place,
        path=body.path,
    )


def _placed(variables: tuple[EnvVar, ...], place: ExecutionPlace) -> tuple[EnvVar, ...]:
    return tuple(variable._replace(place=place) for variable in variables)


def _image(body: Cursor) -> ImageUse | None:
    place = body["image"]
    if not is_set(place):
        return None
    text = place.node.text if isinstance(place.node, Scalar) else ""
    use = image_use(place, ImageRole.COMPOSE, text, parts(place))
    return use._replace(built=is_set(body["build"]))


def _take_named(document: ComposeFile, roots: Iterable[Cursor], read: Beside) -> None:
    """Take the files that a file names for their content, and what others than images bring."""
    from imagelint.documents.compose.project.brought import brought_services
    from imagelint.documents.secrets.named import files_of_services, mounted_files

    end, origin = len(document.source.text), document.source.origin
    own = tuple(one for one in document.services if one.body.span.end <= end)
    gaps = [*brought_services(own)]
    found = [*files_of_services(own, origin, read)]
    for root in roots:
        found += mounted_files(root, origin, read)
    document.embedded += tuple(found)
    document.gaps += tuple(one for one in gaps if one.span and one.span.end <= end)


def _take_inside(document: ComposeFile, read: Beside) -> None:
    """Take the documents that a file holds or names, and what of it cannot be examined."""
    if any(service.builds for service in document.services):
        from imagelint.documents.compose.project.builds import dockerfiles

        found = tuple(dockerfiles(document, read))
        document.embedded = tuple(one for one in found if not isinstance(one, DocumentError))
        document.gaps += tuple(one for one in found if isinstance(one, DocumentError))
        document.gaps += tuple(_other_languages(document.services))
    if document.tells_proxies:
        from imagelint.documents.proxies.composed import unread_contents

        end = len(document.source.text)
        unread = tuple(unread_contents(document.services))
        document.gaps += tuple(one for one in unread if one.span is None or one.span.end <= end)
