"""A first policy made of the configuration of another linter."""

from __future__ import annotations

import os.path
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from imagelint.cli.adoption.linters import CONFIGURATIONS
from imagelint.collect import environment
from imagelint.collect.read import decode, read_bytes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.engine.decide import count
from imagelint.policy.adopt.model import OFF, Adopted, adopted_rules
from imagelint.policy.adopt.write import adopted_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.source import Source

_WAIVED = timedelta(days=90)
"""How long what had no end is waived: long enough to look at it."""


def adopt(tool: str, folder: str, config: str | None, name: str) -> tuple[str, str]:
    """The text of the policy, and what it was made of, in words.

    Raises:
        UsageError: there is no configuration, or it cannot be read.
    """
    source = _source(tool, folder, config)
    module = import_module(f"imagelint.policy.adopt.{tool.replace('-', '')}")
    read = cast("Callable[[Source], Adopted]", getattr(module, f"read_{tool.replace('-', '')}"))
    adopted = read(source)
    until = date.fromisoformat(environment.today()) + _WAIVED
    rules = sum(rule.level != OFF for rule in adopted_rules(adopted))
    made = adopted_policy(adopted, name, Path(source.origin).name, until.isoformat())
    return made, f"{count(rules, 'rule')} of {source.origin}"


def _source(tool: str, folder: str, config: str | None) -> Source:
    names = [config] if config else [str(Path(folder, name)) for name in CONFIGURATIONS[tool]]
    found = next((name for name in names if os.path.lexists(name)), None)
    if found is None:
        hint = f"name it with --config; looked for were {', '.join(CONFIGURATIONS[tool])}"
        raise UsageError(Diagnostic(f"there is no configuration of {tool}", at=folder, help=hint))
    data = read_bytes(found, found)
    read = decode(data, found) if isinstance(data, bytes) else None
    if read is None or read.source is None or read.problems:
        raise UsageError(Diagnostic("cannot be read", at=found))
    return read.source
