"""What the configuration of an image says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from imagelint.core.source import Span


class ImageConfig(NamedTuple):
    """What a container of the image starts with.

    https://github.com/opencontainers/image-spec/blob/main/config.md. `created` is RFC 3339,
    `exposed` holds `8000/tcp`, `health_check` its test command.
    """

    span: Span
    user: str = ""
    env: tuple[tuple[str, str], ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    workdir: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    exposed: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    health_check: tuple[str, ...] = ()
    stop_signal: str = ""
    created: str = ""
    os: str = ""
    architecture: str = ""
    path: str = "config"
