"""What a container of a pod or a compose service starts: its words, and a script among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.script import Exports, Word
from imagelint.documents.shell.shells import ShellText, operands, shell_text
from imagelint.documents.shell.wrappers import FETCH_BESIDES, program_name, unwrap
from imagelint.documents.yaml.text import contiguous

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command, Script, ScriptRole
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import Scalar


# Programs that fetch files, repositories and models.
_FETCHERS = frozenset(
    (
        *("curl", "wget", "aria2c", "git", "clone", "hf", "huggingface-cli", "modelscope"),
        *("aws", "gsutil", "gcloud", "s5cmd", "rclone", "azcopy", "mc"),
    )
)
# The programs of package managers, which are not imported for the commands of every container.
PACKAGE_PROGRAMS = frozenset(
    (
        *("apk", "apt", "apt-get", "aptitude", "dnf", "dnf5", "microdnf", "tdnf", "yum", "zypper"),
        *("conda", "mamba", "micromamba", "pdm", "pip", "pipx", "pixi", "poetry", "uv", "uvx"),
        *("bun", "bunx", "cargo", "corepack", "gem", "go", "npm", "npx", "pnpm", "pnpx", "yarn"),
    )
)
PACKAGE_MODULES = frozenset(("pdm", "pip", "pipx", "poetry", "uv"))
"""What `python -m` calls them."""


def find_script(words: tuple[Word, ...]) -> ShellText | None:
    """The script that these words run, through wrappers: of `sh -c`, `su -c` and the like."""
    start = unwrap(words).start
    found = shell_text(words[start:])
    return None if found is None else found._replace(at=start + found.at)


def fetching_script(words: tuple[Word, ...], path: str) -> Script | None:
    """A command without a shell as a script of its own, where it fetches something.

    Of the others nobody asks what a script is asked.
    """
    from imagelint.documents.shell.script import Command, Script, ScriptRole

    bare = unwrap(words)
    rest = words[bare.start :]
    name = program_name(rest[0]) if rest else ""
    span = Span(words[0].span.start, words[-1].span.end)
    wrapping = words[: bare.start]
    command = Command(span, name, rest, bare.wrappers, wrapping=wrapping)
    downloads = name in _FETCHERS or (name.startswith("python") and any(map(_fetches, rest)))
    if not downloads and not _installs(command):
        return None
    text = " ".join(word.raw for word in words)
    return Script(span, text, ScriptRole.START, (command,), shell="", path=path)


def _installs(command: Command) -> bool:
    """Whether a command installs packages, or fetches one to start it."""
    by_module = command.program.startswith("python") and any(
        word.text in PACKAGE_MODULES for word in command.arguments
    )
    if (
        not by_module
        and command.program not in PACKAGE_PROGRAMS
        and FETCH_BESIDES.isdisjoint(command.wrappers)
    ):
        return False
    from imagelint.documents.packages.installs import package_installs

    return bool(package_installs(command))


def _fetches(word: Word) -> bool:
    return "download(" in word.text or "from_pretrained(" in word.text


def behind_script(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words behind the text that a shell is given, through wrappers."""
    return operands(words[unwrap(words).start :])


def known_variables(env: tuple[EnvVar, ...]) -> dict[str, Fact[str]]:
    """What a script knows at its start: the variables that are set beside it."""
    return {variable.name: variable.value for variable in env}


def read_mapped_script(
    mapped: MappedText,
    role: ScriptRole,
    *,
    shell: str,
    variables: Mapping[str, Fact[str]],
    path: str,
) -> Script:
    """Read a script that stands in YAML.

    Where it does not stand there character for character (block scalars, escapes) the script's
    `text` is the value, and every span is where that part of the value is written.
    """
    from imagelint.documents.shell.read import read_script

    text = mapped.text
    if mapped.is_verbatim:
        return read_script(text, mapped.span, role, shell=shell, variables=variables, path=path)
    span = Span(0, len(text))
    script = read_script(text, span, role, shell=shell, variables=variables, path=path)
    return cast("Script", _moved(script, mapped, {}))


def _moved(value: object, mapped: MappedText, done: dict[int, Exports]) -> object:
    """The same tree of tuples with every span moved; `done` are the exports that were."""
    if isinstance(value, Span):
        return mapped.place(*value)
    if isinstance(value, MappedText):
        return value.within(mapped)
    if isinstance(value, Exports):
        return value.moved(lambda one: cast("EnvVar", _moved(one, mapped, done)), done)
    if not isinstance(value, tuple):
        return value
    parts = tuple(_moved(part, mapped, done) for part in value)
    make = getattr(value, "_make", None)
    return make(parts) if make else parts


def whole_word(scalar: Scalar, value: Fact[str]) -> Word:
    """A word of which the scalar is all."""
    return Word(contiguous(scalar) or scalar.span, scalar.raw, value)


def unknown_word(place: Cursor) -> Word:
    """A word of which nothing can be said."""
    return Word(place.span, "", UNKNOWN)


def all_known(words: tuple[Word, ...]) -> bool:
    """Whether every word's value is known."""
    return all(isinstance(word.value, Known) for word in words)
