"""Options about which images are audited, how deep, and how politely."""

from __future__ import annotations

from functools import reduce, wraps
from typing import TYPE_CHECKING, TypeVar, cast

from imagelint.cli.options.audittable import OPTIONS
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.audit.options import AuditOptions
    from imagelint.audit.selection import Selection

_DAY = 86_400
C = TypeVar("C", bound="Callable[..., object]")


class AuditChoice(NamedTuple):
    """What the command line says about an audit."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    connections: int = 8
    rate: float = 0.0
    budget: int = 0
    timeout: float = 120.0
    kept: bool = False
    newest: int = 0
    younger_than: int = 0
    shard: tuple[int, int] = (1, 1)
    cluster: str = ""
    plan: bool = False
    depth: str = "config"
    store: str = ""
    log: str = ""
    quiet: bool = False

    def selection(self) -> Selection:
        """Which of the listed images are wanted."""
        from imagelint.audit.selection import Selection
        from imagelint.collect.environment import moment

        days = self.younger_than
        since = moment(-days * _DAY)[:10] if days else ""
        return Selection(self.include, self.exclude, self.tag, self.newest, since)

    def options(self) -> AuditOptions:
        """How it is to be done."""
        from imagelint.audit.options import AuditOptions, Shard
        from imagelint.collect.registry.polite import Limits

        limits = Limits(self.connections, self.rate, self.budget)
        return AuditOptions(
            depth=self.depth,
            platforms=self.platform,
            limits=limits,
            seconds=self.timeout,
            shard=Shard(*self.shard),
            kept=self.kept,
        )


def audit_options(command: C) -> C:
    """Options of an audit: the command gets them together, as `choice`."""

    @wraps(command)
    def with_choice(**given: object) -> object:
        values = [given.pop(name) for name in AuditChoice._fields]
        return command(choice=AuditChoice._make(values), **given)

    collected = reduce(lambda made, option: option(made), reversed(OPTIONS), with_choice)
    return cast("C", collected)
