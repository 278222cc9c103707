"""What GitHub's runner takes for commands in what a step prints.

https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs: `::` only at the
start of a line, behind spaces; `##[` anywhere in it. Nothing else while commands are stopped.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NEW = re.compile(r"\s*::(?P<name>[\w-]+)(?: (?P<properties>[^:]*))?::(?P<data>.*)")
_OLD = re.compile(r"##\[(?P<name>[\w.-]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)")


class Command(NamedTuple):
    """One command: properties and data as they are after unescaping."""

    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> tuple[Command, ...]:
    """All commands that the runner would obey, in order."""
    found: list[Command] = []
    stopped = ""
    for line in log.splitlines():
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
            continue
        match = _NEW.match(line) or _OLD.search(line)
        if match is None:
            continue
        if match["name"] == "stop-commands":
            stopped = match["data"]
            continue
        pairs = (pair.partition("=") for pair in (match["properties"] or "").split(",") if pair)
        properties = {name: _plain(value) for name, _, value in pairs}
        found.append(Command(match["name"], properties, _plain(match["data"])))
    assert not stopped, "commands stay stopped for the steps that follow"
    return tuple(found)


def _plain(text: str) -> str:
    for escaped, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, plain)
    return text
