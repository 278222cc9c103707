"""Questions about mounted secrets that a build step writes into its layer."""

from __future__ import annotations

from bisect import bisect_right
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.model import Instruction, start_of
from imagelint.documents.queries.secrets.arguments import arguments_at
from imagelint.documents.queries.secrets.mounted import MountedSecret, Tellers, mounted_secrets
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.secrets.files import credential_file, seldom_secret
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.shell.script import Script, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.shell.script import Command

__all__ = ["KeptSecret", "kept_secrets", "written_credentials"]

_COPYING = frozenset(("cp", "install", "mv", "rsync"))
_REMOVING = frozenset(("rm", "shred", "unlink", "truncate", "find", "trap"))
_WRITING = frozenset((">", ">>", "&>", "&>>", ">|", "1>", "1>>"))
_QUOTES = "'\""
_HOME = pattern(r"^(?:\$HOME|\$\{HOME\}|/root)(?=/|$)")


class KeptSecret(NamedTuple):
    """A secret that stays in the layer: the word that says so, its id, and where it is written.

    `by` are the words of the program that writes a file of its own, empty for any other, `folder`
    the name of the folder that it makes for that, if it does.
    """

    word: Word
    id: str
    target: str
    by: str = ""
    folder: str = ""

    @property
    def certain(self) -> bool:
        """Whether the file is known."""
        return not self.by and "$" not in _path(self.target) and "`" not in self.target


class _Keeper(NamedTuple):
    """A program that writes what it is told into a file.

    `files` are names on the way to that: who removes one of them removes it. `undone_by` are words
    that take it out again.
    """

    words: tuple[str, ...]
    target: str
    files: tuple[str, ...]
    undone_by: tuple[str, ...] = ()


# Where they keep it: the documentation of each.
_KEEPERS = (
    _Keeper(
        ("git", "config"),
        "~/.gitconfig",
        (".gitconfig", "gitconfig", ".git"),
        ("--unset", "--unset-all", "--remove-section"),
    ),
    _Keeper(("git", "clone"), ".git/config", (".git",), ("set-url", "remove")),
    _Keeper(("git", "remote"), ".git/config", (".git",), ("set-url", "remove")),
    _Keeper(("npm", "config"), "~/.npmrc", (".npmrc",), ("delete", "rm")),
    _Keeper(("npm", "set"), "~/.npmrc", (".npmrc",), ("delete", "rm")),
    _Keeper(("pnpm", "config"), "~/.npmrc", (".npmrc",), ("delete",)),
    _Keeper(("yarn", "config"), "~/.yarnrc", (".yarnrc",), ("delete", "unset")),
    _Keeper(("pip", "config"), "~/.config/pip/pip.conf", ("pip.conf", ".config"), ("unset",)),
    _Keeper(("pip3", "config"), "~/.config/pip/pip.conf", ("pip.conf", ".config"), ("unset",)),
    _Keeper(("poetry", "config"), "~/.config/pypoetry/auth.toml", ("pypoetry",), ("--unset",)),
    _Keeper(("bundle", "config"), "~/.bundle/config", (".bundle",), ("unset", "--delete")),
    _Keeper(("composer", "config"), "auth.json", ("auth.json", ".composer"), ("--unset",)),
    _Keeper(
        ("cargo", "login"), "~/.cargo/credentials.toml", (".cargo", "credentials.toml"), ("logout",)
    ),
    _Keeper(("docker", "login"), "~/.docker/config.json", (".docker",), ("logout",)),
    _Keeper(("helm", "registry"), "~/.config/helm", (".config", "helm"), ("logout",)),
    _Keeper(("aws", "configure"), "~/.aws/credentials", (".aws",)),
    _Keeper(("gh", "auth"), "~/.config/gh/hosts.yml", (".config", "gh"), ("logout",)),
    _Keeper(
        ("huggingface-cli", "login"), "~/.cache/huggingface/token", ("token", ".cache"), ("logout",)
    ),
    _Keeper(("hf", "auth"), "~/.cache/huggingface/token", ("token", ".cache"), ("logout",)),
    _Keeper(("wandb", "login"), "~/.netrc", (".netrc",)),
    _Keeper(("ngc", "config"), "~/.ngc/config", (".ngc",)),
    _Keeper(("go", "env"), "~/.config/go/env", (".config",)),
)
_BY_WORDS = {keeper.words: keeper for keeper in _KEEPERS}
_PROGRAMS = frozenset(keeper.words[0] for keeper in _KEEPERS)
_MOST_PATTERNS = 100


def kept_secrets(document: Document, instruction: Instruction) -> tuple[KeptSecret, ...]:
    """The mounted secrets that a RUN leaves in its layer; none where its script is not readable."""
    secrets = mounted_secrets(instruction) if instruction.keyword == "RUN" else ()
    return _kept(document, instruction, secrets)


def written_credentials(
    document: Document, instruction: Instruction
) -> Iterator[tuple[KeptSecret, str]]:
    """The build arguments that a RUN leaves in files of credentials, and the kind of each file."""
    stage = enclosing_stage(document, instruction.span)
    names = arguments_at(document, stage, instruction.span) if stage is not None else ()
    arguments = tuple(MountedSecret(name, "", name) for name in names)
    for kept in _kept(document, instruction, arguments):
        kind = "" if kept.by else credential_file(kept.target)
        if kind and (is_secret_name(kept.id) or not seldom_secret(kind)):
            yield kept, kind


def _kept(
    document: Document, instruction: Instruction, secrets: tuple[MountedSecret, ...]
) -> tuple[KeptSecret, ...]:
    script = document.derived(_scripts).get(instruction.span.start) if secrets else None
    if script is None or not script.readable:
        return ()
    tellers = Tellers(secrets, document.source.text)
    mounts = [mount.partition(":")[2] for mount in script.mounts]
    mounts += [secret.path for secret in secrets if secret.path]
    found: list[tuple[int, KeptSecret]] = []
    for number, command in enumerate(script.commands):
        written = _written(command, tellers)
        found += [(number, kept) for kept in written if not _is_elsewhere(kept.target, mounts)]
    if not found:
        return ()
    removals = _Removals(script)
    return tuple(kept for number, kept in found if not removals.undo(kept, number))


def _scripts(document: Document) -> dict[int, Script]:
    """The script of each instruction, by where the instruction begins."""
    instructions = document.nodes_of(Instruction)
    found: dict[int, Script] = {}
    for script in document.nodes_of(Script):
        at = bisect_right(instructions, script.span.start, key=start_of) - 1
        if at >= 0 and instructions[at].span.covers(script.span):
            found[instructions[at].span.start] = script
    return found


def _written(command: Command, tellers: Tellers) -> Iterator[KeptSecret]:
    """What a command writes; it is learnt on the way."""
    fed = tellers.fed(command)
    tellers.learn(command)
    printed = tellers.printing(command)
    if printed:
        for redirect in command.redirects:
            if redirect.operator in _WRITING and redirect.target is not None:
                yield KeptSecret(redirect.target, printed, redirect.target.raw.strip(_QUOTES))
    if command.program == "tee" and fed:
        for word in _operands(command):
            yield KeptSecret(word, fed, word.raw.strip(_QUOTES))
    elif command.program in _COPYING:
        yield from _copied(command, tellers)
    elif command.program in ("sed", "perl") and command.has_flag("-i", "--in-place"):
        yield from _edited(command, tellers)
    else:
        yield from _kept_by_program(command, tellers, fed)


def _operands(command: Command) -> tuple[Word, ...]:
    return tuple(word for word in command.arguments if not word.text.startswith("-"))


def _copied(command: Command, tellers: Tellers) -> Iterator[KeptSecret]:
    words = _operands(command)
    for word in words[:-1]:
        secret = tellers.file(word.raw)
        if secret:
            target = words[-1].raw.strip(_QUOTES)
            name = word.text.rpartition("/")[2]
            folder = target.endswith("/")
            yield KeptSecret(words[-1], secret, f"{target}{name}" if folder else target)


def _edited(command: Command, tellers: Tellers) -> Iterator[KeptSecret]:
    words = _operands(command)
    secret = next(filter(None, (tellers.word(word.raw) for word in command.arguments)), "")
    if secret and len(words) > 1:
        yield KeptSecret(words[-1], secret, words[-1].raw.strip(_QUOTES))


def _kept_by_program(command: Command, tellers: Tellers, fed: str) -> Iterator[KeptSecret]:
    plain = [word.text for word in _operands(command)][:1]
    keeper = _BY_WORDS.get((command.program, *plain))
    if keeper is None or any(word.text in ("--unset", "logout") for word in command.arguments):
        return
    told = ((word, tellers.word(word.raw)) for word in command.arguments)
    word, secret = next((pair for pair in told if pair[1]), (command.words[0], fed))
    if secret:
        folder = ""
        if keeper.words == ("git", "clone"):
            folder = _path(command.words[-1].text).rpartition("/")[2].removesuffix(".git")
        yield KeptSecret(word, secret, keeper.target, " ".join(keeper.words), folder)


def _is_elsewhere(target: str, mounts: list[str]) -> bool:
    """Whether a file is no part of the layer: a device, or in a mount."""
    if target.startswith(("/dev/", "/proc/", "&")):
        return True
    absolute = target.replace("~", "/root", 1) if target.startswith("~") else target
    return any(mount and f"{absolute}/".startswith(f"{mount.rstrip('/')}/") for mount in mounts)


class _Removals:
    """What the commands of a script remove, and where for the last time, read once."""

    __slots__ = ("_paths", "_patterns", "_segments", "_told")

    def __init__(self, script: Script) -> None:
        self._paths: dict[str, int] = {}
        self._segments: dict[str, int] = {}
        self._patterns: dict[str, int] = {}
        self._told: dict[tuple[str, str], int] = {}
        for number, command in enumerate(script.commands):
            if command.program in _REMOVING:
                # A trap is set before, and does its work at the end.
                at = len(script.commands) if command.program == "trap" else number
                for word in command.arguments:
                    self._remove(word.raw, at)
            elif command.program in _PROGRAMS:
                self._told.update({(command.program, w.text): number for w in command.arguments})
            for redirect in command.redirects:
                if redirect.operator == ">" and redirect.target is not None:
                    _later(self._paths, _path(redirect.target.raw), number)

    def undo(self, kept: KeptSecret, number: int) -> bool:
        """Whether something behind the command of that number removes what it has written."""
        if kept.by:
            return self._last_undone(_BY_WORDS[tuple(kept.by.split())], kept.folder) > number
        path = _path(kept.target)
        parts = path.split("/")
        around = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        inside = ("/".join(parts[count:]) for count in range(1, len(parts)))
        if any(self._paths.get(each, -1) > number for each in (*around, *inside) if each):
            return True
        return any(at > number and fnmatchcase(path, each) for each, at in self._patterns.items())

    def _remove(self, written: str, at: int) -> None:
        for part in written.split():
            path = _path(part)
            _later(self._paths, path, at)
            for segment in path.split("/"):
                _later(self._segments, segment, at)
            if "*" in path and len(self._patterns) < _MOST_PATTERNS:
                self._patterns[path] = at

    def _last_undone(self, keeper: _Keeper, folder: str) -> int:
        removed = (self._segments.get(each, -1) for each in (*keeper.files, folder) if each)
        told = (self._told.get((keeper.words[0], each), -1) for each in keeper.undone_by)
        return max((*removed, *told), default=-1)


def _later(places: dict[str, int], key: str, at: int) -> None:
    places[key] = max(at, places.get(key, at))


def _path(written: str) -> str:
    return _HOME.sub("~", written.strip(_QUOTES).rstrip("/"))
