"""A text of no kind: searched for what needs none, such as keys and tokens."""

from __future__ import annotations

from typing import ClassVar

from imagelint.documents.base import Document


class PlainText(Document):
    """A text about which nothing is known but its words."""

    kind: ClassVar[str] = "text"
    __slots__ = ()
