"""Which engine a container starts, and with which words."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.script import ScriptRole, Word
from imagelint.documents.shell.shells import POSIX_SHELLS, TEXT_RUNNERS, shell_text
from imagelint.documents.shell.wrappers import WRAPPERS, unwrap
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import (
    RecognisedEngine,
    engine_of_flags,
    engine_of_program,
    recognise_image,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Command, Script

_KUBELET = pattern(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_OPAQUE = (".", "source", "eval", "make", "supervisord", "s6-svscan", "runit", "honcho")
_DEEPEST = 3
_RUNNERS = POSIX_SHELLS | TEXT_RUNNERS.keys()
_MOST_SCRIPTS = 8  # entry points that start each other


class Invocation(NamedTuple):
    """An engine that is started.

    `words` are those behind its program, `program` the program's own word (None: the image's entry
    point). `upstream` tells whether the image is the engine's own, `complete` whether all that is
    run was read. `concluded` tells that the engine is only likely: nothing names it. A `worker`
    stands behind the interface of another program.
    """

    engine: str
    words: tuple[Word, ...]
    program: Word | None
    upstream: bool
    complete: bool
    concluded: bool = False
    worker: bool = False


class _Found(NamedTuple):
    engine: str
    words: tuple[Word, ...]
    program: Word
    complete: bool
    worker: bool


def find_invocation(launch: Launch) -> Invocation | None:
    """The engine that a container starts; None when it starts none that is known."""
    recognised = _image_engine(launch)
    words = expand_references(launch)
    found = _find(words, _variables(launch), 0)
    if found is not None:
        if not found.engine:
            return None
        own = recognised is not None and recognised.engine == found.engine and recognised.upstream
        complete = found.complete and _has_all_words(launch)
        return Invocation(
            found.engine, found.words, found.program, own, complete, worker=found.worker
        )
    if launch.engine and launch.appends:
        own = recognised is not None and recognised.engine == launch.engine and recognised.upstream
        return Invocation(launch.engine, words, None, own, _has_all_words(launch))
    if recognised is not None:
        return _by_image(recognised, launch, words)
    if launch.image is None and launch.runtime.owner:
        # Where the runtime is defined elsewhere, so is the image.
        flags = (word.text.partition("=")[0] for word in words)
        if name := engine_of_flags(launch.runtime.owner, flags):
            return Invocation(name, words, None, upstream=False, complete=False)
    return _concluded(launch, words)


def _concluded(launch: Launch, words: tuple[Word, ...]) -> Invocation | None:
    """The engine that is likely by what the container is told, and by what it is called.

    Clients, benchmarks and stand-ins take the same flags; they ask for no accelerator, or end.
    """
    if not isinstance(launch.runtime.gpus, Known) or not launch.runtime.restarts:
        return None
    from imagelint.documents.serving.evidence import (
        behind_program,
        engine_by_choice,
        engine_by_clues,
        engine_by_flags,
    )

    if launch.appends is not False and _looks_appended(words):
        name = engine_by_choice(launch) or engine_by_flags(words) or engine_by_clues(launch)
        return _told(name, launch, words) if name else None
    for command in _commands(words, _variables(launch), 0):
        if name := engine_by_flags(command):
            behind, program = behind_program(command), command[0]
            return Invocation(name, behind, program, upstream=False, complete=False, concluded=True)
    recognised = RecognisedEngine(engine_by_clues(launch), upstream=False)
    found = _by_script(recognised, launch, words) if recognised.engine else None
    return found._replace(concluded=True) if found else None


def _told(name: str, launch: Launch, words: tuple[Word, ...]) -> Invocation:
    """A likely engine behind an entry point that is not seen, and may tell it more than is written.

    Who tells it anything here is taken to tell it all.
    """
    told = bool(words) or any(one.name in engine(name).environment for one in launch.env)
    complete = told and _has_all_words(launch)
    return Invocation(name, words, None, upstream=False, complete=complete, concluded=True)


def commands(launch: Launch) -> Iterator[tuple[Word, ...]]:
    """The commands that a container runs in the end, through wrappers and shells."""
    return _commands(expand_references(launch), _variables(launch), 0)


def _commands(
    words: tuple[Word, ...], env: Mapping[str, Fact[str]], depth: int
) -> Iterator[tuple[Word, ...]]:
    """What words run in the end, through wrappers and shells."""
    words = words[unwrap(words, fetched=True).start :]
    if words and basename(words[0].text) in _RUNNERS:
        script = _script_of(words, env) if depth < _DEEPEST else None
        for command in script.commands if script is not None else ():
            yield from _commands(command.words, env, depth + 1)
    elif words:
        yield words


def _image_engine(launch: Launch) -> RecognisedEngine | None:
    image = launch.image.known if launch.image is not None else None
    found = recognise_image(image) if image is not None else None
    if image is None or found is None:
        return None
    tags = engine(found.engine).tags
    if image.tag:
        return found if fnmatchcase(image.tag, tags) else None
    # A tag that is not known may be one of those that hold no server.
    untagged = launch.image is not None and launch.image.tag is ABSENT
    return found if untagged or tags == "*" else None


def _by_image(
    recognised: RecognisedEngine, launch: Launch, words: tuple[Word, ...]
) -> Invocation | None:
    """The engine of the image when no program is named: its entry point, or a script of theirs."""
    known = engine(recognised.engine)
    if len(words) == 1 and basename(words[0].text) in POSIX_SHELLS:
        return None  # somebody is to type there what it starts
    appends = launch.appends if launch.appends is not None else _looks_appended(words)
    # Flags alone need an entry point that takes them, also where it is not known for certain.
    bare = recognised.bare and not (words and words[0].text.startswith("-"))
    if not appends or bare or known.bare:
        return _by_script(recognised, launch, words)
    if words and words[0].text in known.utilities:
        return None
    # Where the entry point is a program of many commands, the words replace the command as well.
    if known.commands:
        if words and words[0].text not in known.commands:
            return None
        words = words[1:]
    return Invocation(recognised.engine, words, None, recognised.upstream, _has_all_words(launch))


def _by_script(
    recognised: RecognisedEngine, launch: Launch, words: tuple[Word, ...]
) -> Invocation | None:
    """The engine of the image when something else is run that may start it in the end."""
    if recognised.general or not launch.runtime.restarts:
        return None
    opaque = bool(words) and _may_start(words, _variables(launch), 0)
    if (launch.complete or _runs_words(recognised, launch)) and not opaque:
        return None
    return Invocation(recognised.engine, (), None, recognised.upstream, complete=False)


def _runs_words(recognised: RecognisedEngine, launch: Launch) -> bool:
    """Whether an image without an entry point of its own runs what stands here, and nothing else.

    It is the project's own, which says so; of what others build upon it, nobody knows.
    """
    bare = recognised.upstream and (recognised.bare or engine(recognised.engine).bare)
    return bare and launch.appends is True and all(_is_known(word) for word in launch.argv)


def _is_known(word: Word) -> bool:
    return isinstance(word.value, Known)


def _has_all_words(launch: Launch) -> bool:
    """Whether no word can be missing.

    A launch is not complete either when a word's value is unknown, which is judged where the word
    stands, or when a Dockerfile leaves the entry point to an image that may bring one: here it is
    known.
    """
    unknown = not all(map(_is_known, launch.argv))
    inherited = launch.runtime.kind == "image" and launch.appends is True
    return launch.complete or unknown or inherited


def _looks_appended(words: Sequence[Word]) -> bool:
    """Whether words look like arguments for an entry point and not like a command."""
    if not words:
        return True
    first = words[0].text
    if first.startswith("-"):
        return True
    name = basename(first)
    if first.startswith(("/", "./", "../")) or name in POSIX_SHELLS or name in WRAPPERS:
        return False
    if name.startswith("python") or name.endswith((".sh", ".py")):
        return False
    return "/" in first or first == "serve" or len(words) > 1


def _may_start(words: tuple[Word, ...], env: Mapping[str, Fact[str]], depth: int) -> bool:
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
        return any(_may_start(c.words, env, depth + 1) for c in script.commands if c.words)
    if name.startswith("python"):
        return any(word.text.endswith(".py") for word in words[1:])
    return name in _OPAQUE or name.endswith((".sh", ".py", ".bash")) or "entrypoint" in name


def expand_references(launch: Launch) -> tuple[Word, ...]:
    """The words with the kubelet's `$(NAME)` filled in; elsewhere the words as they are."""
    if launch.runtime.kind != "pod":
        return launch.argv
    known = _variables(launch)
    return tuple(_expanded(word, known) for word in launch.argv)


def _expanded(word: Word, env: Mapping[str, Fact[str]]) -> Word:
    """The word with what is known; what is not stays, and is seen as a template by its reader."""
    if not isinstance(word.value, Known) or "$(" not in word.value.value:
        return word

    def fill(match: re.Match[str]) -> str:
        fact = env.get(match[1], ABSENT)
        return fact.value if isinstance(fact, Known) else match[0]

    return word._replace(value=Known(_KUBELET.sub(fill, word.value.value), word.value.span))


def _variables(launch: Launch) -> dict[str, Fact[str]]:
    return {variable.name: variable.value for variable in launch.env}


def _find(words: tuple[Word, ...], env: Mapping[str, Fact[str]], depth: int) -> _Found | None:
    """The first engine that these words start, through wrappers and shells."""
    complete = True
    for _ in range(_MOST_SCRIPTS):
        words = words[unwrap(words, fetched=True).start :]
        if not words:
            return None
        name = basename(words[0].text).partition("@")[0]  # `uvx vllm@0.11.0`
        if name in _RUNNERS:
            return _in_shell(words, env, depth)
        program = engine_of_program((name, *(word.text for word in words[1:12])))
        if program is not None:
            behind = words[program.length :]
            return _Found(program.engine, behind, words[0], complete, program.worker)
        if not (name.endswith(".sh") or "entrypoint" in name):
            return None
        words, complete = words[1:], False
    return None


def _in_shell(words: tuple[Word, ...], env: Mapping[str, Fact[str]], depth: int) -> _Found | None:
    """The engine that is started by the text of `sh -c TEXT`.

    What only forms a cluster for another engine comes last. Several servers of one kind are not
    told apart: the first one is read, as not complete.
    """
    script = _script_of(words, env) if depth < _DEEPEST else None
    if script is None:
        return None
    found = [
        start
        for command in script.commands
        if (start := _find(command.words, env, depth + 1)) is not None
    ]
    found.sort(key=lambda start: _launches_others(start.engine))
    if not found:
        return None
    alone = len({start.program.span for start in found if start.engine == found[0].engine}) == 1
    return found[0]._replace(complete=found[0].complete and script.readable and alone)


def _launches_others(name: str) -> bool:
    return bool(name) and engine(name).traits.launches_others


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
        command._replace(words=_placed(command, mapped))
        for command in script.commands
        if not (inner and command.program in _RUNNERS)
    )
    readable = script.readable and isinstance(text_word.value, Known)
    return script._replace(commands=placed, readable=readable)


def _inside(raw: str) -> str:
    """What is written between quotes or below the head of a block."""
    return raw.partition("\n")[2] if raw.startswith(("|", ">")) else raw.strip("\"'")


def _placed(command: Command, mapped: MappedText) -> tuple[Word, ...]:
    return tuple(word._replace(span=mapped.place(*word.span)) for word in command.words)


def map_word(word: Word, text: str) -> MappedText:
    """The text of a word as it is written in the source.

    A block scalar is written with indentation, a quoted one with quotes: lines are found one after
    another. Where that fails (escapes, folded lines) every place is the whole word.
    """
    raw, start, at = word.raw, word.span.start, 0
    starts: list[int] = []
    if len(raw) != word.span.end - start:
        return MappedText(text, word.span, ())
    for line in text.split("\n"):
        found = raw.find(line, at) if line.strip() else at
        if found < 0:
            return MappedText(text, word.span, ())
        at = found + len(line)
        starts += range(start + found, start + at + 1)  # with the line feed
    return MappedText(text, word.span, starts[: len(text)])
