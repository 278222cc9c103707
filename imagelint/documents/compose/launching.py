"""What a service starts: words, scripts, serving commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.compose.values import is_set, word
from imagelint.documents.compose.words import CommandLine, MappedWord, read_words, whole
from imagelint.documents.serving.startscript import (
    all_known,
    behind_script,
    fetching_script,
    find_script,
    known_variables,
    read_mapped_script,
)
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Script

_HOOKS = ("post_start", "pre_stop")


def scripts(service: ComposeService) -> Iterator[Script]:
    """The shell scripts of a service: what it starts, its health check, those in mounted files."""
    for script in _scripts(service):
        yield script.standing_in(service.place)
    yield from service.scripts.values()


def _scripts(service: ComposeService) -> Iterator[Script]:
    for script in (started_script(words_started(service).words, service), _health_script(service)):
        if script:
            yield script
    yield from _hook_scripts(service)


def started_script(words: tuple[MappedWord, ...], service: ComposeService) -> Script | None:
    """What a container is told to run, as a script: what a shell is given, or what fetches."""
    script = _script(words, ScriptRole.START, service)
    if script is None and words:
        plain = tuple(mapped_word.word for mapped_word in words)
        script = fetching_script(plain, words[0].path)
    return script


def _hook_scripts(service: ComposeService) -> Iterator[Script]:
    """What compose runs in the container when it has started, and before it stops.

    https://github.com/compose-spec/compose-spec/blob/main/05-services.md#post_start
    """
    for hook in _HOOKS:
        for item in service.body[hook].items():
            script = started_script(read_words(item["command"]).words, service)
            if script is not None:
                yield script


def launch(service: ComposeService) -> Launch:
    """What a service starts, as far as the file says it."""
    from imagelint.documents.serving.launch import Launch

    line = words_started(service)
    words = tuple(mapped_word.word for mapped_word in line.words)
    found = find_script(words)
    if found is not None:
        word = words[found.at]._replace(written=line.words[found.at].mapped)
        words = (*words[: found.at], word, *words[found.at + 1 :])
    written = Launch(
        span=service.span,
        image=service.image,
        argv=words,
        complete=line.complete and all_known(words) and not service.runtime.managed,
        env=service.env,
        env_complete=service.env_complete,
        runtime=service.runtime,
        path=service.path,
        appends=not is_set(service.body["entrypoint"]),
        files=service.files,
        scripts=service.scripts,
    )
    if service.config is None:
        return written
    from imagelint.documents.serving.imageconfig import launched

    return launched(written, service.config)


def words_started(service: ComposeService) -> CommandLine:
    """The words that a service starts, as far as they are written."""
    if service.started is not None:
        return service.started
    entry = read_words(service.body["entrypoint"])
    command = read_words(service.body["command"])
    return CommandLine(entry.words + command.words, entry.complete and command.complete)


def _script(
    words: tuple[MappedWord, ...], role: ScriptRole, service: ComposeService
) -> Script | None:
    plain = tuple(mapped_word.word for mapped_word in words)
    found = find_script(plain)
    if found is None:
        return None
    index, shell = found
    script = _read(words[index], role, shell, service)
    return script and script._replace(operands=behind_script(plain))


def _read(
    mapped_word: MappedWord, role: ScriptRole, shell: str, service: ComposeService
) -> Script | None:
    mapped = mapped_word.mapped
    if not mapped.text.strip():
        return None
    # What compose fills in looks like a variable of the shell, but is not the service's own.
    filled = not isinstance(mapped_word.word.value, Known)
    variables = {} if filled else known_variables(service.env)
    return read_mapped_script(mapped, role, shell=shell, variables=variables, path=mapped_word.path)


def _health_script(service: ComposeService) -> Script | None:
    test = service.body.at("healthcheck", "test")
    if isinstance(test.node, Scalar) and test.node.value is not None:
        return _read(whole(test), ScriptRole.HEALTHCHECK, "sh", service)
    items = test.items()
    if not items:
        return None
    words = read_words(test).words
    if word(items[0]) == "CMD-SHELL" and len(words) > 1:
        return _read(words[1], ScriptRole.HEALTHCHECK, "sh", service)
    return _script(words[1:], ScriptRole.HEALTHCHECK, service)
