"""Whether a text that nobody calls a compose file has services as one has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVICES = pattern(r"[\"']?services[\"']?:")
# What a service cannot do without, or what it may have that from.
_FIELD = pattern(r"[\"']?(?:image|build|extends|<<)[\"']?[ \t]*:")
_IN_FLOW = pattern(r"[{,][ \t]*[\"']?(?:image|build|extends|<<)[\"']?[ \t]*:")
# A service that is written elsewhere: `worker: *app`.
_ALIAS = pattern(r"[\"']?[\w.-]+[\"']?:[ \t]+\*[\w.-]")


def has_service(text: str) -> bool:
    """Whether something directly below `services` says what it runs.

    Files of other tools have services, too, and name images further below.
    """
    service = field = 0
    for indent, line in _below_services(text):
        if not service:
            service = indent
        if indent <= service:
            field = 0
            if _IN_FLOW.search(line) or _ALIAS.match(line):
                return True
            continue
        field = field or indent
        if indent == field and _FIELD.match(line):
            return True
    return False


def _below_services(text: str) -> Iterator[tuple[int, str]]:
    """The lines below each `services`, and how far each is indented."""
    below = False
    for line in text.splitlines():
        content = line.lstrip(" \t")
        indent = len(line) - len(content)
        if content and not content.startswith("#"):
            if not indent:
                below = _SERVICES.match(line) is not None
            elif below:
                yield indent, content
