"""conda, mamba and micromamba, and pixi."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageIndex, PackageInstall, Requirement
from imagelint.documents.packages.options import bare_text, is_open
from imagelint.documents.packages.packagemanager import Cache, Ecosystem, Lock, Manager, Pin, Run
from imagelint.documents.packages.pep508 import read_requirement

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.packages.options import ParsedOptions
    from imagelint.documents.packages.packagemanager import Call
    from imagelint.documents.shell.script import Word

_VALUED = frozenset(
    {"-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file", "--solver", "-r"}
    | {"--repodata-fn", "--subdir", "--platform", "--root-prefix", "--rc-file", "--clone"}
    | {"--experimental", "--category", "--channel-priority"}
)
_VALUED_BY_PIXI = frozenset(
    {"-c", "--channel", "-e", "--environment", "-f", "--feature", "-p", "--platform", "--index"}
    | {"-g", "--git", "--branch", "--tag", "--rev", "-s", "--subdir", "-w", "--workspace"}
    | {"--manifest-path", "--expose", "--with", "--path", "--color", "--auth-file"}
    | {"--pinning-strategy", "--pypi-keyring-provider", "--concurrent-downloads"}
    | {"--concurrent-solves", "--skip", "--only"}
)
_SPEC = pattern(r"(?:([^:=<>\s]+)::)?([A-Za-z0-9_.-]*)\s*(.*)", re.DOTALL)
# `nvidia/label/cuda-12.4.1`: https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#conda
_LABEL = pattern(r"/label/[^/]*\d+\.\d+")
_OF_CUDA = ("cuda", "libcu", "libnv", "nvidia-")
_FROM_FILES = ("env create", "env update")
_FROM_PIXI_LOCK = ("install", "i")
_EXACT = pattern(r"==?\s*([^=<>!~*|,\s]+)(?:=[^=*]+)?")


def _read(call: Call) -> tuple[PackageInstall, ...]:
    """`conda install`, `conda create`, `conda update`, `conda env create` and their kin."""
    words = call.words
    verb, operands = words.verb((*_FROM_FILES, *call.manager.installs))
    if not verb:
        return ()
    from_files = verb in _FROM_FILES
    indexes = tuple(
        PackageIndex(option.span, "--channel", option.value.value)
        for option in words.options
        if option.name in ("-c", "--channel") and option.value
    )
    return (
        PackageInstall(
            call.command.span,
            call.command,
            call.manager,
            verb,
            () if from_files else tuple(_requirement(operand, indexes) for operand in operands),
            files=words.values("-f", "--file"),
            indexes=indexes,
            options=words.options,
            # It asks, and takes the end of its input for its default, which is yes:
            # https://github.com/conda/conda/blob/main/conda/reporters.py (confirm)
            assume_yes=True,
            upgrade=verb in ("update", "upgrade") and words.has("--all", "-a"),
            complete=words.complete,
        ),
    )


def _read_pixi(call: Call) -> tuple[PackageInstall, ...]:
    """`pixi add` and `pixi global install`, and `pixi install` of what `pixi.lock` holds."""
    words, manager = call.words, call.manager
    verb, operands = words.verb((*_FROM_PIXI_LOCK, *manager.installs, *manager.upgrades))
    if not verb or words.has("--no-install", "--dry-run"):
        return ()
    named = operands if verb in manager.installs else ()
    return (
        PackageInstall(
            call.command.span,
            call.command,
            manager,
            verb,
            tuple(_pixi_requirement(word, words) for word in named),
            options=words.options,
            assume_yes=True,
            upgrade=verb in manager.upgrades and not operands,
            locked=words.has(*manager.lock.options),
            complete=words.complete,
        ),
    )


def _pixi_requirement(word: Word, words: ParsedOptions) -> Requirement:
    """As conda writes one, with `--pypi` as pip does; of a repository no version is known."""
    if words.has("--git", "-g"):
        return Requirement(word.span, word.raw, "", pinned=UNKNOWN)
    if words.has("--pypi"):
        found = read_requirement(bare_text(word), word.span, word.raw)
        return found or Requirement(word.span, word.raw, "", pinned=UNKNOWN)
    return _requirement(word, ())


def _requirement(word: Word, channels: tuple[PackageIndex, ...]) -> Requirement:
    """As it stands on a command line."""
    found = match_spec(bare_text(word), word.span, word.raw, channels)
    return found._replace(version="", pinned=UNKNOWN) if is_open(word) else found


def _exec_requirement(word: Word) -> Requirement:
    return _requirement(word, ())


def match_spec(text: str, span: Span, raw: str, channels: tuple[PackageIndex, ...]) -> Requirement:
    """`numpy=1.26`, `conda-forge::numpy==1.26.4=py311_0`, `numpy>=1.26`.

    https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html
    """
    match = _SPEC.fullmatch(text)
    channel, name, specifier = (
        (match[1] or "", match[2].lower(), match[3]) if match else ("", "", "")
    )
    exact = _EXACT.fullmatch(specifier)
    version = exact[1] if exact else ""
    pinned = bool(exact) or (not specifier and _is_labelled(name, channel, channels))
    return Requirement(span, raw, name, specifier, version, Known(value=pinned))


def _is_labelled(name: str, channel: str, channels: tuple[PackageIndex, ...]) -> bool:
    """Whether a package comes from the label of a release, below which there is no other version.

    With other channels beside it, of NVIDIA's only CUDA's own packages certainly do.
    """
    if channel:
        return _LABEL.search(channel) is not None
    urls = [index.url.value for index in channels if isinstance(index.url, Known)]
    labels = [url for url in urls if _LABEL.search(url)]
    if not labels:
        return False
    return len(labels) == len(channels) or name.startswith(_OF_CUDA)


_MATCH_SPEC = Pin(
    "{name}={version}", ("{name}>={version}", "{name}={version}.*", "{name}!={version}")
)
CONDA = Manager(
    name="conda",
    programs=("conda", "mamba", "micromamba"),
    ecosystem=Ecosystem.CONDA,
    read=_read,
    pin=_MATCH_SPEC,
    source="https://docs.conda.io/projects/conda/en/stable/commands/index.html",
    installs=("install", "create", "update", "upgrade"),
    upgrades=("update --all", "upgrade --all"),
    caches=(
        Cache(
            "conda",
            ("/opt/conda/pkgs", "~/.conda/pkgs"),
            variables=("CONDA_PKGS_DIRS",),
            cleaned_by=("clean",),
            emptied_by="clean --all --yes",
        ),
    ),
    removes=("remove", "uninstall"),
    valued=_VALUED,
    dry_run=("-d", "--dry-run"),
    insecure=("-k", "--insecure"),
    secure_variables=("CONDA_SSL_VERIFY", "MAMBA_SSL_VERIFY"),
    secure_settings=("ssl_verify",),
    index_variables=("CONDA_CHANNELS",),
    index_settings=("channels", "default_channels", "channel_alias"),
    lock=Lock(("conda-lock.yml", "conda-linux-64.lock")),
    runs=(Run("conda", "run"), Run("mamba", "run"), Run("micromamba", "run")),
    own=frozenset(("conda", "mamba")),
)
# https://pixi.sh/latest/reference/cli/pixi/exec/
_PIXI_EXEC = tuple(
    Run(
        "pixi",
        verb,
        fetches=True,
        read=_exec_requirement,
        named_by=("-s", "--spec"),
        besides=("-w", "--with"),
        valued=frozenset({"-s", "--spec"}),
    )
    for verb in ("exec", "x")
)
PIXI = Manager(
    name="pixi",
    programs=("pixi",),
    ecosystem=Ecosystem.CONDA,
    read=_read_pixi,
    # `=1.26` is any 1.26 to pixi.
    pin=_MATCH_SPEC._replace(exact="{name}=={version}"),
    source="https://pixi.sh/latest/reference/cli/pixi/",
    # With the aliases of crates/pixi_cli/src/lib.rs and of global/mod.rs there.
    installs=(
        *("add", "a", "global install", "global i", "g install", "g i"),
        *("global add", "global a", "g add", "g a"),
    ),
    upgrades=("update", "upgrade"),
    caches=(
        Cache(
            "pixi",
            ("~/.cache/rattler/cache",),
            variables=("PIXI_CACHE_DIR", "RATTLER_CACHE_DIR"),
            cleaned_by=("clean cache",),
            emptied_by="clean cache --yes",
        ),
    ),
    removes=(
        *("remove", "rm", "global uninstall", "g uninstall"),
        *("global remove", "global rm", "g remove", "g rm"),
    ),
    valued=_VALUED_BY_PIXI,
    insecure=("--tls-no-verify",),
    lock=Lock(
        ("pixi.lock",),
        options=("--frozen", "--locked"),
        variables=("PIXI_FROZEN", "PIXI_LOCKED"),
    ),
    runs=(Run("pixi", "run"), Run("pixi", "r"), *_PIXI_EXEC),
    own=frozenset(("pixi",)),
)
