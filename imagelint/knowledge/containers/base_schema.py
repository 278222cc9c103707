"""The form of the table about images that others are built upon: see `knowledge.schema`."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from imagelint.knowledge.serving.forms import Dated


class BaseImageRow(TypedDict):
    """An image that others are built upon."""

    glob: str
    root: bool
    bare: NotRequired[Annotated[bool, "no server is in it, and no variable of one"]]
    tags: NotRequired[str]
    user: NotRequired[str]
    devel: NotRequired[bool]
    runtime: NotRequired[str]
    drops: NotRequired[bool]


class BaseImageTable(Dated):
    """Images that others are built upon."""

    source: str
    images: list[BaseImageRow]
