"""What `# check=` tells BuildKit's checks: `skip=JSONArgsRecommended;error=true`.

`ParseLintOptions` in frontend/dockerfile/linter/linter.go of moby/buildkit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.dockerfile.syntax.lines import CHECK_ARGUMENT, Directive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.fact import Fact

_CHECK = "check"

# strconv.ParseBool of Go
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))
_SEVERAL = ("skip", "experimental")
_MOST = 3


def with_check(
    directives: tuple[Directive, ...], given: Mapping[str, Fact[str]]
) -> tuple[Directive, ...]:
    """The directives as a build reads them that is given the argument.

    What it says keeps the place of what is written, or has none: an empty span.
    """
    value = given.get(CHECK_ARGUMENT)
    if not isinstance(value, Known):
        return directives
    own = next((one.span for one in directives if one.name == _CHECK), Span(0, 0))
    others = tuple(one for one in directives if one.name != _CHECK)
    return (*others, Directive(own, _CHECK, value.value))


class CheckOption(NamedTuple):
    """`name=value` in the value of a directive, blanks taken away; `text` as it is written.

    `fault` is what ends a build, or empty.
    """

    text: str
    name: str
    value: str
    fault: str

    @property
    def is_true(self) -> bool:
        """Whether it switches something on."""
        return self.value in _TRUE

    @property
    def names(self) -> tuple[str, ...]:
        """The checks that it names."""
        return tuple(name.strip() for name in self.value.split(","))


def check_options(value: str) -> Iterator[CheckOption]:
    """The options in the value of a `check` directive."""
    for text in value.split(";", _MOST - 1) if value.strip() else ():
        name, equals, said = (part.strip() for part in text.partition("="))
        yield CheckOption(text, name, said, _fault(name, equals, said))


def _fault(name: str, equals: str, value: str) -> str:
    if name not in (*_SEVERAL, "error"):
        return f"`{name[:40]}` is no option of it" if name else "an option is empty"
    if not equals:
        return f"`{name}` has no value"
    if name == "error" and value not in _TRUE | _FALSE:
        return f"`{value[:40]}` is neither true nor false"
    return ""
