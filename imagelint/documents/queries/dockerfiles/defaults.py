"""What the arguments above the first FROM are where a build is given none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.vocabulary import PLATFORM_ARGUMENTS, expanded
from imagelint.documents.queries.dockerfiles.references import escape_of, references_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.fact import Fact
    from imagelint.documents.base import Document


class GlobalDefaults(NamedTuple):
    """The values by name, and for each name the first argument without a default behind it."""

    values: Mapping[str, Fact[str]]
    blank: Mapping[str, str]

    def value(self, name: str) -> Fact[str]:
        """What a variable is in a FROM; the platforms are set, to what nobody knows."""
        return UNKNOWN if name in PLATFORM_ARGUMENTS else self.values.get(name, ABSENT)

    def blank_behind(self, name: str) -> tuple[str, ...]:
        """The argument without a default that a variable depends on, if any."""
        return (self.blank[name],) if name in self.blank else ()


def global_defaults(document: Document) -> GlobalDefaults:
    """The defaults of a Dockerfile, whatever its build is given.

    frontend/dockerfile/dockerfile2llb/validations.go, validateBaseImagesWithDefaultArgs
    """
    values: dict[str, Fact[str]] = {}
    blank: dict[str, str] = {}
    found = GlobalDefaults(values, blank)
    if not isinstance(document, Dockerfile):
        return found
    escape, text = escape_of(document), document.source.text
    for name, argument in document.arguments.items():
        if argument.value_span == argument.span:  # no default is written
            values[name], blank[name] = ABSENT, name
            continue
        written = text[argument.value_span.start : argument.value_span.end]
        used = (one.name for one in references_in(written, 0, escape))
        behind = next((blank[one] for one in used if one in blank), None)
        values[name] = expanded(written, found.value, escape)
        if behind is not None:
            blank[name] = behind
    return found
