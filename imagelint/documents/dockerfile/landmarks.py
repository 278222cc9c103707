"""What is asked of a Dockerfile from elsewhere: whether it copies all that lies around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Landmark
from imagelint.documents.queries.context import build_context, whole_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Key
    from imagelint.documents.dockerfile.document import Dockerfile


def copies_all_of(folder: str) -> Key:
    """Instructions that copy a whole folder, as a build context, into what is shipped."""
    return ("copies all of", folder)


def landmarks(dockerfile: Dockerfile) -> Iterator[Landmark]:
    """The first instruction that copies the whole context, by the folder that most likely is."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions if stage.shipped else ():
            if whole_context(instruction) is not None:
                every = (one for part in dockerfile.stages for one in part.instructions)
                context = build_context(dockerfile.source.origin, every)
                yield Landmark(copies_all_of(context), instruction)
                return
