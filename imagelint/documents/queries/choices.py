"""What servers are told that is none of the words, or no number, which a flag takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.knowledge.kubernetes.enumerations import Enumeration, enumerated
from imagelint.knowledge.serving.flags import number_flags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch


_QUOTES = "\"'"


class UnknownChoice(NamedTuple):
    """A switch with a word that it does not take, and what to write instead."""

    switch: Switch
    word: str
    help: str


def unknown_choices(server: ServingCommand) -> Iterator[UnknownChoice]:
    """The switches of a server whose flags take a few words, and not the one that is written."""
    flags = enumerated(server.engine) if server.engine else {}
    for name, words in flags.items() if isinstance(flags, dict) else ():
        switch = server.find_switch(name)
        if switch is None or not isinstance(words, Enumeration):
            continue
        value = switch.value
        if isinstance(value, Known) and words.refuses(value.value):
            near = words.nearest(value.value)
            help_ = f"write `{near}`" if near else f"write one of {', '.join(words.words)}"
            yield UnknownChoice(switch, value.value, help_)


def refused_numbers(server: ServingCommand) -> Iterator[UnknownChoice]:
    """The switches of a server whose flags take a number, and are given something else.

    A flag without a value is not among them.
    """
    for name, form in number_flags(server.engine).items() if server.engine else ():
        switch = server.find_switch(name)
        if switch is None or (switch.value_span == switch.span and not switch.variable):
            continue
        value = switch.value
        if isinstance(value, Known) and form.refuses(value.value):
            yield UnknownChoice(switch, value.value, f"write {form.title}")


def quoted_model(server: ServingCommand) -> Known[str] | None:
    """A model whose name has quotes around it, which no shell has taken away; not quotes alone."""
    model = server.model
    if not isinstance(model, Known) or len(model.value) <= len(_QUOTES):
        return None
    first, last = model.value[0], model.value[-1]
    return model if first == last and first in _QUOTES else None


def without_quotes(value: str) -> str:
    """What stands between the quotes of a value."""
    return value[1:-1]
