"""conda, mamba and micromamba."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageIndex, PackageInstall, Requirement
from imagelint.documents.packages.options import bare_text, is_open, sort_words

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Word

_VALUED = frozenset(
    {"-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file", "--solver", "-r"}
    | {"--repodata-fn", "--subdir", "--platform", "--root-prefix", "--rc-file", "--clone"}
    | {"--experimental", "--category", "--channel-priority"}
)
_SPEC = pattern(r"(?:[^:=<>\s]+::)?([A-Za-z0-9_.-]*)\s*(.*)", re.DOTALL)
_EXACT = pattern(r"==?\s*([^=<>!~*|,\s]+)(?:=[^=*]+)?")


def read_conda(command: Command) -> tuple[PackageInstall, ...]:
    """`conda install`, `conda create`, `conda update`, `conda env create` and their kin."""
    words = sort_words(command.arguments, _VALUED)
    texts = [word.text for word in words.operands[:2]]
    length = 2 if texts[:1] == ["env"] else 1
    verb = " ".join(texts[:length])
    if verb not in ("install", "create", "update", "upgrade", "env create", "env update"):
        return ()
    packages = tuple(map(_requirement, words.operands[length:])) if length == 1 else ()
    return (
        PackageInstall(
            command.span,
            command,
            command.program,
            "conda",
            verb,
            packages,
            files=words.values("-f", "--file"),
            indexes=tuple(
                PackageIndex(option.span, "--channel", option.value.value)
                for option in words.options
                if option.name in ("-c", "--channel") and option.value
            ),
            options=words.options,
            assume_yes=length > 1 or words.has("-y", "--yes"),
            upgrade=verb in ("update", "upgrade") and words.has("--all", "-a"),
            complete=words.complete,
        ),
    )


def _requirement(word: Word) -> Requirement:
    """`numpy=1.26`, `conda-forge::numpy==1.26.4=py311_0`, `numpy>=1.26`."""
    text = bare_text(word)
    match = _SPEC.fullmatch(text)
    name, specifier = (match[1].lower(), match[2]) if match else ("", "")
    if is_open(word):
        return Requirement(word.span, word.raw, name, specifier, pinned=UNKNOWN)
    exact = _EXACT.fullmatch(specifier)
    version = exact[1] if exact else ""
    return Requirement(word.span, word.raw, name, specifier, version, Known(value=bool(exact)))
