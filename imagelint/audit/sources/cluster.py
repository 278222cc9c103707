"""What runs in a cluster: `kubectl get pods -A -o json`.

The status of each container tells what its image was resolved to, so that what runs is audited and
not what the tag leads to by now. Services, Ingresses and routes in the same list tell what of it is
reached from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.sources.exposure import KINDS, Ways
from imagelint.audit.targets import Target, target_of
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.sources.model import Found
    from imagelint.documents.image.jsonview import JsonView

_STATUSES = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


class PodsSource:
    """The images of pods, each once."""

    def __init__(self, name: str, pods: JsonView) -> None:
        self.name = name
        self._pods = pods

    def targets(self) -> Iterator[Found]:
        """The images."""
        entries = self._pods["items"]
        listed = list(entries.items()) if entries.is_array else [self._pods]
        ways = Ways(listed)
        found: dict[str, Target] = {}
        for pod in listed:
            if pod["kind"].text in KINDS:
                continue
            if not pod["spec"]["containers"].is_array:
                yield self._no_pod(pod["kind"].text)
            for image in _images(pod):
                target = _target(*image)
                if target is None:
                    detail = f"a container's image `{image[0]}` is no reference"
                    yield Problem(ProblemKind.UNPARSABLE, self.name, detail)
                    continue
                known = found.setdefault(target.reference, target)
                if not known.exposed and (way := ways.to(pod)):
                    found[target.reference] = known._replace(exposed=way)
        yield from found.values()

    def _no_pod(self, kind: str) -> Problem:
        detail = f"lists something that is no pod: {kind or 'it has no containers'}"
        help_ = "give what `kubectl get pods -A -o json` says, or the folder of the manifests"
        return Problem(ProblemKind.UNPARSABLE, self.name, detail, help_)


def _images(pod: JsonView) -> Iterator[tuple[str, str]]:
    """The images of a pod as it names them, and as what they run; empty: not yet."""
    running: dict[str, tuple[str, str]] = {}
    for field in _STATUSES:
        for status in pod["status"][field].items():
            running[status["name"].text] = (status["image"].text, status["imageID"].text)
    for field in _CONTAINERS:
        for container in pod["spec"][field].items():
            _, resolved = running.get(container["name"].text, ("", ""))
            yield container["image"].text, resolved


def _target(image: str, resolved: str) -> Target | None:
    named = target_of(image)
    # `docker-pullable://repository@sha256:…`; the id of an image that was never pulled is another.
    at = resolved.rpartition("://")[2]
    digest = at.partition("@")[2]
    known = target_of(f"x@{digest}") if digest else None
    if named is None or known is None or named.digest:
        return named
    return named._replace(reference=f"{named.reference}@{digest}", digest=digest)
