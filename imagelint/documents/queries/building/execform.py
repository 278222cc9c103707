"""Questions about variables in what an image starts without a shell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.queries.building.background import runs_shell
from imagelint.documents.queries.stages import is_windows, server_of
from imagelint.documents.shell.shells import base_name
from imagelint.knowledge.containers.programs import starts_what_it_is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Word

__all__ = ["unfilled_words"]

_VARIABLE = pattern(r"\$(?:\{([A-Z][A-Z0-9_]+)\}|([A-Z][A-Z0-9_]+))(?![\w(])", re.ASCII)
# Programs that run the words that they are told and nothing else.
_INITS = ("tini", "dumb-init", "catatonit", "gosu", "su-exec")
# Programs that fill variables in by themselves, or are told a program of another language.
_FILLING = ("envsubst", "supervisord", "perl", "ruby", "awk", "make", "env", "php", "catalina.sh")


def unfilled_words(document: Document, stage: Stage) -> Iterator[tuple[Word, str, str]]:
    """Words that hold a variable, its name, and the program that gets it as it is written."""
    start = stage.start
    if start is None or not start.json or is_windows(stage) or server_of(document) is not None:
        return
    words = start.words
    behind = stage.cmd.words if stage.cmd is not None and stage.cmd is not start else ()
    inits = bool(words) and base_name(words[0].text) in _INITS
    every = (*words, *behind) if inits else words
    if not every or runs_shell(every) or not _runs_words(stage):
        return
    program = base_name(every[0].text)
    if program in _FILLING or program.endswith(".sh"):
        return
    for word in every[1:]:
        match = _VARIABLE.search(word.text) if isinstance(word.value, Known) else None
        if match is not None and not any(mark in word.text for mark in ("; ", " && ", "\n")):
            yield word, match[1] or match[2], program


def _runs_words(stage: Stage) -> bool:
    """Whether nothing that nobody reads stands before the words."""
    if stage.entrypoint is not None:
        return True
    image = stage.root_image.known if stage.root_image is not None else None
    official = image is not None and image.repository.startswith("library/")
    return image is None or official or starts_what_it_is_told(image)
