"""The image that is gated: which one it is, and what its configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.source import Source, Span
from imagelint.documents.base import Document
from imagelint.documents.image.config import ImageConfig
from imagelint.documents.image.layers.nodes import HistoryStep
from imagelint.documents.shared import EnvOrigin, EnvVar, Holder, ImageRole, ImageUse, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.image.jsonview import JsonView
    from imagelint.documents.image.manifest import ImageLayer

NOWHERE = Span(0, 0)
"""An image has no text: its nodes are found by their logical path."""

LAYOUT_SCHEME = "oci:"


class ImageIdentity(NamedTuple):
    """Which image: what the user wrote, and what that was resolved to, once.

    `digest` is that of the manifest or index that the reference names (`sha256:…`), `layout` the
    folder of an OCI layout or empty for a registry, `repository` what stands before tag and
    digest. `platform` is `os/architecture[/variant]` of this image, empty when nobody knows;
    `manifest` and `config` are the digests of its manifest and configuration, `layers` what it is
    made of. Of a layout, `store` is a folder whose blobs have been checked against their digests.
    `several` is true for one of several images under one digest that are judged together. What is
    in an archive or with a daemon is laid out in a folder while it is judged: `source` is what it
    came from, and `computed` tells that nobody gave it a manifest but we.
    """

    reference: str
    digest: str
    repository: str = ""
    layout: str = ""
    platform: str = ""
    manifest: str = ""
    config: str = ""
    layers: tuple[ImageLayer, ...] = ()
    store: str = ""
    several: bool = False
    source: str = ""
    computed: bool = False

    @property
    def size(self) -> int:
        """The bytes of all layers, as they are stored."""
        return sum(layer.size for layer in self.layers)

    @property
    def label(self) -> str:
        """What stands before a place in one of several images: `linux/arm64: `."""
        return f"{self.platform or self.manifest}: " if self.several else ""

    @property
    def alone(self) -> str:
        """The reference that names this image of a registry by its own manifest."""
        return f"{self.repository}@{self.manifest}" if self.manifest else self.pinned

    @property
    def pinned(self) -> str:
        """The reference that names this image and no other; as written while there is no digest."""
        if not self.digest:
            return self.reference
        if self.source:
            return f"{self.source}@{self.digest}"
        if self.layout:
            return f"{LAYOUT_SCHEME}{self.layout}@{self.digest}"
        return f"{self.repository}@{self.digest}"


class _Placed(Protocol):
    def _replace(self, *, path: str) -> Node: ...


class ImageTarget(Document):
    """An image by its digest. `config` is None when nobody has read it.

    `contents` are what is known of its history and layers, as nodes of `layers.nodes`; `history`
    are the steps alone, which are known with the configuration.
    """

    kind = "image"
    __slots__ = ("config", "contents", "history", "identity")

    def __init__(
        self,
        identity: ImageIdentity,
        config: ImageConfig | None = None,
        contents: tuple[Node, ...] = (),
        history: tuple[HistoryStep, ...] = (),
        *,
        origin: str = "",
    ) -> None:
        super().__init__(Source(origin or identity.reference, ""))
        self.identity = identity
        self.config = config
        self.contents = contents
        self.history = history

    def replaced(
        self, identity: ImageIdentity, contents: tuple[Node, ...] | None = None
    ) -> ImageTarget:
        """The same image with another identity, or with more that is known of it."""
        contents = self.contents if contents is None else contents
        return ImageTarget(identity, self.config, contents, self.history)

    @property
    def reference(self) -> str:
        """The image as the user named it."""
        return self.identity.reference

    @property
    def digest(self) -> str:
        """The digest that was gated."""
        return self.identity.digest

    def nodes(self) -> Iterator[Node]:
        """The image as an image use, its configuration, and the variables it sets."""
        if not self.identity.layout:
            yield self._use()
        if self.config is None:
            return
        label = self.identity.label
        yield self.config._replace(path=f"{label}{self.config.path}") if label else self.config
        for name, value in self.config.env:
            path = f"{label}config.Env.{name}"
            yield EnvVar(NOWHERE, name, Known(value), EnvOrigin.ENV, NOWHERE, NOWHERE, path=path)
        yield from _settings(self.config, label)
        yield from self._contents(label)

    def _contents(self, label: str) -> Iterator[Node]:
        for node in self.contents:
            place = f"{label}{getattr(node, 'path', '')}"
            yield cast("_Placed", node)._replace(path=place) if label else node
            if isinstance(node, HistoryStep):
                yield Setting(
                    NOWHERE,
                    "",
                    node.command,
                    Holder.IMAGE,
                    verbatim=False,
                    encoded=True,
                    path=place,
                )

    def _use(self) -> ImageUse:
        reference = parse_reference(self.identity.pinned)
        known = Known(reference) if reference else UNKNOWN
        return ImageUse(NOWHERE, ImageRole.TARGET, self.identity.pinned, known)


def _settings(config: ImageConfig, label: str) -> Iterator[Setting]:
    """Whatever an image tells everyone who can pull it."""
    told = {
        **{f"config.Env.{name}": value for name, value in config.env},
        **{f"config.Labels.{name}": value for name, value in config.labels},
        "config.Entrypoint": " ".join(config.entrypoint),
        "config.Cmd": " ".join(config.cmd),
        "config.Healthcheck": " ".join(config.health_check),
    }
    for path, text in told.items():
        name = path.rpartition(".")[2]
        place = f"{label}{path}"
        yield Setting(NOWHERE, name, text, Holder.IMAGE, verbatim=False, encoded=True, path=place)


def image_config(view: JsonView) -> ImageConfig:
    """The configuration in a config blob, or in `Metadata.ImageConfig` of a Trivy report."""
    config = view["config"]
    return ImageConfig(
        NOWHERE,
        user=config["User"].text,
        env=tuple(_variable(text) for text in config["Env"].texts()),
        entrypoint=config["Entrypoint"].texts(),
        cmd=config["Cmd"].texts(),
        workdir=config["WorkingDir"].text,
        labels=tuple((key, value.text) for key, value in config["Labels"].pairs()),
        exposed=tuple(key for key, _ in config["ExposedPorts"].pairs()),
        volumes=tuple(key for key, _ in config["Volumes"].pairs()),
        health_check=config["Healthcheck"]["Test"].texts(),
        stop_signal=config["StopSignal"].text,
        created=view["created"].text,
        os=view["os"].text,
        architecture=view["architecture"].text,
    )


def _variable(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
