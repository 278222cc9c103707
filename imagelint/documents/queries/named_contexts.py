"""Questions about the contexts that a build is given by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.builds import (
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
    """Whether a compose or a bake file gives a context of that name to a Dockerfile's build."""
    if use.role not in _OF_BUILDS or not _BARE.fullmatch(use.text):
        return False
    keys = (named_context(one, use.text) for one in (dockerfile, ANY_DOCKERFILE))
    return any(_is_declared(key, project) for key in keys)


def is_called_context(name: str, project: Project) -> bool:
    """Whether any build of the run is given a context of that name."""
    return _is_declared(context_called(name), project)


def _is_declared(key: Key, project: Project) -> bool:
    return any(project.named(kind, key, NamedContext) for kind, _ in building_kinds())


def may_be_context(use: ImageUse) -> bool:
    """Whether `--from` names what may as well be a context that nobody has declared."""
    return use.role in (ImageRole.COPY, ImageRole.MOUNT) and bool(_BARE.fullmatch(use.text))
