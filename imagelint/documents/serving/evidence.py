"""What a container is told, as clues to an engine that neither its image nor a program names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.recognition import holds_another
from imagelint.knowledge.serving.evidence import (
    engine_of_choice,
    engine_of_flags_together,
    engine_of_variables,
    engine_of_words,
)

if TYPE_CHECKING:
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Word


def engine_by_flags(words: tuple[Word, ...]) -> str:
    """The engine whose own flags stand among words; empty where they may be those of several."""
    return engine_of_flags_together(frozenset(filter(None, map(_flag, words))))


def _flag(word: Word) -> str:
    text = word.text
    return text.partition("=")[0].lstrip("-").replace("_", "-") if text.startswith("-") else ""


def behind_program(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words from the first flag on: what stands before belongs to a program of their own."""
    for at, word in enumerate(words):
        if word.text.startswith("-"):
            return words[at:]
    return ()


def engine_by_clues(launch: Launch) -> str:
    """The engine that is likely by variables, or by the name of the image."""
    image = launch.image.known if launch.image is not None else None
    named = image is not None and not holds_another(image)
    name = image.repository.rpartition("/")[2] if image is not None and named else ""
    variables = frozenset(variable.name for variable in launch.env)
    return engine_of_variables(variables) or engine_of_words(name)


def engine_by_choice(launch: Launch) -> str:
    """The engine of the runtime that is chosen for a model; empty where none is known."""
    choice = launch.choice
    return engine_of_choice(choice.runtime, choice.model_format) if choice is not None else ""
