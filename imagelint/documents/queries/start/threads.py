"""Questions about the threads of a container, and the processors that it may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count, parse_quantity

if TYPE_CHECKING:
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.shared import EnvVar


class TooManyThreads(NamedTuple):
    """More threads than processors."""

    variable: EnvVar
    threads: int
    limit: str


def too_many_threads(subject: Container | ComposeService) -> TooManyThreads | None:
    """The threads of a container that certainly are more than the processors that it may use."""
    found = [one for one in subject.env if one.name == "OMP_NUM_THREADS"]
    limit = _cpu_limit(subject.runtime)
    if not found or not isinstance(limit, Known) or not isinstance(found[-1].value, Known):
        return None
    # A list is about nested loops; the first number is the outermost's.
    threads = parse_count(found[-1].value.value.partition(",")[0].strip())
    most = parse_quantity(limit.value)
    if threads is None or not most or threads < most + 1:
        return None
    return TooManyThreads(found[-1], threads, limit.value)


def _cpu_limit(runtime: Runtime) -> Fact[str]:
    limits = runtime.resources.limits
    for one in limits.value if isinstance(limits, Known) else ():
        if one.name in ("cpu", "cpus"):
            quantity: Fact[str] = one.quantity.value
            return quantity
    return ABSENT
