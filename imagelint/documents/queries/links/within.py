"""Whether anybody listens in a pod where a gateway in it asks the pod itself."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, cast

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import PodPlace, pods_configured
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.proxies.recognition import LITELLM_FILE, proxy_language
from imagelint.documents.proxies.upstreams import LOCAL
from imagelint.documents.queries.links.scope import Scope, same
from imagelint.documents.shared import Holder, Setting

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.project import Project
    from imagelint.documents.queries.links.named import Named


def is_unanswered_within(
    address: Named, setting: object, document: Document, project: Project
) -> bool:
    """Whether the file of a gateway in a ConfigMap names a port of its pod where nobody listens.

    A front end may name the machine of who reads it; LiteLLM asks by itself.
    """
    if address.host not in LOCAL or not isinstance(setting, Setting):
        return False
    if setting.holder is not Holder.CONFIG_MAP or not isinstance(document, Manifest):
        return False
    if proxy_language(setting.name, setting.text) != LITELLM_FILE:
        return False
    name, namespace = document.derived(_config_maps).around(setting.span)
    scope = Scope(document, project, closed=None)
    found = scope.nearest(
        pods_configured(name), PodPlace, lambda one: same(one.namespace, namespace)
    )
    pods = [scope.pod(origin, place) for origin, place in found.nodes]
    return bool(pods) and not any(pod is None or _may_listen(pod, address.port) for pod in pods)


class _ConfigMaps(NamedTuple):
    """Where the ConfigMaps of a manifest begin, in order, and their names and namespaces."""

    starts: tuple[int, ...]
    names: tuple[tuple[str, str], ...]

    def around(self, span: Span) -> tuple[str, str]:
        """Of the one in which a place lies."""
        return self.names[bisect_right(self.starts, span.start) - 1]


def _config_maps(document: Document) -> _ConfigMaps:
    found = [one for one in cast("Manifest", document).objects if one.kind == "ConfigMap"]
    return _ConfigMaps(
        tuple(one.extent.start for one in found),
        tuple((one.name, one.namespace) for one in found),
    )


def _may_listen(pod: Pod, port: int) -> bool:
    """Whether anybody may listen there: who declares it, or one of several who declares none."""
    serving = [one.runtime for one in pod.containers if one.serves]
    if any(isinstance(one.host.network.value, Known) for one in serving):
        return True  # the network of its node, or a word for it
    return any(one.declares(port) or one.neighbour_may_listen(port) for one in serving)
