"""What an audit would take: told before anything but lists is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.audit.lookup import Known
    from imagelint.audit.sources.model import Found
    from imagelint.audit.targets import Target

_BATCH = 500
_MANIFEST_BYTES, _CONFIG_BYTES = 3_000, 9_000
"""What manifests and configurations have in the middle: a dozen layers, some thirty steps."""


class Plan(NamedTuple):
    """How many images there are, and at most how many questions and bytes they take.

    `known` are those whose tags or digests have been seen: one question each, or none. `hosts`
    counts the questions by registry.
    """

    images: int = 0
    known: int = 0
    requests: int = 0
    size: int = 0
    problems: tuple[Problem, ...] = ()
    hosts: dict[str, int] = {}  # noqa: RUF012 - nobody writes into it

    def lines(self) -> Iterator[str]:
        """The plan for people."""
        yield f"{self.images:,} images, {self.known:,} of them known"
        yield f"at most {self.requests:,} requests, {self.size / 1e6:,.1f} MB"
        for host, count in sorted(self.hosts.items(), key=lambda item: (-item[1], item[0])):
            yield f"  {count:>10,}  {host}"
        for problem in self.problems:
            yield f"not listed: {problem.origin}: {problem.detail}"


def make_plan(found: Iterable[Found], known: Known) -> Plan:
    """Count what is listed, by what is known of it."""
    plan = Plan()
    hosts: dict[str, int] = {}
    problems: list[Problem] = []
    batch: list[Target] = []
    for one in found:
        if isinstance(one, Problem):
            problems.append(one)
            continue
        batch.append(one)
        if len(batch) == _BATCH:
            plan = _with(plan, batch, known, hosts)
            batch = []
    plan = _with(plan, batch, known, hosts)
    return plan._replace(problems=tuple(problems), hosts=hosts)


def _with(plan: Plan, batch: list[Target], known: Known, hosts: dict[str, int]) -> Plan:
    tags = known.tags(batch)
    kept = known.facts([one.digest for one in batch if one.digest], "manifest")
    for target in batch:
        seen = target.digest in kept if target.digest else (target.repository, target.tag) in tags
        count = 2 if not seen else int(not target.digest)
        size = 0 if seen else _MANIFEST_BYTES + _CONFIG_BYTES
        if not target.folder:
            hosts[target.registry] = hosts.get(target.registry, 0) + count
        plan = plan._replace(
            images=plan.images + 1,
            known=plan.known + seen,
            requests=plan.requests + (0 if target.folder else count),
            size=plan.size + size,
        )
    return plan
