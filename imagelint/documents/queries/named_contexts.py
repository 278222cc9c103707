"""Questions about the contexts that a build is given by name."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.builds import (
    ANY_CONTEXT,
    ANY_DOCKERFILE,
    NamedContext,
    context_called,
    named_context,
)
from imagelint.documents.kinds import building_kinds
from imagelint.documents.shared import ImageRole

if TYPE_CHECKING:
    from imagelint.documents.base import Key
    from imagelint.documents.project import Project
    from imagelint.documents.shared import ImageUse

_OF_BUILDS = (ImageRole.BASE, ImageRole.COPY, ImageRole.MOUNT)
_BARE = pattern(r"[a-zA-Z0-9_-]+", re.ASCII)


def is_named_context(use: ImageUse, dockerfile: str, project: Project) -> bool:
    """Whether a Dockerfile's build is given a context of that name, or of one that is not known."""
    if use.role not in _OF_BUILDS:
        return False
    if not _BARE.fullmatch(use.text):
        return bool(use.text) and _is_declared(named_context(dockerfile, use.text), project)
    from imagelint.knowledge.dockerfile.official_images import OFFICIAL_IMAGES

    # Of an image that everybody knows it is not believed that it is one whose name is not known.
    names = (use.text,) if use.text in OFFICIAL_IMAGES else (use.text, ANY_CONTEXT)
    keys = product((dockerfile, ANY_DOCKERFILE), names)
    return any(_is_declared(named_context(*key), project) for key in keys)


def is_called_context(name: str, project: Project) -> bool:
    """Whether any build of the run is given a context of that name."""
    return any(_is_declared(context_called(one), project) for one in (name, ANY_CONTEXT))


def _is_declared(key: Key, project: Project) -> bool:
    return any(project.named(kind, key, NamedContext) for kind, _ in building_kinds())


def may_be_context(use: ImageUse) -> bool:
    """Whether `--from` names what may as well be a context that nobody has declared."""
    return use.role in (ImageRole.COPY, ImageRole.MOUNT) and bool(_BARE.fullmatch(use.text))
