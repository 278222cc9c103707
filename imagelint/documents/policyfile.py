"""A policy as a document: its waivers are judged like the allowances of any other."""

from __future__ import annotations

from typing import ClassVar

from imagelint.documents.base import Document


class PolicyFile(Document):
    """A policy file. What it says is the business of `imagelint.policy`."""

    kind: ClassVar[str] = "policy"
    __slots__ = ()
