"""Audits of a registry that answers from memory, and of a real one."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.audit.options import AuditOptions
from imagelint.audit.selection import Selection
from imagelint.audit.setup import Prepared, prepare
from imagelint.policy.model import Policy
from imagelint.run.session import Session
from imagelint.store.reading import Reader
from imagelint.testing.fixtures import loopback_registry
from tests.collect.conftest import lab, provided_programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from imagelint.audit.audit import Audited
    from imagelint.collect.registry.polite import Clock
    from imagelint.store.records import Finished
    from imagelint.store.views import Overview, ResultView
    from imagelint.testing.registry import MemoryRegistry

__all__ = ("lab", "loopback_registry", "provided_programs")  # fixtures

LEAK = "HF_TOKEN=hf_QzRtYwPmKjLxVbNcHgFdSaUeIoTrWq"


@pytest.fixture
def registry(loopback_registry: MemoryRegistry) -> MemoryRegistry:
    return loopback_registry


class Done(NamedTuple):
    """What an audit came to, and the store to ask about it."""

    audited: Audited
    reader: Reader
    prepared: Prepared

    @property
    def outcome(self) -> str:
        return self.audited.outcome

    @property
    def overview(self) -> Overview:
        return self.reader.overview(self.audited.run.id)

    @property
    def results(self) -> dict[str, ResultView]:
        """The results by their references, without the registry."""
        found = self.reader.results(self.audited.run.id)
        return {one.reference.partition("/")[2]: one for one in found}

    @property
    def categories(self) -> dict[str, str]:
        return {name: one.category for name, one in self.results.items()}


class Auditor:
    """Audits into one store."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._stack = stack
        self.place = str(folder / "audit.db")
        self.clock: Clock | None = None
        self.policies: tuple[str, ...] = ("recommended",)

    def __call__(
        self,
        *sources: str,
        options: AuditOptions | None = None,
        selection: Selection | None = None,
        stdin: bytes = b"",
        told: Callable[[Finished], None] = lambda _one: None,
    ) -> Done:
        session = Session.open(self.policies, Policy(), cached=False)
        ready = prepare(session, self.place, options or AuditOptions(seconds=20), clock=self.clock)
        self._stack.enter_context(ready)
        chosen = selection or Selection()
        asked = ready.sources(sources, chosen, lambda: stdin)
        return Done(ready.audit.run(asked, chosen, told), Reader(ready.store), ready)


@pytest.fixture
def audit(tmp_path: Path, here: Path) -> Iterator[Auditor]:
    with ExitStack() as stack:
        yield Auditor(tmp_path, stack)


def listed(registry: MemoryRegistry, *names: str) -> bytes:
    """A list of references of a registry."""
    return "".join(f"{registry.host}/{name}\n" for name in names).encode()


def error(code: str) -> bytes:
    return json.dumps({"errors": [{"code": code}]}).encode()
