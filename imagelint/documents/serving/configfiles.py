"""The settings of a server that stand in a file, as if they were its flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.serving.invocation import find_invocation
from imagelint.documents.serving.options import MODEL
from imagelint.documents.serving.switches import FALSE, TRUE, Switch, read_words, settled
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.engines import engine
from imagelint.knowledge.serving.config_files import config_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Files

    from imagelint.documents.mapped import MappedText
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.serving.switches import ParsedWords
    from imagelint.documents.yaml.nodes import YamlNode
    from imagelint.knowledge.engines import Engine
    from imagelint.knowledge.serving.config_files import ConfigFile

LARGEST = 200_000
"""Characters of a file of settings that is read: people write some dozens of lines."""


class FileSettings(NamedTuple):
    """What files set: `under` counts less than the words, `over` more. `complete`: it is all."""

    under: tuple[Switch, ...] = ()
    over: tuple[Switch, ...] = ()
    complete: bool = True


def named_configs(launch: Launch) -> tuple[str, ...]:
    """The files of settings that a container's server is told to read, by their paths there."""
    if not any(".y" in word or ".json" in word for word in launch.written):
        return ()
    invocation = find_invocation(launch)
    if invocation is None or config_file(invocation.engine) is None:
        return ()
    known = engine(invocation.engine)
    return tuple(_paths(known, read_words(known, invocation.words)))


def _paths(known: Engine, reading: ParsedWords) -> Iterator[str]:
    for switch in reading.switches:
        if switch.name in known.config_flags and isinstance(switch.value, Known):
            yield switch.value.value


def read_config(text: MappedText) -> YamlNode | None:
    """The tree of a file of settings, whose nodes stand where the text is written."""
    from imagelint.documents.yaml.load import YamlError, read_yaml

    if len(text.text) > LARGEST:
        return None
    try:
        documents = read_yaml(text.text).documents
    except (YamlError, RecursionError):
        return None
    return cast("YamlNode", _moved(documents[0], text)) if len(documents) == 1 else None


def _moved(value: object, text: MappedText) -> object:
    if isinstance(value, Span):
        return text.place(*value)
    if not isinstance(value, tuple):
        return value
    parts = tuple(_moved(part, text) for part in value)
    make = getattr(value, "_make", None)
    return make(parts) if make else parts


def file_settings(known: Engine, reading: ParsedWords, files: Files[str, YamlNode]) -> FileSettings:
    """What the files that a server is told to read set; not complete where one is not known."""
    told = config_file(known.name)
    named = [switch for switch in reading.switches if switch.name in known.config_flags]
    roots = [files.get(path) for path in _paths(known, reading)]
    found = [root for root in roots if isinstance(root, Mapping)]
    complete = len(found) == len(named) and told is not None
    switches: tuple[Switch, ...] = ()
    if told is not None:
        switches = tuple(switch for root in found for switch in _switches(root, known, told))
    if known.positional == MODEL.name and reading.positionals:
        main = known.options.get(MODEL.name, ())[:1]
        switches = tuple(switch for switch in switches if switch.name not in main)
    overrides = told is not None and told.overrides
    return FileSettings(() if overrides else switches, switches if overrides else (), complete)


def _switches(root: Mapping, known: Engine, told: ConfigFile) -> Iterator[Switch]:
    deep = any("." in key for key in told.keys)
    for key, span, value in _entries(root, deep=deep):
        flag = told.keys.get(key, "") if told.keys else key
        if flag and not _is_null(value):
            fact = _value(value)
            name = known.canonical(flag.replace("_", "-").lstrip("-"))
            whole = Span(span.start, max(span.end, value.span.end))
            yield Switch(whole, name, settled(fact, value.span), value.span, key)


def _entries(root: Mapping, *, deep: bool) -> Iterator[tuple[str, Span, YamlNode]]:
    """The keys with their values, and those one level deeper by both names."""
    for key, value in root.entries:
        yield key.text, key.span, value
        for inner in value.entries if deep and isinstance(value, Mapping) else ():
            yield f"{key.text}.{inner.key.text}", inner.key.span, inner.value


def _is_null(value: YamlNode) -> bool:
    return isinstance(value, Scalar) and value.value is None


def _value(value: YamlNode) -> Fact[str]:
    if isinstance(value, Scalar):
        if isinstance(value.value, bool):
            return Known(TRUE if value.value else FALSE, value.span)
        return Known(value.text, value.span)
    if isinstance(value, Sequence) and all(isinstance(one, Scalar) for one in value.items):
        texts = (one.text for one in value.items if isinstance(one, Scalar))
        return Known(" ".join(texts), value.span)
    return UNKNOWN
