"""What is asked of a Dockerfile from elsewhere: whether it copies all that lies around it."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.base import Landmark
from imagelint.documents.queries.context import whole_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Key
    from imagelint.documents.dockerfile.document import Dockerfile


def copies_all_of(folder: str) -> Key:
    """Instructions that copy a whole folder, as a build context, into what is shipped."""
    return ("copies all of", folder)


def landmarks(dockerfile: Dockerfile) -> Iterator[Landmark]:
    """The first instruction that copies the whole context, which is taken for the folder."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions if stage.shipped else ():
            if whole_context(instruction) is not None:
                yield Landmark(copies_all_of(dirname(dockerfile.source.origin)), instruction)
                return
