"""Manifests and indexes: of which layers an image is made, and for which platforms there is one.

https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md. Nothing of it is
believed: layers and configuration must tell one and the same story, and what could be read as a
manifest and as an index is neither (CVE-2021-41190).
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.image.jsonview import JsonView, read_json

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
TAG_ANNOTATION = "org.opencontainers.image.ref.name"
_DIGEST = pattern(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_CONFIGS = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_UNPACKED = ("application/vnd.oci.image.layer.v1.tar",)
_SUBJECTS = ("attestation-manifest",)
_STRUCTURES = (
    *("config", "layers", "manifests", "platform", "rootfs", "subject"),
    # of signatures: https://github.com/sigstore/protobuf-specs, containers-signature(5), in-toto
    *("dsseEnvelope", "messageDigest", "messageSignature", "signatures", "verificationMaterial"),
    *("critical", "digest", "identity", "image"),
)
_FIELDS = {
    name.casefold(): name
    for name in (
        *("annotations", "artifactType", "config", "layers", "manifests", "mediaType", "subject"),
        *("data", "digest", "platform", "size", "urls", "architecture", "os", "variant"),
        *("created", "diff_ids", "history", "rootfs", "type", "schemaVersion"),
        *("Cmd", "Entrypoint", "Env", "ExposedPorts", "Healthcheck", "Labels", "OnBuild"),
        *("Shell", "StopSignal", "User", "Volumes", "WorkingDir"),
    )
}
_ALIASES = {
    **dict.fromkeys(("x86_64", "x86-64"), ("amd64", "")),
    "i386": ("386", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
_VARIANTS = {
    ("amd64", "v1"): "",
    **dict.fromkeys((("arm64", "8"), ("arm64", "v8")), ""),
    **{("arm", number): f"v{number or 7}" for number in ("", "5", "6", "7", "8")},
}
STARGZ = "containerd.io/snapshot/stargz/toc.digest"
CHUNKED = "io.github.containers.zstd-chunked.manifest-checksum"
CHUNKED_PLACE = "io.github.containers.zstd-chunked.manifest-position"
INDEXED = (STARGZ, CHUNKED, CHUNKED_PLACE)
"""Annotations of a layer whose files engines may fetch one by one, by an index of its own."""

_MOST_LAYERS = 1000  # no engine stacks more than 128
_LARGEST_LAYER = 2**50


class ImageLayer(NamedTuple):
    """One layer: the digests of its blob and of its content unpacked, and the blob's bytes.

    `indexed` are the annotations that name an index of its files.
    """

    digest: str
    diff_id: str
    size: int
    indexed: tuple[tuple[str, str], ...] = ()


class Descriptor(NamedTuple):
    """What an index says about one of its entries. `platform` is `os/architecture[/variant]`."""

    digest: str
    size: int
    tag: str
    platform: str
    media_type: str
    kind: str = ""
    artifact: bool = False

    @property
    def is_index(self) -> bool:
        """Whether the entry is an index itself."""
        return self.media_type in (INDEX, DOCKER_INDEX)

    @property
    def is_image(self) -> bool:
        """Whether the entry may be an image of some platform, or an index of such.

        Who pulls for a platform looks at nothing else, and into the image where none is said.
        """
        return "unknown" not in self.platform.split("/")[:2]


@lru_cache(maxsize=16_384)
def is_digest(text: str) -> bool:
    """Whether a text is a digest, and so names a file of a layout and nothing else."""
    return _DIGEST.fullmatch(text) is not None


@lru_cache(maxsize=4_096)
def _is_plain(name: str) -> bool:
    """Whether a name is written as all write it: of such, no two are taken for the same."""
    folded = name.casefold()
    return _FIELDS.get(folded, folded) == name


class _Object(dict[str, object]):
    """An object of JSON that tells whether all readers see the same in it."""

    __slots__ = ("ambiguous",)

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.ambiguous = ""
        if len(self) < len(pairs) or not all(map(_is_plain, self)):
            self._see(pairs)

    def _see(self, pairs: list[tuple[str, object]]) -> None:
        folded = [name.casefold() for name, _ in pairs]
        several = Counter(folded).items() if len(set(folded)) < len(folded) else ()
        twice = next((name for name, count in several if count > 1), "")
        each = zip(pairs, folded, strict=True)
        odd = (pair[0] for pair, name in each if _FIELDS.get(name, pair[0]) != pair[0])
        self.ambiguous = twice or next(odd, "")


def read_strictly(text: str) -> JsonView | str:
    """JSON in which what readers in Go see is what we see, or why that is not so.

    They take `Layers` for `layers`, and the last of several; of two lists under such names, one
    would be examined and the other run.
    """
    import json

    try:
        value = json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        return read_json(text)  # it says why
    name = _ambiguous(value)
    return (
        f"has `{name}` in a form that readers understand differently" if name else JsonView(value)
    )


def _ambiguous(value: object) -> str:
    """The first name in the objects whose fields are known that could be read in two ways."""
    if isinstance(value, list):
        return next(filter(None, map(_ambiguous, value)), "")
    if not isinstance(value, _Object):
        return ""
    inner = (value[name] for name in _STRUCTURES if name in value)
    return value.ambiguous or next(filter(None, map(_ambiguous, inner)), "")


def is_image(manifest: JsonView) -> bool:
    """Whether a manifest is one of an image, and not of something that is stored beside it."""
    kind = manifest["config"]["mediaType"].text
    return not kind or kind in _CONFIGS


def read_manifest(data: bytes) -> JsonView | str:
    """The manifest or index that some bytes are, or why they are none."""
    view = read_strictly(data.decode("utf-8", "replace"))
    if isinstance(view, str):
        return view
    if view["manifests"].is_array and (view["layers"] or view["config"]):
        return "could be read as a manifest and as an index"
    if not (view["manifests"].is_array or view["layers"].is_array):
        return "is neither a manifest nor an index that is read today"
    if view["fsLayers"]:
        return "could be read as a manifest of the first schema as well"
    said = view["mediaType"].text
    others = (MANIFEST, DOCKER_MANIFEST) if view["manifests"].is_array else (INDEX, DOCKER_INDEX)
    return f"calls itself `{said}`, and is none" if said in others else view


def descriptors(index: JsonView) -> tuple[Descriptor, ...]:
    """The entries of an index."""
    return tuple(descriptor(entry) for entry in index["manifests"].items())


def platform_name(os: str, architecture: str = "", variant: str = "") -> str:
    """`os/architecture[/variant]` by the one name that engines know it by; empty: not said.

    `linux/x86_64` is pulled as `linux/amd64` is, and a part that is missing is that of the host.
    https://github.com/containerd/platforms/blob/main/database.go
    """
    os, architecture, variant = os.lower(), architecture.lower(), variant.lower()
    if not (os and architecture):
        return ""
    architecture, variant = _ALIASES.get(architecture, (architecture, variant))
    variant = _VARIANTS.get((architecture, variant), variant)
    return "/".join(part for part in (os, architecture, variant) if part)


def descriptor(view: JsonView) -> Descriptor:
    """One entry of an index."""
    annotations = view["annotations"]
    kind = annotations["vnd.docker.reference.type"].text or annotations["kind"].text
    return Descriptor(
        view["digest"].text,
        int(view["size"].number or 0),
        annotations[TAG_ANNOTATION].text,
        platform_of(view["platform"]),
        view["mediaType"].text,
        kind,
        artifact=bool(view["artifactType"])
        or kind in _SUBJECTS
        or kind.endswith(("cosign/sigs", "cosign/atts")),
    )


def platform_of(said: JsonView) -> str:
    """The platform that an entry of an index or a configuration says."""
    return platform_name(said["os"].text, said["architecture"].text, said["variant"].text)


def image_layers(manifest: JsonView, config: JsonView) -> tuple[ImageLayer, ...] | str:
    """The layers of an image, or where manifest and configuration contradict each other.

    Scanners and engines take a layer for what the configuration calls it (`rootfs.diff_ids`): two
    layers under one name, or one without a name, are read as something else than what runs.
    """
    kind = manifest["config"]["mediaType"].text
    if kind and kind not in _CONFIGS:
        return f"is no image: its configuration is of the type {kind}"
    said = tuple(manifest["layers"].items())
    blobs = [(one["digest"].text, one["size"].number) for one in said]
    names = config["rootfs"]["diff_ids"].texts()
    if len(blobs) > _MOST_LAYERS:
        return f"has {len(blobs):,} layers, more than any engine stacks"
    if len(blobs) != len(names):
        return (
            f"contradicts itself: its manifest lists {len(blobs)} layers, its configuration"
            f" {len(names)}"
        )
    digests = (*(digest for digest, _ in blobs), *names)
    if not all(map(is_digest, digests)) or not all(
        size is not None and 0 <= size <= _LARGEST_LAYER for _, size in blobs
    ):
        return "has a layer without a proper digest or size"
    layers = tuple(
        ImageLayer(digest, name, int(size or 0), _indexed(view))
        for (digest, size), name, view in zip(blobs, names, said, strict=True)
    )
    pairs = {(layer.digest, layer.diff_id) for layer in layers}
    plain = (one["mediaType"].text in _UNPACKED for one in said)
    if any(known and one.digest != one.diff_id for known, one in zip(plain, layers, strict=True)):
        return "contradicts itself: a layer is not what its configuration calls it"
    if len({one for one, _ in pairs}) != len(pairs) or len({one for _, one in pairs}) != len(pairs):
        return "contradicts itself: its configuration gives one name to several layers"
    return layers


def _indexed(layer: JsonView) -> tuple[tuple[str, str], ...]:
    said = layer["annotations"]
    return tuple((name, said[name].text) for name in INDEXED if not said[name].is_absent)
