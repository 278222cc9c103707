"""Nodes that several kinds of document contain, so that each rule about them exists once."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.reference import (
    UNKNOWN_PART,
    ImageReference,
    PartialReference,
    parse_partial,
    parse_reference,
)
from imagelint.documents.execution import UNKNOWN_PLACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.mapped import MappedText


class ImageRole(Enum):
    """What an image is used for at the place that names it."""

    FRONTEND = "frontend"  # `# syntax=`: what reads the Dockerfile and drives its build
    BASE = "base"  # FROM
    COPY = "copy"  # COPY --from
    MOUNT = "mount"  # RUN --mount=from
    FEATURE = "feature"  # what is installed into a development container
    POD = "pod"  # a container of a pod
    COMPOSE = "compose"  # a service
    TARGET = "target"  # the image that is gated


class ImageUse(NamedTuple):
    """An image named somewhere.

    `text` is what is written there, `reference` what it comes to: unknown when a variable without
    a value or a template is part of it, or when it is not a valid reference. Stages, `scratch` and
    named contexts are not image uses. `final` is true when the image ends up in what is shipped
    (the base chain of the final stage; any pod or service). `built` marks a compose service that is
    built locally under that name. `partial` is what is known where the reference is not, and
    `malformed` what the text comes to where that is certainly no reference.
    """

    span: Span
    role: ImageRole
    text: str
    reference: Fact[ImageReference]
    final: bool = True
    built: bool = False
    path: str = ""
    partial: PartialReference = PartialReference()
    malformed: str | None = None

    @property
    def known(self) -> ImageReference | None:
        """The reference, or what is known of it: see `PartialReference`."""
        return self.reference.value if isinstance(self.reference, Known) else self.partial.name

    @property
    def tag(self) -> Fact[str]:
        """The tag, also where other parts of the reference are not known."""
        if not isinstance(self.reference, Known):
            return self.partial.tag
        tag = self.reference.value.tag
        return Known(tag, self.reference.span) if tag else ABSENT


def image_use(at: Node, role: ImageRole, text: str, read: str) -> ImageUse:
    """An image that a document names; `read` is the text with `UNKNOWN_PART` for its gaps."""
    reference = parse_reference(read)
    fact = UNKNOWN if reference is None else Known(reference, at.span)
    use = ImageUse(at.span, role, text, fact, path=getattr(at, "path", ""))
    if UNKNOWN_PART in read:
        return use._replace(partial=parse_partial(read))
    return use if reference else use._replace(malformed=read)


class EnvOrigin(Enum):
    """What sets a variable."""

    ENV = "env"  # ENV of a Dockerfile
    ARG = "arg"  # ARG of a Dockerfile
    SHELL = "shell"  # an assignment or export in a script
    POD = "pod"
    COMPOSE = "compose"
    BUILD_ARG = "build-arg"  # build.args of a compose service


class EnvVar(NamedTuple):
    """A variable that is set. `value` is absent for `ARG NAME` and unknown for `valueFrom`.

    `span` is the whole setting, `value_span` the value as written (equal to `span` without one).
    `reference` names the kind of indirection (`secretKeyRef`, `configMapKeyRef`, `fieldRef` …),
    `place` is what it is set for.
    """

    span: Span
    name: str
    value: Fact[str]
    origin: EnvOrigin
    name_span: Span
    value_span: Span
    reference: str = ""
    path: str = ""
    place: ExecutionPlace = UNKNOWN_PLACE


class CommandLine(NamedTuple):
    """What starts a container: its command, entrypoint or arguments, as they are written.

    `name` is that of the container or service, `place` what it is started in.
    """

    span: Span
    name: str
    place: ExecutionPlace
    path: str = ""


class JoinedCommand(NamedTuple):
    """The first item of a list that is run as it stands, where it is a whole command.

    `program` is the word with which it begins.
    """

    span: Span
    program: str
    path: str = ""


class Holder(Enum):
    """What keeps a setting; the value is what a reader calls it."""

    CONFIG_MAP = "ConfigMap"
    SECRET = "Secret"  # noqa: S105 - the kind of an object
    CONFIG_MAP_GENERATOR = "configMapGenerator"
    SECRET_GENERATOR = "secretGenerator"  # noqa: S105 - a field of a kustomization
    ENVIRONMENT_FILE = "environment file"
    IMAGE = "image configuration"
    CHART_VALUES = "values of a chart"
    GATEWAY = "file of a gateway"
    UNIT = "unit of systemd"


class Setting(NamedTuple):
    """A value under a name.

    `span` is where the value is written, `text` the value itself. `verbatim` tells whether it
    stands character for character from the start of the span, `encoded` whether it was decoded.
    `find` tells where each character of another one stands.
    """

    span: Span
    name: str
    text: str
    holder: Holder
    verbatim: bool
    encoded: bool = False
    path: str = ""
    find: Callable[[], MappedText] | None = None

    def at(self, part: Span) -> Setting:
        """The setting where a part of the text stands; its offsets begin at those of the span."""
        if self.verbatim:
            return self._replace(span=part)
        if self.find is None:
            return self
        start = self.span.start
        return self._replace(span=self.find().place(part.start - start, part.end - start))


class UnknownValue(NamedTuple):
    """A word that its field does not take; not `certain` where some take it."""

    span: Span
    path: str
    message: str
    help: str
    certain: bool = True
