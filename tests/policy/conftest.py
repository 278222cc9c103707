from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Literal

import pytest

from imagelint.core.finding import Severity
from imagelint.core.source import Span
from imagelint.rules import catalog
from imagelint.rules.api import Context, Findings, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Mapping


class Style(Enum):
    TAG = "tag"
    DIGEST = "digest"


@dataclass(frozen=True)
class Options:
    """What a rule of these tests can be told."""

    pin: Style = Style.DIGEST
    at_least: int = field(default=3, metadata={"doc": "How many.", "minimum": 1, "maximum": 9})
    share: float = 0.5
    strictly: bool = False
    names: tuple[str, ...] = ("a", "b")
    worst: Severity = Severity.HIGH
    mode: Literal["fast", "slow"] = "fast"
    limit: int | None = None
    pattern: str = field(default="x", metadata={"format": "regex"})


@rule(Span, Severity.HIGH, options=Options, former=("bad-image",))
def unpinned_image(_node: Span, _ctx: Context, _options: Options) -> Findings:
    """An image is not pinned."""
    yield from ()


@rule(Span, Severity.HIGH, former=("bad-image", "runs-as-root"))
def root_user(_node: Span, _ctx: Context) -> Findings:
    """The container would run as root."""
    yield from ()


@rule(Span, Severity.LOW)
def missing_healthcheck(_node: Span, _ctx: Context) -> Findings:
    """Nothing tells whether it works."""
    yield from ()


RULES: Mapping[str, Rule] = {
    given.name: given for given in (missing_healthcheck, root_user, unpinned_image)
}


@pytest.fixture
def three_rules(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Rule]:
    """A catalog of three rules, whatever the real one holds."""
    former = {"runs-as-root": ("root-user",), "bad-image": ("root-user", "unpinned-image")}
    monkeypatch.setattr(catalog, "names", lambda: tuple(RULES))
    monkeypatch.setattr(catalog, "load", lambda name: RULES[name])
    monkeypatch.setattr(catalog, "successors", lambda name: former.get(name, ()))
    monkeypatch.setattr(
        catalog, "find", lambda name: (name,) if name in RULES else former.get(name, ())
    )
    return RULES
