"""Questions about the commits at which repositories are cloned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.stages import enclosing_stage, stages
from imagelint.knowledge.versions import is_channel

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.queries.downloads import Download
    from imagelint.documents.shell.script import Command, Script

__all__ = ["moves_on", "stands_elsewhere"]

# Git's commands by which a clone comes to stand at a commit.
_MOVING = frozenset({"am", "apply", "checkout", "cherry-pick", "fetch", "reset", "switch"})
_BRANCHES = frozenset({"default", "develop", "development", "head", "master", "trunk"})


def moves_on(download: Download) -> bool:
    """Whether the next clone certainly brings other commits, once there are some."""
    if not _is_remote(download):
        return False
    revision = download.revision
    if isinstance(revision, Known):
        return revision.value.lower() in _BRANCHES or is_channel(revision.value)
    return revision is ABSENT


def _is_remote(download: Download) -> bool:
    """Whether it comes from elsewhere: `https://…`, `git@…:…`, and not `/src` or `$REPOSITORY`."""
    if not isinstance(download.url, Known):
        return False
    url = download.url.value
    return "$" not in url and ("://" in url or "@" in url) and not url.startswith("file:")


def stands_elsewhere(document: Document, script: Script, command: Command) -> bool:
    """Whether what a command clones is brought to another commit, in its stage or its script."""
    stage = enclosing_stage(document, script.span)
    own = _moving(script)
    if own is not None and own.start >= command.span.start:
        return True
    last = document.derived(_last_moving).get(stage.index, -1) if stage else -1
    return last > script.span.start


def _moving(script: Script) -> Span | None:
    """The last command of a script by which a clone comes to stand elsewhere."""
    for command in reversed(script.commands):
        if command.program == "git" and any(word.text in _MOVING for word in command.arguments):
            return command.span
    return None


def _last_moving(document: Document) -> dict[int, int]:
    """Where the last script of each stage begins that moves a clone, by the stage's index."""
    return {
        stage.index: script.span.start
        for stage in stages(document)
        for script in stage.scripts
        if "git" in script.text and _moving(script) is not None
    }
