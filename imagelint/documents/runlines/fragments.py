"""The shell text of a file, and the commands in it that run containers and build images."""

from __future__ import annotations

import re
from collections import ChainMap
from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.runlines.handed import hands_documents
from imagelint.documents.runlines.signing import SIGNER, SIGNING
from imagelint.documents.runlines.values import mapped_word
from imagelint.documents.serving.startscript import read_mapped_script
from imagelint.documents.shell.read import LONGEST
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import POSIX_SHELLS
from imagelint.documents.shell.wrappers import program_name, unwrap
from imagelint.knowledge.containers.build_flags import BAKE_VERBS, BUILD_VERBS
from imagelint.knowledge.containers.run_flags import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence

    from imagelint.documents.mapped import MappedText
    from imagelint.documents.shell.script import Command, Word

_SPOKEN = frozenset(
    tuple(verb.split())
    for verbs in (*VERBS.values(), *BUILD_VERBS.values(), *BAKE_VERBS.values())
    for verb in verbs
) | {(SIGNING,)}
_PROGRAMS = (*dict.fromkeys((*VERBS, *BUILD_VERBS)), SIGNER)
# Before the command of a recipe a dash may stand, as in `-docker run`.
_PROGRAM = pattern(rf"(?<![\w.])(?<![\w.-]-)(?:{'|'.join(_PROGRAMS)})(?![\w.-])")
# A program that has the name of a variable: `$(DOCKER) run`, `"${ENGINE:-podman}" run`.
_CALLED = pattern(r"\$(?:[A-Za-z_]\w*|[({][A-Za-z_]\w*(?::?-\w{1,40})?[)}])\"?(?=[ \t])", re.ASCII)
_COMMENT = pattern(r"[ \t]*#")
_EXPANSION = pattern(
    r"(?<!\\)\$(?:(?P<plain>[A-Za-z_]\w*|[1-9])"
    r"|\{(?P<name>[A-Za-z_]\w*|[1-9])(?P<default>:?[-=][^}])?)",
    re.ASCII,
)
_FUNCTION = pattern(r"^\s*(?:function\s+[\w-]+|[\w-]+\s*\(\))", re.MULTILINE)
_VALUED_OF_SSH = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOoPpRSWw")
_DEEPEST = 3
_FARTHEST = 400
"""Characters between a program and its verb: global flags, continuations."""


class Fragment(NamedTuple):
    """Shell text somewhere in a file: a recipe, a step, all of a script."""

    text: MappedText
    shell: str = "bash"
    variables: MutableMapping[str, Fact[str]] | None = None
    path: str = ""


def concerns_containers(text: str) -> bool:
    """Whether a line that runs a container, or builds an image, stands in a text, or a manifest.

    What stands in a comment does not count.
    """
    if hands_documents(text):
        return True
    if not any(program in text for program in _PROGRAMS):
        return False
    return _is_called(_PROGRAM, text) or ("$" in text and _is_called(_CALLED, text))


def _is_called(program: re.Pattern[str], text: str) -> bool:
    """Whether one of our verbs follows a program, which no comment names."""
    begin = behind = 0
    for match in program.finditer(text):
        begin = text.rfind("\n", behind, match.start()) + 1 or begin
        behind = match.end()
        if not _COMMENT.match(text, begin) and _has_verb(text, match):
            return True
    return False


def _has_verb(text: str, program: re.Match[str]) -> bool:
    words = text[program.end() : program.end() + _FARTHEST].replace("\\\n", " ").split()
    valued = False
    for word, following in pairwise((*words, "")):
        if word.startswith("-"):
            valued = "=" not in word
        elif (word,) in _SPOKEN or (word, following) in _SPOKEN:
            return True
        elif not valued:
            return False
        else:
            valued = False
    return False


def commands(fragment: Fragment) -> Iterator[Command]:
    """The commands of a text, in source order, where some may be of ours.

    Raises:
        DocumentError: the text is too large, or none of its commands can be told.
    """
    text = fragment.text.text
    if not concerns_containers(text):
        return
    if len(text) > LONGEST:
        message = f"a script of more than {LONGEST:,} characters is not examined"
        raise DocumentError(ProblemKind.TOO_LARGE, message, fragment.text.place(0, 1))
    script = read_mapped_script(
        fragment.text,
        ScriptRole.START,
        shell=fragment.shell,
        variables=ChainMap(fragment.variables or {}, defaults(text)),
        path=fragment.path,
    )
    ours = False
    for command in script.commands:
        for one in _on_host(command, 0):
            ours = ours or one.program in _PROGRAMS or bool(one.redirects)
            yield one
    # The grammar loses its way in some scripts that a shell takes, and finds the lines even so.
    if not (script.readable or ours):
        message = "this is no shell text that can be read: what it runs is not examined"
        raise DocumentError(ProblemKind.UNPARSABLE, message, fragment.text.place(0, 1))


def _on_host(command: Command, depth: int) -> Iterator[Command]:
    """The commands that another host is told to run, or the command itself."""
    if command.program != "ssh" or depth == _DEEPEST:
        yield command
        return
    at = 1
    while at < len(command.words) and command.words[at].text[:1] == "-":
        at += 2 if command.words[at].text in _VALUED_OF_SSH else 1
    told = command.words[at + 1 :]
    body = _handed(command)
    if body is not None and (not told or _reads_input(told)):
        told = (body,)
    if len(told) != 1:
        bare = unwrap(told)
        words = told[bare.start :]
        if words:
            yield command._replace(program=program_name(words[0]), words=words)
        return
    text = mapped_word(told[0]).mapped
    script = read_mapped_script(text, ScriptRole.START, shell="sh", variables={}, path="")  # noqa: S604 - nothing is run
    for inner in script.commands:
        yield from _on_host(inner, depth + 1)


def _handed(command: Command) -> Word | None:
    """The here-document that a command is handed."""
    bodies = [one.target for one in command.redirects if one.operator.startswith("<<")]
    return bodies[-1] if bodies else None


def _reads_input(words: Sequence[Word]) -> bool:
    """Whether a shell is told to run what it is handed: `bash -s`."""
    said = " ".join(word.text for word in words).split()
    return said[0] in POSIX_SHELLS and set(said[1:]) <= {"-s", "-l", "-e", "-x", "--"}


def defaults(text: str) -> dict[str, Fact[str]]:
    """The variables that a script asks for first with a default: `NAME=${NAME:-value}`.

    Who runs the script without further ado gets the default.
    """
    first: dict[str, bool] = {}
    for match in _EXPANSION.finditer(text):
        first.setdefault(match["plain"] or match["name"], match["default"] is not None)
    asked = {name for name, has_default in first.items() if has_default}
    if _FUNCTION.search(text):
        asked = {name for name in asked if not name.isdigit()}  # it may be a function's own
    return dict.fromkeys(sorted(asked), ABSENT)
