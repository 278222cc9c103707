"""Debuggers that interpreters let in: by an option among their words, or in a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known, value_or
from imagelint.documents.web.servers import WebServer
from imagelint.knowledge.web.debugging import VARIABLES, debugger_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.serving.launch import Launch
    from imagelint.knowledge.web.debugging import Listening

__all__ = ["debuggers"]

_EVERYWHERE = ("*", "0", "")


def debuggers(launch: Launch) -> Iterator[WebServer]:
    """The debuggers that the words and the variables of a container let in."""
    from imagelint.documents.serving.invocation import commands

    every = dict.fromkeys(word for words in commands(launch) for word in words[1:])
    places = [(word.value, word.span, launch.path) for word in every]
    places += [(one.value, one.span, one.path) for one in launch.env if one.name in VARIABLES]
    for value, span, path in places:
        for option in value_or(value, "").split():
            found = debugger_told(option)
            if found is not None:
                yield _server(launch, found, span, path)


def _server(launch: Launch, found: Listening, span: Span, path: str) -> WebServer:
    host = "0.0.0.0" if found.host in _EVERYWHERE else found.host  # noqa: S104 - it is what is told
    return WebServer(
        span=span,
        title=found.title,
        launch=launch,
        host=Known(host, span),
        port=UNKNOWN,
        flag=found.spelling,
        binds=False,
        by_default=False,
        variables=(),
        path=path,
        debugger=True,
    )
