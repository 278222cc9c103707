"""The settings of a server that stand in a file, as if they were its flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.serving.invocation import find_invocation
from imagelint.documents.serving.options import MODEL
from imagelint.documents.serving.switches import (
    FALSE,
    TRUE,
    Switch,
    read_environment,
    read_words,
    settled,
)
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.engines import engine
from imagelint.knowledge.serving.config_files import ConfigFile, config_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Files

    from imagelint.documents.mapped import MappedText
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.serving.switches import ParsedWords
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.yaml.nodes import YamlNode
    from imagelint.knowledge.engines import Engine

LARGEST = 200_000
"""Characters of a file of settings that is read: people write some dozens of lines."""
_ENDS = (".yaml", ".yml", ".json", ".ini")


class FileSettings(NamedTuple):
    """What files set: `under` counts less than the words, `over` more. `complete`: it is all."""

    under: tuple[Switch, ...] = ()
    over: tuple[Switch, ...] = ()
    complete: bool = True


def named_configs(launch: Launch) -> tuple[str, ...]:
    """The files of settings that a container's server is told to read, by their paths there."""
    variables = (one.value.value for one in launch.env if isinstance(one.value, Known))
    if not any(end in word for word in (*launch.written, *variables) for end in _ENDS):
        return ()
    invocation = find_invocation(launch)
    told = config_file(invocation.engine) if invocation is not None else None
    if invocation is None or told is None:
        return ()
    known = engine(invocation.engine)
    reading = read_words(known, invocation.words)
    env = (*launch.env, *invocation.exported)
    named = tuple(_paths(config_switches(known, reading, env)))
    return (*named, *_applications(reading)) if told.applications else named


def config_switches(
    known: Engine, reading: ParsedWords, env: Iterable[EnvVar]
) -> tuple[Switch, ...]:
    """What names the files of settings: a variable counts less than the words."""
    flags = tuple(one for one in reading.switches if one.name in known.config_flags)
    if flags or known.config_flags.isdisjoint(known.environment.values()):
        return flags
    return tuple(one for one in read_environment(known, env) if one.name in known.config_flags)


def _applications(reading: ParsedWords) -> Iterator[str]:
    """The file of applications that a program runs, among words that name them in other ways."""
    for word in reading.positionals:
        if isinstance(word.value, Known) and word.text.endswith((".yaml", ".yml")):
            yield word.text


def _paths(named: Iterable[Switch]) -> Iterator[str]:
    for switch in named:
        if isinstance(switch.value, Known):
            yield switch.value.value


def read_config(text: MappedText, path: str = "") -> YamlNode | None:
    """The tree of a file of settings, whose nodes stand where the text is written.

    It is YAML, or JSON, unless its path says that it is something else.
    """
    if len(text.text) > LARGEST:
        return None
    if path.endswith(".ini"):
        from imagelint.documents.serving.inifile import read_ini

        return cast("YamlNode | None", _moved(read_ini(text.text), text))
    from imagelint.documents.yaml.load import YamlError, read_yaml

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


def file_settings(
    known: Engine, reading: ParsedWords, named: tuple[Switch, ...], files: Files[str, YamlNode]
) -> FileSettings:
    """What the files that a server is told to read set; not complete where one is not known."""
    told = config_file(known.name)
    roots = [files.get(path) for path in _paths(named)]
    found = [_section(root, known) for root in roots if isinstance(root, Mapping)]
    complete = len(found) == len(named) and told is not None
    switches: tuple[Switch, ...] = ()
    if told is not None and told.presets:
        from imagelint.documents.serving.presets import preset_switches

        switches = tuple(switch for root in found for switch in preset_switches(root, known))
    elif told is not None:
        switches = tuple(switch for root in found for switch in _switches(root, known, told))
    if known.positional == MODEL.name and reading.positionals:
        main = known.options.get(MODEL.name, ())[:1]
        switches = tuple(switch for switch in switches if switch.name not in main)
    overrides = told is not None and told.overrides
    return FileSettings(() if overrides else switches, switches if overrides else (), complete)


def _section(root: Mapping, known: Engine) -> Mapping:
    """What a file says of an engine, where it says other things as well.

    Source: kaito-project/kaito:presets/workspace/inference/vllm/inference_api.py (`KaitoConfig`).
    """
    section = root.get(known.name)
    return section if isinstance(section, Mapping) else root


def setting_switches(root: YamlNode | None, known: Engine) -> tuple[Switch, ...]:
    """The keys of a mapping as the flags of an engine that they are named after."""
    return tuple(_switches(root, known, ConfigFile())) if isinstance(root, Mapping) else ()


def _switches(root: Mapping, known: Engine, told: ConfigFile) -> Iterator[Switch]:
    deep = any("." in key for key in told.keys)
    for key, span, value in _entries(root, deep=deep):
        # What stands for no flag is kept under its own name, which begins like none.
        flag = told.keys.get(key, "") if told.keys else key
        if not flag:
            whole = Span(span.start, max(span.end, value.span.end))
            yield Switch(whole, f".{key}", settled(_value(value), value.span), value.span, key)
        elif not _is_null(value):
            fact = _value(value)
            name = known.canonical(flag.replace("_", "-").lstrip("-"))
            whole = Span(span.start, max(span.end, value.span.end))
            fact = settled(fact, value.span)
            yield Switch(whole, name, fact, value.span, key, keyed=not told.keys)


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
