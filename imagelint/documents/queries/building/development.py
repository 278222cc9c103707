"""Questions about images that start what is for development alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.queries.building.background import runs_shell
from imagelint.documents.queries.requests import commands_run
from imagelint.documents.queries.stages import words_started
from imagelint.knowledge.web.development import developing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Word
    from imagelint.knowledge.web.development import Developing

__all__ = ["development_starts", "is_for_development"]

# Words in the name of a file, its folders or a stage that say for whom an image is.
_NAMES = pattern(
    r"(?:^|[^a-z])(?:dev|devel|development|develop|debug|local|test|tests|testing|e2e|example|"
    r"examples|sample|samples|demo|demos|playground|tutorial|docs|devcontainer|hotreload|watch)"
    r"(?:$|[^a-z])",
    re.IGNORECASE,
)


def is_for_development(origin: str, stage: Stage) -> bool:
    """Whether an image is not meant to be run by others, by what its file and stage are called."""
    return _NAMES.search(f"{origin} {stage.name}") is not None


def development_starts(document: Document, stage: Stage) -> Iterator[tuple[Word, str, Developing]]:
    """The words of what is started that are for development: each with its program."""
    start = stage.start
    if start is None:
        return
    every: tuple[tuple[Word, ...], ...] = ()
    if start.json and not runs_shell(start.words):
        every = commands_run(words_started(document), in_shell=False)
    elif start.script is not None:
        every = tuple(one.words for one in start.script.commands if one.words)
    for words in every:
        texts = [word.text if isinstance(word.value, Known) else "-" for word in words]
        found = developing(texts)
        if found is not None:
            yield words[found.word], words[0].text, found
            return
