"""Which engine a container starts, and with which words."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.serving.programs import (
    Around,
    find_server,
    may_start,
    run_commands,
    wrapped_commands,
)
from imagelint.documents.serving.unset import unset_variables
from imagelint.documents.shell.shells import (
    POSIX_SHELLS,
)
from imagelint.documents.shell.wrappers import WRAPPERS
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import (
    RecognisedEngine,
    engine_of_flags,
    recognise_image,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.serving.programs import WrappedCommand
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Word

_KUBELET = pattern(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_MOST_FILLED_IN = 1_000_000
"""Characters of the values that are filled into the words of one command line."""


class Invocation(NamedTuple):
    """An engine that is started.

    `words` are those behind its program, `program` the program's own word (None: the image's entry
    point). `upstream` tells whether the image is the engine's own, `complete` whether all that is
    run was read. `exported` are the variables that the scripts set for it which start it,
    `concluded` tells that the engine is only likely: nothing names it. A `worker`
    stands behind the interface of another program.
    """

    engine: str
    words: tuple[Word, ...]
    program: Word | None
    upstream: bool
    complete: bool
    concluded: bool = False
    worker: bool = False
    exported: tuple[EnvVar, ...] = ()


def find_invocation(launch: Launch) -> Invocation | None:
    """The engine that a container starts; None when it starts none that is known."""
    recognised = _image_engine(launch)
    words = expand_references(launch)
    found = find_server(words, _around(launch))
    if found is not None:
        if not found.engine:
            return None
        own = recognised is not None and recognised.engine == found.engine and recognised.upstream
        complete = found.complete and _has_all_words(launch)
        return Invocation(
            found.engine,
            found.words,
            found.program,
            own,
            complete,
            worker=found.worker,
            exported=found.exported,
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
    for command in run_commands(words, _around(launch)):
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
    """The commands that a container runs in the end, through wrappers, shells and scripts."""
    return run_commands(expand_references(launch), _around(launch))


def wrapped(launch: Launch) -> Iterator[WrappedCommand]:
    """The same commands, each with the wrappers that it is run by."""
    return wrapped_commands(expand_references(launch), _around(launch))


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
    # Flags alone need an entry point that takes them, be there one or not.
    bare = (recognised.bare or known.bare) and not (words and words[0].text.startswith("-"))
    if not appends or bare:
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
    opaque = bool(words) and may_start(words, _variables(launch), 0)
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


def expand_references(launch: Launch) -> tuple[Word, ...]:
    """The words with the kubelet's `$(NAME)` filled in; elsewhere the words as they are."""
    if launch.runtime.kind != "pod":
        return launch.argv
    known = _variables(launch)
    words: list[Word] = []
    room = _MOST_FILLED_IN
    for word in launch.argv:
        filled = _expanded(word, known, room)
        room -= len(filled.text) - len(word.text)
        words.append(filled)
    return tuple(words)


def _expanded(word: Word, env: Mapping[str, Fact[str]], most: int) -> Word:
    """The word with what is known; what is not stays, and is seen as a template by its reader.

    So does all of it where it would become longer by more than `most` characters.
    """
    if not isinstance(word.value, Known) or "$(" not in word.value.value:
        return word
    facts = [env.get(name) for name in _KUBELET.findall(word.value.value)]
    if sum(len(fact.value) for fact in facts if isinstance(fact, Known)) > most:
        return word

    def fill(match: re.Match[str]) -> str:
        fact = env.get(match[1], ABSENT)
        return fact.value if isinstance(fact, Known) else match[0]

    return word._replace(value=Known(_KUBELET.sub(fill, word.value.value), word.value.span))


def _around(launch: Launch) -> Around:
    """What the words of a container mean: with its variables, and scripts that know theirs."""
    texts = "\n".join(word.raw for word in launch.argv if "$" in word.raw)
    unset = unset_variables(texts, launch.image, launch.env, complete=launch.env_complete)
    # Who starts an image may give its entry point words of their own.
    written = launch.appends is False and launch.runtime.kind != "image"
    told_all = written and launch.complete and not launch.more_words
    return Around({**unset, **_variables(launch)}, launch.scripts, told_all=told_all)


def _variables(launch: Launch) -> dict[str, Fact[str]]:
    return {variable.name: variable.value for variable in launch.env}
