"""A verdict in, text chunks out: one module per format, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from imagelint.reporters.context import Reporter

TABLE: dict[str, str] = {
    "text": "imagelint.reporters.text",
    "concise": "imagelint.reporters.concise",
    "json": "imagelint.reporters.json",
    "sarif": "imagelint.reporters.sarif",
    "github": "imagelint.reporters.github",
    "summary": "imagelint.reporters.summary",
    "outputs": "imagelint.reporters.outputs",
    "html": "imagelint.reporters.html",
    "markdown": "imagelint.reporters.markdown",
    "gitlab": "imagelint.reporters.gitlab",
    "gitlab-sast": "imagelint.reporters.gitlab_sast",
    "junit": "imagelint.reporters.junit",
    "csv": "imagelint.reporters.csv",
    "jsonl": "imagelint.reporters.jsonl",
    "defectdojo": "imagelint.reporters.defectdojo",
    "openmetrics": "imagelint.reporters.openmetrics",
}


def names() -> tuple[str, ...]:
    """The names of all formats, the default one first."""
    return tuple(TABLE)


def load(name: str) -> Reporter:
    """The reporter of that name, imported now.

    Raises:
        KeyError: there is no such format.
    """
    return cast("Reporter", import_module(TABLE[name]).report)
