"""What rules may ask of the language of Dockerfiles, besides the nodes of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact
from imagelint.documents.dockerfile.expansion.scopes import PLATFORM_ARGUMENTS
from imagelint.documents.dockerfile.expansion.substitution import ExpansionError
from imagelint.documents.dockerfile.expansion.variables import ExpansionStyle, expand
from imagelint.documents.dockerfile.syntax.arguments import KEYWORDS
from imagelint.documents.dockerfile.uses import UseSource, origins_of
from imagelint.documents.dockerfile.validation.jsonform import broken_json_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.dockerfile.model import Instruction

__all__ = ["KEYWORDS", "PLATFORM_ARGUMENTS", "UseSource", "expanded", "is_broken_array"]
__all__ += ["origins_of"]


def is_broken_array(instruction: Instruction) -> bool:
    """Whether the arguments of an instruction look like JSON and are none."""
    return broken_json_form(instruction) is not None


def expanded(text: str, lookup: Callable[[str], Fact[str]], escape: str) -> Fact[str]:
    """What a word comes to with the variables that `lookup` knows.

    Unknown where BuildKit refuses it, such as for a variable whose value the author demands.
    """
    try:
        return expand(text, lookup, ExpansionStyle(escape))
    except ExpansionError:
        return UNKNOWN
