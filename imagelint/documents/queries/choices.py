"""What servers are told that is none of the words, or no number, which a flag takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.serving.switches import FALSE, TRUE
from imagelint.knowledge.kubernetes.enumerations import Enumeration, enumerated
from imagelint.knowledge.serving.flags import growing_words, number_flags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch
    from imagelint.documents.shared import EnvVar
    from imagelint.knowledge.serving.flags import GrowingWords


_QUOTES = "\"'"
# Beginnings of variables that the libraries and drivers of engines read as they are.
_READ = ("HF_", "HUGGING", "TRANSFORMERS_", "NCCL_", "CUDA_", "NVIDIA_")


class UnknownChoice(NamedTuple):
    """A switch with a word that it does not take, and what to write instead.

    `since` tells the release with which it takes it, empty where it never does, and `sure` whether
    the release that is run is known not to.
    """

    switch: Switch
    word: str
    help: str
    since: str = ""
    sure: bool = True


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
        if switch is None or (_is_bare(switch) and not switch.variable):
            continue
        value = switch.value
        if isinstance(value, Known) and form.refuses(value.value):
            yield UnknownChoice(switch, value.value, f"write {form.title}")


def _is_bare(switch: Switch) -> bool:
    """Whether a flag has no value; where a template fills both in, one place is that of both."""
    return switch.value_span == switch.span and value_or(switch.value, "") in (TRUE, FALSE)


def refused_names(server: ServingCommand) -> Iterator[UnknownChoice]:
    """The switches of a server with a word that its release does not know, or none does.

    Not where a plug-in brings words of its own, nor where the word is not looked at.
    """
    if not server.engine or server.concluded:
        return
    for words in growing_words(server.engine):
        switch = server.find_switch(words.flag)
        if switch is None or not isinstance(switch.value, Known):
            continue
        if words.plugin and server.find_switch(words.plugin) is not None:
            continue
        if not words.needs or server.is_on(words.needs):
            yield from _refused_name(server, switch, words)


def _refused_name(
    server: ServingCommand, switch: Switch, words: GrowingWords
) -> Iterator[UnknownChoice]:
    word, version = value_or(switch.value, ""), value_or(server.engine_version, "")
    if words.refuses(word):
        near = words.nearest(word, version)
        sure = server.own_image and words.covers(version)
        # What a newer release or another image brings is known where it is like no known word.
        if near or sure:
            help_ = f"write `{near}`" if near else "write one that it has"
            yield UnknownChoice(switch, word, help_, sure=sure)
    elif version and (since := words.came_after(word, version)):
        help_ = f"take {since} or later, or another word"
        yield UnknownChoice(switch, word, help_, since, sure=server.own_image)
    elif version and words.left(word, version):
        near = words.nearest(f"{word}_", version)
        help_ = f"write `{near}`" if near and near != word else "take another word"
        yield UnknownChoice(switch, word, help_, sure=server.own_image)


def quoted_model(server: ServingCommand) -> Known[str] | None:
    """A model whose name has quotes around it, which no shell has taken away; not quotes alone."""
    model = server.model
    return model if isinstance(model, Known) and _is_quoted(model.value) else None


def quoted_variables(server: ServingCommand) -> Iterator[EnvVar]:
    """The variables with quotes around their value that the server, or what it uses, reads.

    Not those that stand for a flag whose value is refused, or for the model: they are told so.
    """
    model = server.model.span if isinstance(server.model, Known) else None
    own = server.facts.environment if server.facts else {}
    read = (f"{server.engine.upper()}_", *_READ) if server.engine else _READ
    told = {choice.switch.span for choice in (*unknown_choices(server), *refused_numbers(server))}
    for variable in server.launch.env:
        if not isinstance(variable.value, Known) or not _is_quoted(variable.value.value):
            continue
        counts = variable.name in own or variable.name.startswith(read)
        if (
            counts
            and variable.span not in told
            and model not in (variable.span, variable.value_span)
        ):
            yield variable


def _is_quoted(value: str) -> bool:
    return len(value) > len(_QUOTES) and value[0] == value[-1] and value[0] in _QUOTES


def without_quotes(value: str) -> str:
    """What stands between the quotes of a value."""
    return value[1:-1]
