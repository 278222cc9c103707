"""One instruction: all that is refused of it, besides what its grammar says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.model import Instruction

_WITH_CHECKED_WORDS = frozenset(
    ("ADD", "ARG", "COPY", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL", "VOLUME")
)


def instruction_complaints(instruction: Instruction) -> Iterator[Complaint]:
    """What is refused of an instruction whose words could be read."""
    if instruction.flags:
        from imagelint.documents.dockerfile.validation.flags import flag_complaints

        yield from flag_complaints(instruction)
    if instruction.keyword in _WITH_CHECKED_WORDS:
        from imagelint.documents.dockerfile.validation.arguments import argument_complaints

        yield from argument_complaints(instruction)
