"""The configuration of tally, which has the rules of BuildKit and hadolint too.

https://github.com/wharflab/tally/blob/main/docs/guide/configuration.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.policy.adopt.hadolint import SEVERITIES
from imagelint.policy.adopt.model import OFF, ON, Adopted
from imagelint.policy.adopt.read import texts, toml_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Source

_TOOLS = ("tally", "buildkit", "hadolint")


def read_tally(source: Source) -> Adopted:
    """What a `.tally.toml` says.

    Raises:
        UsageError: it is no TOML.
    """
    root = toml_root(source)
    rules, output = _table(root, "rules"), _table(root, "output")
    included = texts(rules.get("include"))
    levels = [("*", OFF)] if included else []
    levels += [(pattern, ON) for pattern in included]
    registries: list[str] = []
    for tool in _TOOLS:
        for name, options in _table(rules, tool).items():
            if not isinstance(options, dict):
                continue
            severity = str(options.get("severity", ""))
            level = SEVERITIES.get(severity, OFF) if severity else ON
            levels.append((f"{tool}/{name}", level))
            registries += texts(options.get("trusted-registries"))
    levels += [(pattern, OFF) for pattern in texts(rules.get("exclude"))]
    threshold = str(output.get("fail-level", "style"))
    return Adopted(
        _TOOLS,
        tuple(levels),
        fail_on=SEVERITIES.get(threshold, "critical"),
        registries=tuple(f"{name}/*" for name in registries),
        untold=tuple(_untold(root, rules)),
    )


def _untold(root: Mapping[str, object], rules: Mapping[str, object]) -> Iterator[str]:
    for name in root:
        if name not in ("rules", "output"):
            yield f"`[{name}]`"
    for tool in _TOOLS:
        for name, options in _table(rules, tool).items():
            known = {"severity", "trusted-registries"}
            if isinstance(options, dict) and set(options) - known:
                yield f"the options of `{tool}/{name}`"


def _table(table: Mapping[str, object], name: str) -> dict[str, object]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}
