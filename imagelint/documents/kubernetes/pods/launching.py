"""What the containers of a pod start: words, scripts, serving commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.kubernetes.pods.operated import (
    appended_words,
    group_variables,
    instructions,
    told,
)
from imagelint.documents.kubernetes.pods.variables import expand, script_text
from imagelint.documents.serving.startscript import (
    all_known,
    behind_script,
    fetching_script,
    find_script,
    known_variables,
    read_mapped_script,
    unknown_word,
    whole_word,
)
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import POSIX_SHELLS, shebang_shell
from imagelint.documents.shell.wrappers import program_name
from imagelint.documents.yaml.nodes import Scalar, Sequence
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.fact import Fact
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.serving.launch import Launch, RuntimeChoice
    from imagelint.documents.shared import JoinedCommand
    from imagelint.documents.shell.script import Script, Word
    from imagelint.documents.yaml.cursor import Cursor

_HOOKS = ("postStart", "preStop")
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_MOST_FILLED_IN = 1_000_000
"""Characters of the values that are filled into the words of one command line."""


def scripts(container: Container) -> Iterator[Script]:
    """The shell scripts of a container: what it starts, what its hooks and probes run, files."""
    for script in _scripts(container):
        yield script.standing_in(container.place)
    yield from container.scripts.values()


def joined_commands(container: Container) -> Iterator[JoinedCommand]:
    """The commands of a container and its hooks that are one word.

    Some operators hand what is written to a shell.
    """
    body = container.body
    command, args, lifecycle = body["command"], body["args"], body["lifecycle"]
    if not (command.exists or args.exists or lifecycle.exists):
        return
    from imagelint.documents.runtime.oneword import is_official, joined_item

    if not container.adds.arguments:
        yield from joined_item(command)
        if not command.exists and is_official(container.image):
            yield from joined_item(args)
    for hook in _HOOKS:
        yield from joined_item(lifecycle.at(hook, "exec", "command"))


def _scripts(container: Container) -> Iterator[Script]:
    variables = known_variables(container.env)
    started = [*container.body["command"].items(), *container.body["args"].items()]
    script = _script(started, ScriptRole.START, variables) or _fetching(started, variables)
    if script:
        yield script
    if not container.owner.is_own:
        yield from _texts(container.body, variables)
    for hook in _HOOKS:
        words = container.body.at("lifecycle", hook, "exec", "command").items()
        script = _script(list(words), ScriptRole.START, variables)
        if script:
            yield script
    for probe in _PROBES:
        words = container.body.at(probe, "exec", "command").items()
        script = _script(list(words), ScriptRole.HEALTHCHECK, variables)
        if script:
            yield script


def _texts(body: Cursor, variables: Mapping[str, Fact[str]]) -> Iterator[Script]:
    """Texts that operators put into a file, and have run: by the command, or by their first line.

    https://argo-workflows.readthedocs.io/en/latest/walk-through/scripts-and-results/
    https://tekton.dev/docs/pipelines/tasks/#running-scripts-within-steps
    """
    source, script = body["source"], body["script"]
    command = tuple(_word(place, {}) for place in body["command"].items())
    found: list[tuple[Cursor, str]] = []
    if source.word() and command:
        found.append((source, program_name(command[0])))
    if script.word():
        found.append((script, shebang_shell(script.word()) or "sh"))
    for place, shell in found:
        if shell in POSIX_SHELLS and isinstance(place.node, Scalar):
            mapped, role = map_scalar(place.node), ScriptRole.START
            yield read_mapped_script(
                mapped, role, shell=shell, variables=variables, path=place.path
            )


def _fetching(places: list[Cursor], variables: Mapping[str, Fact[str]]) -> Script | None:
    words = tuple(_filled(places, variables))
    return fetching_script(words, places[0].path) if words else None


def _script(
    places: list[Cursor], role: ScriptRole, variables: Mapping[str, Fact[str]]
) -> Script | None:
    words = tuple(_word(place, {}) for place in places)
    found = find_script(words)
    if found is None:
        return None
    index, shell = found
    place = places[index]
    if not isinstance(place.node, Scalar) or place.null or not place.node.text.strip():
        return None
    mapped = map_scalar(place.node)
    path = place.path
    script = read_mapped_script(mapped, role, shell=shell, variables=variables, path=path)
    return script._replace(operands=behind_script(words))


def launch(container: Container) -> Launch:
    """What a container starts, as far as the manifest says it."""
    from imagelint.documents.serving.launch import Launch

    body = container.body
    command, args = body["command"], body["args"]
    variables = {**group_variables(container.spec), **known_variables(container.env)}
    places = (*command.items(), *args.items())
    words = tuple(_filled(places, variables))
    tells = instructions(container)
    if _is_empty(command):
        words += appended_words(tells, body)
    found = find_script(words)
    if found is not None:
        words = _with_script(words, places[found[0]], found[0], variables)
    written = Launch(
        span=container.span,
        image=container.image,
        argv=words,
        complete=_is_complete(container) and all_known(words),
        env=container.env,
        env_complete=container.env_complete,
        runtime=container.runtime,
        path=container.path,
        appends=_is_empty(command),
        more_words=container.adds.arguments,
        engine=tells.engine,
        told=told(tells, container),
        choice=runtime_choice(body),
        scripts=container.scripts,
        files=container.files,
    )
    if container.config is None:
        return written
    from imagelint.documents.serving.imageconfig import launched

    return launched(written, container.config)


def runtime_choice(body: Cursor) -> RuntimeChoice | None:
    """The runtime that a predictor of KServe asks for, be it by the framework that is its key."""
    from imagelint.documents.serving.launch import RuntimeChoice

    if body["modelFormat"].exists:
        return RuntimeChoice(body["runtime"].word(), body.at("modelFormat", "name").word())
    framework = body.parent is not None and body.parent.key == "predictor"
    return RuntimeChoice("", body.key) if framework else None


def _filled(places: Iterable[Cursor], variables: Mapping[str, Fact[str]]) -> Iterator[Word]:
    """The words at some places; once variables have filled too much into them, unknown ones."""
    room = _MOST_FILLED_IN
    for place in places:
        word = _word(place, variables if room > 0 else {})
        room -= len(word.text) - len(word.raw)
        yield word


def _word(place: Cursor, variables: Mapping[str, Fact[str]]) -> Word:
    scalar = place.node
    if not isinstance(scalar, Scalar):
        return unknown_word(place)
    fact = place.text()
    return whole_word(scalar, expand(fact, variables) if isinstance(fact, Known) else fact)


def _with_script(
    words: tuple[Word, ...], place: Cursor, index: int, variables: Mapping[str, Fact[str]]
) -> tuple[Word, ...]:
    """The words with the script's text: what looks like a template there is the shell's own."""
    scalar = place.node
    if not isinstance(scalar, Scalar):
        return words
    written = script_text(scalar, variables)
    value = UNKNOWN if written is None else Known(written.text, Span(*scalar.span))
    word = whole_word(scalar, value)._replace(written=written)
    return (*words[:index], word, *words[index + 1 :])


def _is_complete(container: Container) -> bool:
    body = container.body
    return not container.alone and _is_list(body["command"]) and _is_list(body["args"])


def _is_list(place: Cursor) -> bool:
    return not place.exists or place.null or isinstance(place.node, Sequence)


def _is_empty(place: Cursor) -> bool:
    return not place.exists or place.null or place.node == Sequence(place.span, ())
