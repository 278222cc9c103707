"""Variables that Flux fills into what a kustomization makes.

https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from re import Match

_VARIABLE = pattern(r"\$\$?\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=])([^{}\n]*))?\}")
_APART = pattern(r"^---[ \t]*$", 8)
_SWITCHED_OFF = pattern(
    r"^ +kustomize\.toolkit\.fluxcd\.io/substitute: [\"']?disabled[\"']?[ \t]*$", 8
)


class Variables(NamedTuple):
    """The values by name; where they are not `all` that there is, others are unknown."""

    values: Mapping[str, str] = {}
    all: bool = True

    def fill(self, text: str) -> str:
        """Manifests with the values of their variables; what is not known stays as it is.

        A variable without a value is its default; where it has none, Flux leaves nothing, but who
        applies this Kustomization may well patch a value into it. Two dollars make one, and objects
        may be left out by an annotation.
        """
        marks = [match.end() for match in _APART.finditer(text)]
        starts, ends = [0, *marks], [*marks, len(text)]
        parts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        return "".join(
            part if _SWITCHED_OFF.search(part) else _VARIABLE.sub(self._value, part)
            for part in parts
        )

    def _value(self, match: Match[str]) -> str:
        name, operator, default = match[1], match[2] or "", match[3] or ""
        if match[0].startswith("$$"):
            return match[0][1:]
        value = self.values.get(name)
        if value is None and not (self.all and operator):
            return match[0]
        if value is None or (operator.startswith(":") and not value):
            return default
        return value
