"""Questions about how a check ends: whether it can fail at all."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.packages.options import sort_words
from imagelint.documents.queries.downloadvalues import CURL_VALUES
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import base_name, shell_text
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from imagelint.documents.runtime.probe import CheckCommand
    from imagelint.documents.shell.script import Command, Script, Word

_FAILING = ("-f", "--fail", "--fail-with-body", "--fail-early")
# Who looks at the answer needs no failure of curl.
_SHOWN = ("-w", "--write-out")
CONNECTIONS = ("/dev/tcp/", "/dev/udp/")
"""Files of bash that are connections: gnu.org/software/bash/manual, Redirections."""
_BRACKETS = re.compile(r"[$<>]?\(|[)`]")
_GROUPS = re.compile(r"(&&\s*)?[({]|[)}]")
_CONTROL = frozenset({"if", "case", "while", "until", "for", "trap", "test", "[", "[[", "set"})
_UNCHECKED = ("requests.get(", "requests.head(", "httpx.get(")
_CHECKED = ("raise_for_status", "status_code", ".ok", "assert", "exit", "is_success")


def never_fails(check: CheckCommand) -> str:
    """Why a check always says that all is well, whatever happens; empty where it may fail."""
    script = check_script(check)
    if script is None:
        bare = check.words[unwrap(check.words).start :]
        return _by_itself(bare) if bare and not check.in_shell else ""
    substituted = _substituted(script)
    commands = [one for one in script.commands if one.span not in substituted]
    if not script.readable or not commands or _may_fail_to_open(commands[-1]):
        return ""
    if len(script.commands) == 1:
        return _by_itself(commands[0].words)
    return _ending(script, *commands[-2:]) if len(commands) > 1 else ""


def ignores_answer(check: CheckCommand) -> str:
    """The program that succeeds whatever the server answers; empty where none does."""
    script = check_script(check)
    if script is None:
        bare = check.words[unwrap(check.words).start :]
        return _ignoring(bare) if bare and not check.in_shell else ""
    if not script.readable or _is_controlled(script):
        return ""
    piped = Counter(command.pipe for command in script.commands)
    substituted = _substituted(script)
    for command in script.commands:
        # What a pipe or a substitution takes is looked at by somebody else.
        if piped[command.pipe] == 1 and command.span not in substituted:
            found = _ignoring(command.words)
            if found:
                return found
    return ""


def check_script(check: CheckCommand) -> Script | None:
    """The script that a check runs, None for a program without a shell.

    `shell` is the one that is named, and `sh` where none is.
    """
    from imagelint.documents.shell.read import read_script

    if not check.words:
        return None
    bare = check.words[unwrap(check.words).start :]
    found = shell_text(bare) if bare and not check.in_shell else None
    if not check.in_shell and found is None:
        return None
    text = check.words[0].text if found is None else bare[found.at].text
    script = read_script(text, Span(0, len(text)), ScriptRole.HEALTHCHECK)
    return script if found is None else script._replace(shell=found.shell)


def _is_controlled(script: Script) -> bool:
    """Whether conditions decide what a script tells, which are not followed."""
    words = set(script.text.replace(";", " ").replace("(", " ").split())
    return not _CONTROL.isdisjoint(words) or _exits_with_failure(script)


def _exits_with_failure(script: Script) -> bool:
    """Whether a script ends with a status of its own elsewhere than behind `||`."""
    commands = sorted(script.commands, key=lambda one: one.span.end)
    ends = [one.span.end for one in commands]
    for command in commands:
        if command.program in ("exit", "return") and _status(command) != "0":
            at = bisect_right(ends, command.span.start)
            if at == 0 or "||" not in _joint(script, commands[at - 1], command):
                return True
    return False


def _may_fail_to_open(command: Command) -> bool:
    """Whether a command reads a file, or uses a connection: `echo > /dev/tcp/localhost/80`."""
    return any(
        one.operator.lstrip("0123456789") in ("<", "<>") or one.target.text.startswith(CONNECTIONS)
        for one in command.redirects
        if one.target is not None and one.target.text != "/dev/null"
    )


def _status(command: Command) -> str:
    return command.arguments[0].text if command.arguments else ""


def _ending(script: Script, before: Command, last: Command) -> str:
    """What makes the end of a script, its last two commands, succeed whatever was before it."""
    if _is_controlled(script) or not _succeeds(last.words) or _is_conditional(last, script):
        return ""
    joint = _joint(script, before, last)
    text = " ".join(word.raw for word in last.words)
    if "||" in joint:
        return f"|| {text}"
    return "" if "&&" in joint or "|" in joint else text


def _joint(script: Script, first: Command, second: Command) -> str:
    """What is written between two commands."""
    return script.text[first.span.end : second.span.start]


def _is_conditional(command: Command, script: Script) -> bool:
    """Whether a command is in a group that runs only after a success: `a && (b || c)`."""
    opened: list[bool] = []
    for found in _GROUPS.finditer(script.text, 0, command.span.start):
        if found[0] in ")}":
            del opened[-1:]
        else:
            opened.append(found[1] is not None)
    return any(opened)


def _substituted(script: Script) -> frozenset[Span]:
    """The commands in substitutions, wherever in them: of their ends others make something."""
    opened: list[str] = []
    found: list[Span] = []
    brackets = _BRACKETS.finditer(script.text)
    bracket = next(brackets, None)
    for command in sorted(script.commands, key=lambda one: one.span.start):
        while bracket is not None and bracket.start() < command.span.start:
            if bracket[0] == ")" or (bracket[0] == "`" and "`" in opened):
                del opened[-1:]
            else:
                opened.append(bracket[0])
            bracket = next(brackets, None)
        if any(one != "(" for one in opened):
            found.append(command.span)
    return frozenset(found)


def _succeeds(words: tuple[Word, ...]) -> bool:
    """Whether a command succeeds whatever happens."""
    program = base_name(words[0].text) if words else ""
    if program == "exit":
        return len(words) == 2 and words[1].text == "0"  # noqa: PLR2004 - with its status
    return program in ("true", ":", "echo", "printf")


def _by_itself(words: tuple[Word, ...]) -> str:
    """The one command of a check, where that always succeeds."""
    return " ".join(word.text for word in words) if _succeeds(words) else ""


def _ignoring(words: tuple[Word, ...]) -> str:
    program = base_name(words[0].text) if words else ""
    if program == "curl":
        found = sort_words(words[1:], CURL_VALUES)
        addressed = bool(found.operands or list(found.values("--url")))
        over_http = not any("://" in one.text and "http" not in one.text for one in found.operands)
        if addressed and over_http and found.complete and not found.has(*_FAILING, *_SHOWN):
            return "curl"
    elif program.startswith("python"):
        code = " ".join(word.text for word in words[1:])
        if any(name in code for name in _UNCHECKED) and not any(one in code for one in _CHECKED):
            return program
    return ""
