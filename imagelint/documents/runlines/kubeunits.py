"""Manifests that Podman runs as units of systemd (`.kube` files).

https://docs.podman.io/en/stable/markdown/podman-systemd.unit.5.html#kube-units-kube
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.runlines.units import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kinds import Beside


def missing_manifests(text: str, read: Beside) -> Iterator[DocumentError]:
    """That a manifest which a unit runs was not examined: those that are there are on their own."""
    for one in settings(text):
        name = one.value.strip()
        if one.section != "Kube" or one.name != "Yaml" or not name:
            continue
        if name.startswith(("/", "%", "~")) or "://" in name or read(name) is None:
            message = f"`{name}`, which this unit runs, was not examined: it is not there"
            help_ = "check it where it lies"
            span = Span(one.start, one.start + len(one.value))
            yield DocumentError(ProblemKind.UNREADABLE, f"{message}, or outside", span, help_)
