"""The shell text of RUN, CMD, ENTRYPOINT and HEALTHCHECK, in its place."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.dockerfile.syntax.heredocs import heredoc_word
from imagelint.documents.mapped import MappedText
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.script import Command, Script, ScriptRole, Word
from imagelint.documents.shell.shells import POSIX_SHELLS, base_name, operands, shell_text
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.fact import Fact
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.dockerfile.syntax.lines import LogicalLine

_SHELLS_KEPT = 64  # few are in use
_BREAKS = frozenset(("", *" \t;|&()<>\n"))  # what stands between words


class ScriptContext(NamedTuple):
    """All that a script's meaning depends on, besides its text."""

    text: str
    shell: tuple[str, ...]
    variables: Mapping[str, Fact[str]]
    workdir: str


def read_command(
    instruction: Instruction, line: LogicalLine, around: ScriptContext, role: ScriptRole
) -> Script | None:
    """The script of an instruction in either form; None when there is nothing to run."""
    words = instruction.words[1:] if role is ScriptRole.HEALTHCHECK else instruction.words
    if not words:
        return None
    if instruction.json:
        return _of_words(words, around, role, _mounts(instruction))
    shell = language_of(around.shell)
    if role is ScriptRole.RUN and instruction.heredocs:
        body = _lone_body(instruction, around.text)
        if body is not None:
            return _read(body, around, role, (shell, _mounts(instruction)))
    word = words[0].span
    end = line.end if instruction.heredocs else word.end
    span = Span(word.start, end)
    text, exact = _harmless(line, span, around.text)
    script = _read((text, span), around, role, (shell, _mounts(instruction)))
    return script if exact else script._replace(readable=False, commands=())


def holds_script(words: tuple[Word, ...]) -> bool:
    """Whether the words of SHELL hold a script, which every RUN then runs instead of its own."""
    return shell_text(words[unwrap(words).start :]) is not None


@lru_cache(_SHELLS_KEPT)
def language_of(shell: tuple[str, ...]) -> str:
    """The base name of what reads the text behind the words of SHELL, through wrappers.

    `bash` for `["conda", "run", "-n", "gpu", "/bin/bash", "-c"]`.
    """
    nowhere = Span(0, 0)
    words = [Word(nowhere, part, Known(part)) for part in (*shell, "")]
    start = unwrap(words).start
    found = shell_text(words[start:])
    if found is not None and start + found.at == len(shell):
        return found.shell
    program = words[start] if start < len(shell) else words[0]  # the text itself is no program
    return base_name(program.text).lower() or "sh"


def _read(
    written: tuple[str, Span],
    around: ScriptContext,
    role: ScriptRole,
    how: tuple[str, tuple[str, ...]],
) -> Script:
    from imagelint.documents.shell.read import read_script

    text, span = written
    shell, mounts = how
    return read_script(
        text,
        span,
        role,
        shell=shell,
        variables=around.variables,
        mounts=mounts,
        workdir=around.workdir,
    )


def _lone_body(instruction: Instruction, text: str) -> tuple[str, Span] | None:
    """`RUN <<EOF`: the body is the script. Its text and place."""
    if heredoc_word(instruction.value) is None:
        return None
    heredoc = instruction.heredocs[0]
    span = heredoc.content_span
    body = text[span.start : span.end].replace("\r\n", " \n")
    return body, span


def _harmless(line: LogicalLine, span: Span, text: str) -> tuple[str, bool]:
    """The text of a span with continuations as a shell reads them; not a character moves.

    Comments and blank lines in a continuation become spaces, the escape character a backslash
    right before the line feed. False where a word goes on behind a continuation and there is a
    character that has to be a space, so that the text says something else.
    """
    if _is_plain(line, text):
        return text[span.start : span.end], True
    exact = True
    parts: list[str] = []
    at = span.start
    ends = [*line.starts[1:], len(line.text)]
    for offset, start, end in zip(line.offsets, line.starts, ends, strict=True):
        stop = offset + end - start
        if stop < span.start or offset >= span.end:
            continue
        if offset > at:
            gap = text[at:offset]
            if _in_word(parts[-1][-1:], text[offset : offset + 1]):
                exact = exact and len(gap) % 2 == 0
                parts.append("\\\n" * (len(gap) // 2) + " " * (len(gap) % 2))
            else:
                parts.append(_gap(gap))
            at = offset
        stop = min(stop, span.end)
        parts.append(text[at:stop])
        at = max(at, stop)
    parts.append(text[at : span.end].replace("\r\n", " \n"))
    return "".join(parts), exact


def _is_plain(line: LogicalLine, text: str) -> bool:
    """Whether nothing but backslashes and line feeds stands between the pieces of a line."""
    gaps = line.end - line.offsets[0] - len(line.text)
    if gaps != 2 * (len(line.starts) - 1):  # one of each
        return False
    return not gaps or text.startswith("\\\n", line.offsets[1] - 2)


def _in_word(before: str, after: str) -> bool:
    return before not in _BREAKS and after not in _BREAKS


def _gap(text: str) -> str:
    """Escape character, line feed, comments and blank lines between two pieces of a line."""
    feed = text.index("\n")
    return " " * (feed - 1) + "\\\n" + " " * (len(text) - feed - 1)


def _mounts(instruction: Instruction) -> tuple[str, ...]:
    mounts: list[str] = []
    for flag in instruction.flags_named("mount"):
        options = flag.options()
        target = options.get("target") or options.get("dst") or options.get("destination") or ""
        kind = options.get("type", "bind")
        if kind == "secret" and not target:
            target = f"/run/secrets/{options.get('id', '')}"
        mounts.append(f"{kind}:{target}")
    return tuple(mounts)


def _of_words(
    words: tuple[Word, ...], around: ScriptContext, role: ScriptRole, mounts: tuple[str, ...]
) -> Script:
    """The exec form: one command, or the script that a shell is given."""
    bare = unwrap(words)
    rest = words[bare.start :]
    program = base_name(rest[0].text)
    found = shell_text(rest)
    script = _in_json(rest[found.at], around, role, (found.shell, mounts)) if found else None
    if script is not None:
        return script._replace(operands=operands(rest))
    span = Span(words[0].span.start, words[-1].span.end)
    text = around.text[span.start : span.end]
    assignments = tuple(_assignment(words[at]) for at in bare.assigned)
    wrapping = tuple(words[: bare.start])
    command = Command(span, program, rest, bare.wrappers, assignments, wrapping=wrapping)
    return Script(
        span,
        text,
        role,
        (command,),
        "",
        readable=program not in POSIX_SHELLS,
        mounts=mounts,
        workdir=around.workdir,
    )


def _in_json(
    word: Word, around: ScriptContext, role: ScriptRole, how: tuple[str, tuple[str, ...]]
) -> Script | None:
    """The script that stands in a JSON string; None when it is not known."""
    inner = _json_text(word)
    if inner is not None:
        return _read((inner, Span(word.span.start + 1, word.span.end - 1)), around, role, how)
    if not isinstance(word.value, Known):
        return None
    shell, mounts = how
    return _elsewhere(word.text, word.span, around, role, shell)._replace(mounts=mounts)


def _assignment(word: Word) -> EnvVar:
    """`NAME=value` before the program of `env`, in a JSON string."""
    name, _, text = word.text.partition("=")
    value: Fact[str] = Known(text) if isinstance(word.value, Known) else UNKNOWN
    start, end = word.span.start + 1, word.span.end - 1
    behind = Span(start + len(name) + 1, end)
    return EnvVar(word.span, name, value, EnvOrigin.SHELL, Span(start, behind.start - 1), behind)


def _elsewhere(
    text: str, span: Span, around: ScriptContext, role: ScriptRole, shell: str
) -> Script:
    """A script that is not written character for character: all of it stands at the span."""
    from imagelint.documents.serving.startscript import read_mapped_script

    mapped = MappedText(text, span, ())
    script = read_mapped_script(mapped, role, shell=shell, variables=around.variables, path="")
    return script._replace(workdir=around.workdir)


def _json_text(word: Word) -> str | None:
    """The text inside a JSON string, as long as it is written; None where that cannot be.

    An escaped quote is one character shorter than what is written: a space is put where it
    changes nothing, outside the quotes that the character opens or ends.
    """
    inner = word.raw[1:-1]
    if "\\" not in inner:
        return inner if isinstance(word.value, Known) else None
    if "'" in inner or _OTHER_ESCAPE.search(inner):
        return None
    first, *others = _ESCAPE.split(inner)
    result = first
    inside = False
    for escaped, following in zip(others[::2], others[1::2], strict=True):
        space = _written(escaped, (result[-1:], following[:1]), inside=inside)
        if not space:
            return None
        result += space + following
        inside = inside != (escaped == '"')
    return result


_ESCAPE = pattern(r'\\(["nt])')
_OTHER_ESCAPE = pattern(r'\\[^"nt]')


def _written(escaped: str, around: tuple[str, str], *, inside: bool) -> str:
    """Two characters that are in a shell what a JSON escape stands for; empty: there are none."""
    before, after = around
    if escaped != '"':
        return "" if inside else {"n": " \n", "t": "  "}[escaped]
    if inside:
        return '" ' if after in _BREAKS else ""
    return ' "' if before in _BREAKS else ""
