"""How a container of a pod is stopped.

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.shutdown import Shutdown
from imagelint.documents.shell.script import Word
from imagelint.documents.shell.shells import script_index

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

_GRACE = 30.0
_SLEEP = pattern(r"(?:^|[\s;&/])sleep\s+([0-9]{1,6})(?:s?(?=$|[\s;&]))")


def read_shutdown(container: Cursor, spec: Cursor) -> Shutdown:
    """How long it has, what its hook waits for, and whether another process comes first."""
    place = spec["terminationGracePeriodSeconds"]
    grace = place.number()
    shared = spec["shareProcessNamespace"]
    return Shutdown(
        Field(Known(_GRACE) if grace is ABSENT else grace, place),
        _hook(container.at("lifecycle", "preStop")),
        Field(shared.boolean(), shared),
        container.at("lifecycle", "preStop").taken,
    )


def _hook(hook: Cursor) -> Fact[float]:
    """How long a hook waits, as far as it says so: `sleep: {seconds: 5}`, `[sleep, "5"]`."""
    if not hook.exists or hook.null:
        return ABSENT
    if hook["sleep"].exists:
        return hook.at("sleep", "seconds").number()
    items = list(hook.at("exec", "command").items())
    words = [item.text() for item in items]
    known = [word.value for word in words if isinstance(word, Known)]
    if not known or len(known) < len(words):
        return UNKNOWN
    # What stands behind the script of a shell is no part of it.
    at = script_index(
        [Word(item.span, text, Known(text)) for item, text in zip(items, known, strict=True)]
    )
    found = _SLEEP.findall(" ".join(known) if at is None else known[at])
    return Known(float(sum(map(int, found)))) if found else UNKNOWN
