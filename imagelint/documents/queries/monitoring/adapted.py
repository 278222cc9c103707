"""What an adapter serves to autoscalers, and what it does not."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.project import RENDERED
from imagelint.documents.promql.recorded import ADAPTED, SERIES, AdapterMetrics
from imagelint.documents.queries.links.scope import misspelt

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.wiring.nodes import Metric
    from imagelint.documents.queries.links.scope import Scope

_KINDS = ("prometheus-rules", "values", "kubernetes", RENDERED)
_TYPES = {"Pods": False, "Object": False, "External": True}
# What other adapters have in names: of Google's, of Datadog's, and of KEDA's own.
_OF_OTHERS = ("|", "@", "/")
_OF_KEDA = ("s0-", "s1-", "s2-", "s3-")


class Unserved(NamedTuple):
    """A metric that no rule of an adapter gives its name.

    `external` is whether it is asked for as such; `elsewhere` tells that it is served, and as the
    other. `meant` is what is served and named nearly so, empty where nothing is.
    """

    name: str
    external: bool
    served: tuple[str, ...]
    elsewhere: bool
    meant: str

    @property
    def help(self) -> str:
        """What to do about it."""
        if self.elsewhere:
            return "write `type: Pods`" if self.external else "write `type: External`"
        return (
            f"write `{self.meant}`" if self.meant else "add a rule for it, or ask for one of these"
        )


def unserved(metric: Metric, scope: Scope) -> Unserved | None:
    """Why an adapter of the run does not serve a metric; None where it may, or none is there."""
    external = _TYPES.get(metric.type)
    if external is None or not isinstance(metric.name, Known) or not metric.name.value:
        return None
    name = metric.name.value
    if name.startswith(_OF_KEDA) or any(sign in name for sign in _OF_OTHERS):
        return None
    told = tuple(scope.of_kinds(_KINDS, ADAPTED, AdapterMetrics, SERIES))
    own = [one for _, one in told if one.external == external]
    others = [one for _, one in told if one.external != external]
    if any(one.names is None for one in own):
        return None
    served = tuple(dict.fromkeys(each for one in own for each in one.names or ()))
    if name in served:
        return None
    if any(name in (one.names or ()) for one in others):
        return Unserved(name, external, served, elsewhere=True, meant="")
    meant = _meant(name, served)
    beside = any(one in own and _is_beside(at, scope) for at, one in told)
    return (
        Unserved(name, external, served, elsewhere=False, meant=meant) if meant or beside else None
    )


def _is_beside(origin: str, scope: Scope) -> bool:
    """Whether an adapter is certainly the one: in the folder, or there is nothing else."""
    return scope.closed or dirname(origin) == scope.folder


def _meant(name: str, served: tuple[str, ...]) -> str:
    """What is served and named nearly so: with another sign between words, or misspelt."""
    plain = {one.replace(":", "_"): one for one in served}
    found = plain.get(name.replace(":", "_"), "")
    return found or next((one for one in served if misspelt(name, one)), "")
