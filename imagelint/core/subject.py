"""What a document is about: what a verdict asks for is counted by it."""

from __future__ import annotations

from enum import Enum


class About(Enum):
    """What a document tells about."""

    FILE = "file"  # itself: a file of a project
    IMAGE = "image"  # an image, in a tool's or a registry's words
    POLICY = "policy"  # by what is judged, not what is judged
