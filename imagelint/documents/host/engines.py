"""How container engines are configured: docker, containerd, podman, and NVIDIA's runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.serving.host import CdiSpec, ContainerEngine
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.quantity import parse_bytes
from imagelint.documents.yaml.strict import items, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

Data: TypeAlias = "Mapping[str, object]"

_DOCKER_SHM = 64 * 1024 * 1024
"""https://docs.docker.com/reference/cli/dockerd/ (default-shm-size); podman's and containerd's."""
_WORD = "nvidia"
# By the version of the configuration: where containerd reads its runtimes from.
# https://github.com/containerd/containerd/blob/main/docs/cri/config.md
_PLUGINS = {3: "io.containerd.cri.v1.runtime", 2: "io.containerd.grpc.v1.cri", 1: "cri"}
_NEWEST = 3


def read_docker(text: str, origin: str) -> ContainerEngine:
    """The configuration of docker's daemon (`daemon.json`).

    Raises:
        ValueError: it is no JSON object.
    """
    import json

    said = json.loads(text) if text.strip() else {}
    if not isinstance(said, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004 - the text is wrong, no type is
    size = said.get("default-shm-size")
    shm = parse_bytes(size) if isinstance(size, str) else None
    features = _mapping(said.get("features"))
    cdi = features.get("cdi")
    return ContainerEngine(
        "docker",
        origin,
        default=_word(said.get("default-runtime")) or "runc",
        nvidia=_nvidia(_mapping(said.get("runtimes")), "path"),
        cdi=cdi if isinstance(cdi, bool) else None,
        shm=_DOCKER_SHM if shm is None else int(shm),
        root=_word(said.get("data-root")) or "/var/lib/docker",
    )


def read_containerd(text: str, origin: str) -> ContainerEngine:
    """The configuration of containerd, of its versions 1 to 3.

    Raises:
        ValueError: it is no TOML.
    """
    said = _toml(text)
    version = said.get("version", 1)
    newest = _PLUGINS[_NEWEST]
    place = _PLUGINS.get(version, newest) if isinstance(version, int) else newest
    plugins = _mapping(said.get("plugins"))
    plugin = _mapping(plugins.get(place))
    settings = _mapping(plugin.get("containerd"))
    nvidia = _nvidia(_mapping(settings.get("runtimes")), "BinaryName")
    elsewhere = [
        other
        for other in _PLUGINS.values()
        if other != place and _runtimes_of(_mapping(plugins.get(other)))
    ]
    mistake = ""
    if elsewhere and not nvidia:
        mistake = (
            f"the runtime stands under {elsewhere[0]!r}, which version {version} does not read"
        )
    cdi = plugin.get("enable_cdi")
    return ContainerEngine(
        "containerd",
        origin,
        default=_word(settings.get("default_runtime_name")) or "runc",
        nvidia=nvidia,
        cdi=cdi if isinstance(cdi, bool) else None,
        shm=_DOCKER_SHM,
        root=_word(said.get("root")) or "/var/lib/containerd",
        mistake=mistake,
    )


def read_podman(text: str, origin: str) -> ContainerEngine:
    """The configuration of podman (`containers.conf`); it takes devices by CDI as it is.

    Raises:
        ValueError: it is no TOML.
    """
    said = _toml(text)
    engine = _mapping(said.get("engine"))
    size = _mapping(said.get("containers")).get("shm_size")
    shm = parse_bytes(size) if isinstance(size, str) else None
    default = _word(engine.get("runtime")) or "crun"
    runtimes = tuple(name for name in _mapping(engine.get("runtimes")) if _WORD in name)
    return ContainerEngine(
        "podman",
        origin,
        default,
        runtimes,
        cdi=True,
        shm=_DOCKER_SHM if shm is None else int(shm),
        root="/var/lib/containers",
    )


def read_toolkit_mode(text: str) -> str:
    """The mode of NVIDIA's runtime in its `config.toml`; empty where it says none.

    Raises:
        ValueError: it is no TOML.
    """
    return _word(_mapping(_toml(text).get("nvidia-container-runtime")).get("mode"))


def read_cdi(text: str, origin: str) -> CdiSpec:
    """The devices of a CDI specification, which is YAML or JSON.

    https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md

    Raises:
        ValueError: it is none.
    """
    try:
        said = read_object(Source(origin, text), "cdi")
        devices = [place["name"].word() for place in items(said["devices"])]
    except DocumentError as error:
        raise ValueError(f"is no CDI specification: {error.message}") from None
    if not said["devices"].exists:
        raise ValueError("is no CDI specification")
    return CdiSpec(origin, said["kind"].word(), tuple(name for name in devices if name))


def _runtimes_of(plugin: Data) -> tuple[str, ...]:
    return _nvidia(_mapping(_mapping(plugin.get("containerd")).get("runtimes")), "BinaryName")


def _nvidia(runtimes: Data, key: str) -> tuple[str, ...]:
    """The runtimes that are NVIDIA's, by the program that they start, or else by their name."""
    found = []
    for name, runtime in runtimes.items():
        said = _mapping(runtime)
        program = _word(said.get(key)) or _word(_mapping(said.get("options")).get(key))
        if _WORD in (program or name):
            found.append(name)
    return tuple(found)


def _toml(text: str) -> Data:
    import tomllib

    return tomllib.loads(text)


def _mapping(value: object) -> Data:
    return value if isinstance(value, dict) else {}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
