"""What words run in the end: through wrappers, shells, and scripts in files."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.remembered import remembered_lookup_briefly
from imagelint.documents.serving.launchers import launcher
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.script import Exports, Given, ScriptRole, Word
from imagelint.documents.shell.shells import (
    POSIX_SHELLS,
    SOURCING,
    TEXT_RUNNERS,
    base_name,
    first_operand,
    operands,
    shell_text,
)
from imagelint.documents.shell.wrappers import unwrap
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import engine_of_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.shell.script import Command, Script

_OPAQUE = (".", "source", "eval", "make", "supervisord", "s6-svscan", "runit", "honcho")
_DEEPEST = 3
_RUNNERS = POSIX_SHELLS | TEXT_RUNNERS.keys()
_MOST_SCRIPTS = 8  # entry points that start each other


class FoundServer(NamedTuple):
    """A server that words start: see `Invocation`."""

    engine: str
    words: tuple[Word, ...]
    program: Word
    complete: bool
    worker: bool
    exported: tuple[EnvVar, ...] = ()


class Around(NamedTuple):
    """What the meaning of words depends on: variables, and the scripts in files by their words.

    `told_all` tells that nobody adds to the words: those behind a script are all that it is given.
    """

    env: Mapping[str, Fact[str]]
    scripts: Mapping[str, Script] = {}
    depth: int = 0
    told_all: bool = False

    def deeper(self) -> Around:
        """The same within a script."""
        return self._replace(depth=self.depth + 1)


def find_server(words: tuple[Word, ...], around: Around) -> FoundServer | None:
    """The first engine that these words start, through wrappers and shells."""
    bare = unwrap(words, fetched=True)
    found = _find_server(words[bare.start :], around)
    if found is None or not bare.assigned:
        return found
    told = tuple(_told_by_env(words[at]) for at in bare.assigned)
    return found._replace(exported=(*told, *found.exported))


def _told_by_env(word: Word) -> EnvVar:
    """`NAME=value` before the program of `env`."""
    name, _, text = word.text.partition("=")
    value = Known(text, word.span) if isinstance(word.value, Known) else UNKNOWN
    return EnvVar(word.span, name, value, EnvOrigin.SHELL, word.span, word.span)


def _find_server(words: tuple[Word, ...], around: Around) -> FoundServer | None:
    complete = True
    for _ in range(_MOST_SCRIPTS):
        words = words[unwrap(words, fetched=True).start :]
        if not words:
            return None
        name = basename(words[0].text).partition("@")[0]  # `uvx vllm@0.11.0`
        in_file = _in_file(words, around)
        if in_file is not None:
            return in_file
        if name in _RUNNERS:
            return _in_shell(words, around)
        program = engine_of_program((name, *(word.text for word in words[1:12])))
        if program is not None:
            behind = words[program.length :]
            return FoundServer(program.engine, behind, words[0], complete, program.worker)
        if not (name.endswith(".sh") or "entrypoint" in name):
            return None
        words, complete = words[1:], False
    return None


def _in_shell(words: tuple[Word, ...], around: Around) -> FoundServer | None:
    """The engine that is started by the text of `sh -c TEXT`."""
    script = _script_of(words, around.env) if around.depth < _DEEPEST else None
    return None if script is None else _in_script(script, operands(words)[1:], around)


def _in_file(words: tuple[Word, ...], around: Around) -> FoundServer | None:
    """The engine that is started by a script in a file, which these words run."""
    run = _script_file(words, around)
    return None if run is None else _in_script(*run, around)


def _script_file(words: tuple[Word, ...], around: Around) -> tuple[Script, tuple[Word, ...]] | None:
    """The script in a file that these words run, and what it is given."""
    at = 0
    if around.scripts and words and base_name(words[0].text) in POSIX_SHELLS:
        operand = first_operand(words)
        at = len(words) if operand.at is None or operand.is_script else operand.at
    elif words and words[0].text in SOURCING:
        at = 1
    script = around.scripts.get(words[at].text) if at < len(words) else None
    if script is None or around.depth >= _DEEPEST:
        return None
    return script, words[at + 1 :]


def _in_script(script: Script, arguments: tuple[Word, ...], around: Around) -> FoundServer | None:
    """The engine that a script starts, which is given arguments.

    What only forms a cluster for another engine comes last. Several servers of one kind are not
    told apart: the first one is read, as not complete.
    """
    from imagelint.documents.serving.arguments import awaits_more, filled_in

    inner = around.deeper()
    found = [
        start._replace(
            exported=(*command.environment, *start.exported),
            complete=start.complete
            and (around.told_all or not awaits_more(command.words, arguments)),
        )
        for command in _starting(script).among(around.scripts)
        if (start := find_server(filled_in(script, command.words, arguments), inner)) is not None
    ]
    found.sort(key=lambda start: _launches_others(start.engine))
    if not found:
        return None
    alone = len({start.program.span for start in found if start.engine == found[0].engine}) == 1
    return found[0]._replace(complete=found[0].complete and script.readable and alone)


class _Starting(NamedTuple):
    """The commands of a script that may start a server, whatever is around it.

    `others` start one only where their program is a script in a file: by the word that names it.
    """

    commands: tuple[tuple[int, Command], ...]
    others: Mapping[str, tuple[tuple[int, Command], ...]]

    def among(self, files: Iterable[str]) -> Iterator[Command]:
        """Those that may start one where some files are scripts, in the script's order."""
        found = (*self.commands, *(one for name in files for one in self.others.get(name, ())))
        return (command for _, command in sorted(found, key=lambda one: one[0]))


@remembered_lookup_briefly
def _starting(script: Script) -> _Starting:
    from imagelint.documents.serving.arguments import is_argument

    commands: list[tuple[int, Command]] = []
    others: dict[str, tuple[tuple[int, Command], ...]] = {}
    for at, command in enumerate(script.commands):
        words = command.words[unwrap(command.words, fetched=True).start :]
        if any(map(is_argument, command.words)) or _may_start_server(words):
            commands.append((at, command))
        elif words:
            others[words[0].text] = (*others.get(words[0].text, ()), (at, command))
    return _Starting(tuple(commands), others)


def _may_start_server(words: tuple[Word, ...]) -> bool:
    """Whether words may start a server that do not begin with a script in a file."""
    if not words:
        return False
    name = basename(words[0].text).partition("@")[0]
    if name in _RUNNERS or words[0].text in SOURCING or base_name(words[0].text) in POSIX_SHELLS:
        return True
    if name.endswith(".sh") or "entrypoint" in name:
        return True
    return engine_of_program((name, *(word.text for word in words[1:12]))) is not None


def _launches_others(name: str) -> bool:
    return bool(name) and engine(name).traits.launches_others


def run_commands(words: tuple[Word, ...], around: Around) -> Iterator[tuple[Word, ...]]:
    """What words run in the end, through wrappers, shells and scripts."""
    for started in wrapped_commands(words, around):
        yield started.words


class WrappedCommand(NamedTuple):
    """A command that is run in the end, and the words of what was around it, the outermost first.

    Those of a shell are none: what stands in its script is another command line.
    """

    words: tuple[Word, ...]
    wrapping: tuple[Word, ...]


def wrapped_commands(
    words: tuple[Word, ...], around: Around, wrapping: tuple[Word, ...] = ()
) -> Iterator[WrappedCommand]:
    """What words run in the end, with the wrappers that it is run by."""
    start = unwrap(words, fetched=True).start
    wrapping, words = (*wrapping, *words[:start]), words[start:]
    run = _script_file(words, around)
    if run is None and words and basename(words[0].text) in _RUNNERS:
        script = _script_of(words, around.env) if around.depth < _DEEPEST else None
        run = (script, ()) if script is not None else None
        if run is None:
            return
    if run is None:
        if words:
            yield WrappedCommand(words, wrapping)
        return
    from imagelint.documents.serving.arguments import filled_in

    for command in run[0].commands:
        filled, outside = (
            filled_in(run[0], part, run[1]) for part in (command.words, command.wrapping)
        )
        yield from wrapped_commands(filled, around.deeper(), (*wrapping, *outside))


def may_start(words: tuple[Word, ...], env: Mapping[str, Fact[str]], depth: int) -> bool:
    """Whether words that name no server may start one after all: scripts, or unknown programs."""
    words = words[unwrap(words).start :]
    name = basename(words[0].text)
    if not isinstance(words[0].value, Known):
        return True
    if name in _RUNNERS:
        if len(words) == 1:
            return False
        script = _script_of(words, env) if depth < _DEEPEST else None
        if script is None or not script.readable:
            return True
        return any(may_start(c.words, env, depth + 1) for c in script.commands if c.words)
    if name.startswith("python"):
        return any(word.text.endswith(".py") for word in words[1:])
    if name in _OPAQUE or launcher(words) is not None:
        return True
    return name.endswith((".sh", ".py", ".bash")) or "entrypoint" in name


def _script_of(words: tuple[Word, ...], env: Mapping[str, Fact[str]]) -> Script | None:
    """The script of `sh -c TEXT` with every word at its place in the source."""
    found = shell_text(words)
    if found is None:
        return None
    text_word = words[found.at]
    text = text_word.value.value if isinstance(text_word.value, Known) else _inside(text_word.raw)
    from imagelint.documents.shell.read import read_script

    whole = Span(0, len(text))
    script = read_script(text, whole, ScriptRole.START, shell=found.shell, variables=env)
    mapped = map_word(text_word, text)
    # A shell within the shell was read as well: what it runs stands beside it.
    inner = any(command.nested for command in script.commands)
    placed = tuple(
        command._replace(
            words=_placed(command.words, mapped),
            wrapping=_placed(command.wrapping, mapped),
            given=tuple(
                Given(one.at, _placed(one.words, mapped)) for one in command.given if one.words
            ),
            assignments=tuple(_moved(one, mapped) for one in command.assignments),
            exported=Exports.of(_moved(one, mapped) for one in command.exported.variables()),
        )
        for command in script.commands
        if not (inner and command.program in _RUNNERS)
    )
    readable = script.readable and isinstance(text_word.value, Known)
    return script._replace(commands=placed, readable=readable)


def _inside(raw: str) -> str:
    """What is written between quotes or below the head of a block."""
    return raw.partition("\n")[2] if raw.startswith(("|", ">")) else raw.strip("\"'")


def _placed(words: tuple[Word, ...], mapped: MappedText) -> tuple[Word, ...]:
    return tuple(word._replace(span=mapped.place(*word.span)) for word in words)


def _moved(variable: EnvVar, mapped: MappedText) -> EnvVar:
    return variable._replace(
        span=mapped.place(*variable.span),
        name_span=mapped.place(*variable.name_span),
        value_span=mapped.place(*variable.value_span),
    )


def map_word(word: Word, text: str) -> MappedText:
    """The text of a word as it is written in the source.

    Where quotes, escapes and folded lines cannot be undone every place is the whole word.
    """
    written = word.written
    if written is not None and written.text == text:
        return written
    raw, span = word.raw, word.span
    if span.end - span.start == len(text) and text in (raw, raw[1:-1]):
        return MappedText.verbatim(text, span.start)
    from imagelint.documents.yaml.nodes import Scalar
    from imagelint.documents.yaml.text import offsets

    plain = not raw.startswith(("|", ">", '"', "'"))
    return MappedText(text, span, offsets(Scalar(span, text, raw, plain)) or ())
