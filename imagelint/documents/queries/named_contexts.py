"""Questions about the contexts that a build is given by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.shared import ImageRole

if TYPE_CHECKING:
    from imagelint.documents.project import Project
    from imagelint.documents.shared import ImageUse

_OF_BUILDS = (ImageRole.BASE, ImageRole.COPY, ImageRole.MOUNT)
_BARE = pattern(r"[a-zA-Z0-9_-]+", re.ASCII)


def is_named_context(use: ImageUse, dockerfile: str, project: Project) -> bool:
    """Whether a compose or a bake file gives a context of that name to a Dockerfile's build."""
    if use.role not in _OF_BUILDS or not _BARE.fullmatch(use.text):
        return False
    from imagelint.documents.bake.document import BakeFile
    from imagelint.documents.compose.contexts import NamedContext, named_context
    from imagelint.documents.compose.document import ComposeFile

    key = named_context(dockerfile, use.text)
    return any(project.find(kind, key, NamedContext) for kind in (ComposeFile, BakeFile))


def may_be_context(use: ImageUse) -> bool:
    """Whether `--from` names what may as well be a context that nobody has declared."""
    return use.role in (ImageRole.COPY, ImageRole.MOUNT) and bool(_BARE.fullmatch(use.text))
