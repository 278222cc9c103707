"""Questions about secrets that a build step mounts: where they are, and which words tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.effects import DECLARING

if TYPE_CHECKING:
    import re

    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Command, Redirect

__all__ = ["MountedSecret", "Tellers", "mounted_secrets"]

# What these print is what they read.
_PRINTING = frozenset(
    {"cat", "echo", "printf", "head", "tail", "cut", "tr", "sed", "awk", "base64", "jq", "grep"}
    | {"tac", "rev", "envsubst", "xargs", "sort", "tee"}
)
_READ = frozenset(("<", "<<", "<<-", "<<<"))
_SUBSTITUTION = pattern(r"\$\(([^()`]*)\)|`([^`]*)`")
_DEEPEST = 8
_TOLD = "\0"


class MountedSecret(NamedTuple):
    """A secret that a step mounts: the file that holds it, and the variable, empty without one.

    https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
    """

    id: str
    path: str
    variable: str


def mounted_secrets(instruction: Instruction) -> tuple[MountedSecret, ...]:
    """The secrets that a RUN mounts."""
    found: list[MountedSecret] = []
    for flag in instruction.flags_named("mount"):
        options = flag.options()
        if options.get("type") != "secret":
            continue
        target = options.get("target") or options.get("dst") or options.get("destination") or ""
        name = options.get("id") or target.rpartition("/")[2]
        variable = options.get("env", "")
        path = target or ("" if variable else f"/run/secrets/{name}")
        found.append(MountedSecret(name, path, variable))
    return tuple(found)


class Tellers:
    """Which words of a script tell a secret; it learns, command by command, what variables hold."""

    __slots__ = ("_carrying", "_paths", "_text", "_variables")

    def __init__(self, secrets: tuple[MountedSecret, ...], text: str) -> None:
        self._paths = {secret.path: secret.id for secret in secrets if secret.path}
        self._variables = {secret.variable: secret.id for secret in secrets if secret.variable}
        self._carrying: dict[int, str] = {}
        self._text = text

    def file(self, written: str) -> str:
        """The secret that a file is, by its path as it is written; empty for other files."""
        return self._paths.get(written.strip("'\""), "")

    def word(self, raw: str) -> str:
        """The secret that a word tells: `"machine a password $(cat /run/secrets/t)"`."""
        if raw[:1] == "'" == raw[-1:]:
            return ""
        return self._in(raw)

    def learn(self, command: Command) -> None:
        """Note what a command sets, and whether what it prints is a secret.

        What it may set to something else, in a branch or a loop, may be the secret as before.
        """
        for variable in command.assignments:
            value = self._text[variable.value_span.start : variable.value_span.end]
            told = self.word(value)
            if told:
                self._variables[variable.name] = told
            elif command.unconditional and (not command.words or command.program in DECLARING):
                self._variables.pop(variable.name, "")
        fed = self.fed(command)
        if command.unconditional and command.program in ("read", "unset"):
            for word in command.arguments:
                self._variables.pop(word.text, "")
        if fed and command.program == "read":
            self._variables.update((word.text, fed) for word in command.arguments)
        printed = self._printed(command, fed)
        self._carrying.pop(command.pipe, "")
        if printed:
            self._carrying[command.pipe] = printed

    def fed(self, command: Command) -> str:
        """The secret that a command gets on its standard input, before it is learnt."""
        through = self._carrying.get(command.pipe, "") if command.stage else ""
        fills = command.program == "envsubst"
        told = (self._redirected(redirect, fills=fills) for redirect in command.redirects)
        return through or next(filter(None, told), "")

    def printing(self, command: Command) -> str:
        """The secret that a command prints, once it is learnt."""
        return self._carrying.get(command.pipe, "")

    def _printed(self, command: Command, fed: str) -> str:
        if command.program not in _PRINTING:
            return ""
        words = command.arguments
        named = (self.file(word.raw) for word in words) if _reads_files(command) else iter(())
        told = next(filter(None, named), "") or next(
            filter(None, (self.word(word.raw) for word in words)), ""
        )
        return told or fed

    def _redirected(self, redirect: Redirect, *, fills: bool) -> str:
        if redirect.operator not in _READ or redirect.target is None:
            return ""
        raw = redirect.target.raw
        if redirect.operator == "<":
            return self.file(raw)
        # What is known has no secret in it: in `<<'EOF'` variables are letters.
        return "" if isinstance(redirect.target.value, Known) and not fills else self._in(raw)

    def _in(self, raw: str) -> str:
        for _ in range(_DEEPEST):
            raw, count = _SUBSTITUTION.subn(self._substituted, raw)
            if not count:
                break
        told = raw.find(_TOLD)
        if told >= 0:
            return raw[told + 1 : raw.index(_TOLD, told + 1)]
        return next((each for name, each in self._variables.items() if _names(name, raw)), "")

    def _substituted(self, match: re.Match[str]) -> str:
        """What a substitution prints if that is a secret: other programs print something else."""
        inner = (match[1] or match[2] or "").strip()
        program, *rest = inner.split() or [""]
        if program.rpartition("/")[2] in _PRINTING or program.startswith("<"):
            words = [program.removeprefix("<"), *rest]
            told = next(filter(None, map(self.file, words)), "") or self._in_words(inner)
            if told and _only_printing(inner):
                return f"{_TOLD}{told}{_TOLD}"
        return ""

    def _in_words(self, inner: str) -> str:
        if _TOLD in inner:
            return inner.split(_TOLD)[1]
        return next((each for name, each in self._variables.items() if _names(name, inner)), "")


def _reads_files(command: Command) -> bool:
    return command.program not in ("echo", "printf", "tr", "xargs", "tee")


def _only_printing(inner: str) -> bool:
    """Whether all programs of a pipeline print what they read: not a checksum, not a request."""
    parts = [part.split() for part in inner.split("|")]
    return all(
        not part or part[0].rpartition("/")[2] in _PRINTING or part[0][:1] == "<" for part in parts
    )


def _names(name: str, raw: str) -> bool:
    at = raw.find(name)
    while at > 0:
        behind = raw[at + len(name) : at + len(name) + 1]
        plain = raw[at - 1] == "$" and not (behind.isalnum() or behind == "_")
        braced = raw[max(0, at - 2) : at] == "${" and behind in ("}", ":", "-", "%", "#", "/")
        dollar = at - 1 - braced
        if (plain or braced) and raw[max(0, dollar - 1) : dollar] != "\\":
            return True  # a dollar that is escaped is a letter
        at = raw.find(name, at + 1)
    return False
