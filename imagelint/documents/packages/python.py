"""pip, uv, pipx and poetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageIndex, PackageInstall, Requirement
from imagelint.documents.packages.options import ParsedOptions, bare_text, is_on, sort_words
from imagelint.documents.packages.pep508 import is_path, read_requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagelint.documents.shell.script import Command, Word

_PIP = pattern(r"pip(?:\d(?:\.\d+)?)?")
_PYTHON = pattern(r"python(?:\d(?:\.\d+)?)?|pypy\d?")
# https://pip.pypa.io/en/stable/cli/pip_install/ and https://docs.astral.sh/uv/reference/cli/
_WITH_VALUE = """
-r --requirement --requirements -c --constraint --constraints -e --editable -t --target
--platform --python-version --implementation --abi --root --prefix --src -C --config-settings
--config-setting --global-option --install-option --no-binary --only-binary --progress-bar
--root-user-action --report -i --index-url --extra-index-url -f --find-links --python --log
--keyring-provider --proxy --retries --timeout --exists-action --trusted-host --cert
--client-cert --cache-dir --use-feature --use-deprecated --upgrade-strategy -d --dest --dest-dir
-w --wheel-dir --build-option --resume-retries --index --default-index --torch-backend
--override --overrides -b --build-constraint --build-constraints -p --python-platform --extra
--group --only-group --no-group --no-extra --index-strategy --resolution --prerelease
--exclude-newer --link-mode --no-build-package --no-binary-package -P --upgrade-package
--refresh-package --reinstall-package --project --directory --config-file --allow-insecure-host
--package --no-install-package --with --with-requirements --with-editable --branch --rev --tag
--optional --no-build-isolation-package --color --fork-strategy --marker -m --pip-args --suffix
--spec --preinstall --source -E --extras --without --only
"""
_VALUED = frozenset(_WITH_VALUE.split())
_INDEXES = {
    "-i": "--index-url",
    "--index-url": "--index-url",
    "--default-index": "--index-url",
    "--extra-index-url": "--extra-index-url",
    "--index": "--extra-index-url",
    "-f": "--find-links",
    "--find-links": "--find-links",
    "--torch-backend": "--torch-backend",
}
_NO_CACHE = frozenset({"PIP_NO_CACHE_DIR", "UV_NO_CACHE"})


def read_pip(command: Command) -> tuple[PackageInstall, ...]:
    """`pip install`, `pip download` and `pip wheel`."""
    return _pip(command, command.arguments)


def read_python(command: Command) -> tuple[PackageInstall, ...]:
    """`python -m pip install` and `python -m uv pip install`."""
    words = command.arguments
    for index, word in enumerate(words[:-1]):
        if word.text == "-m":
            name = words[index + 1].text
            behind = words[index + 2 :]
            if name == "pip":
                return _pip(command, behind)
            return _uv(command, behind) if name == "uv" else ()
        if not word.text.startswith("-"):
            break
    return ()


def read_uv(command: Command) -> tuple[PackageInstall, ...]:
    """`uv pip install`, `uv pip sync`, `uv add`, `uv sync`, `uv tool install`."""
    return _uv(command, command.arguments)


def read_pipx(command: Command) -> tuple[PackageInstall, ...]:
    """`pipx install` and `pipx inject`."""
    words = sort_words(command.arguments, _VALUED - {"-e", "-f"})
    verb, operands = _verb(words, ("install", "inject"))
    if not verb:
        return ()
    operands = operands[1:] if verb == "inject" else operands
    specs = words.values("--spec")
    return (_install(command, "pipx", verb, words, specs or operands),)


def read_poetry(command: Command) -> tuple[PackageInstall, ...]:
    """`poetry add`, and `poetry install` and `poetry sync`, which obey the lock file."""
    words = sort_words(command.arguments, _VALUED - {"-e", "-f", "-i"})
    verb, operands = _verb(words, ("add", "install", "sync", "update"))
    if not verb:
        return ()
    if verb != "add":
        locked = verb in ("install", "sync")
        found = _install(command, "poetry", verb, words, ())
        return (found._replace(locked=locked, upgrade=verb == "update" and not operands),)
    found = _install(command, "poetry", verb, words, ())
    return (found._replace(packages=tuple(map(_poetry_requirement, operands))),)


def is_pip(program: str) -> bool:
    """Whether a program is pip under one of its names: `pip3.11`."""
    return _PIP.fullmatch(program) is not None


def is_python(program: str) -> bool:
    """Whether a program is a Python interpreter: `python3.12`."""
    return _PYTHON.fullmatch(program) is not None


def _pip(command: Command, arguments: Sequence[Word]) -> tuple[PackageInstall, ...]:
    words = sort_words(arguments, _VALUED - {"-p", "-P", "-b", "-m", "-E"})
    verb, operands = _verb(words, ("install", "download", "wheel"))
    if not verb:
        return ()
    return (_install(command, "pip", verb, words, operands),)


def _uv(command: Command, arguments: Sequence[Word]) -> tuple[PackageInstall, ...]:
    words = sort_words(arguments, _VALUED - {"-d", "-E", "-t"})
    verb, operands = _verb(
        words, ("pip install", "pip sync", "tool install", "add", "sync", "lock")
    )
    if verb in ("", "lock"):
        return ()
    no_cache = words.has("-n")
    if verb == "pip sync":
        found = _install(command, "uv", verb, words, ())
        return (found._replace(files=operands, no_cache=found.no_cache or no_cache, locked=True),)
    found = _install(command, "uv", verb, words, operands)
    if verb == "tool install":
        found = found._replace(packages=tuple(map(_poetry_requirement, operands)))
    locked = words.has("--frozen", "--locked")
    return (found._replace(locked=locked, no_cache=found.no_cache or no_cache),)


def _verb(words: ParsedOptions, verbs: Iterable[str]) -> tuple[str, tuple[Word, ...]]:
    """The subcommand, of one or two words, and the operands behind it."""
    texts = [word.text for word in words.operands[:2]]
    for verb in verbs:
        length = verb.count(" ") + 1
        if " ".join(texts[:length]) == verb:
            return verb, words.operands[length:]
    return "", ()


def _install(
    command: Command, manager: str, verb: str, words: ParsedOptions, operands: Sequence[Word]
) -> PackageInstall:
    packages = [found for word in operands if (found := _requirement(word))]
    for word in words.values("-e", "--editable"):
        found = _requirement(word)
        if found:
            packages.append(found._replace(editable=True))
    return PackageInstall(
        command.span,
        command,
        manager,
        "python",
        verb,
        tuple(sorted(packages, key=lambda package: package.span)),
        files=words.values("-r", "--requirement", "--requirements"),
        constraints=words.values("-c", "--constraint", "--constraints"),
        indexes=tuple(_indexes(words)),
        trusted_hosts=words.values("--trusted-host", "--allow-insecure-host"),
        options=words.options,
        assume_yes=True,
        no_cache=words.has("--no-cache-dir", "--no-cache") or _told_by_variable(command),
        require_hashes=words.has("--require-hashes"),
        complete=words.complete,
    )


def _requirement(word: Word) -> Requirement | None:
    """The requirement that a word is; one without a name when it cannot be read."""
    text = bare_text(word).replace("`", "$")
    if not text:
        return None
    found = read_requirement(text, word.span, word.raw)
    return found or Requirement(word.span, word.raw, "", pinned=UNKNOWN)


def _indexes(words: ParsedOptions) -> Iterable[PackageIndex]:
    for option in words.options:
        long = _INDEXES.get(option.name)
        if long and option.value:
            yield PackageIndex(option.span, long, option.value.value)


def _told_by_variable(command: Command) -> bool:
    return any(
        variable.name in _NO_CACHE
        and isinstance(variable.value, Known)
        and is_on(variable.value.value)
        for variable in command.assignments
    )


def _poetry_requirement(word: Word) -> Requirement:
    """`name@1.2`, `name@^1`: how poetry and `uv tool` write a version."""
    text = bare_text(word)
    name, at, version = text.partition("@")
    if not at or is_path(text) or "+" in name or version.strip().startswith("git"):
        return _requirement(word) or Requirement(word.span, word.raw, "")
    exact = version[:1].isdigit() and "*" not in version
    found = read_requirement(f"{name}=={version}" if exact else name, word.span, word.raw)
    base = found or Requirement(word.span, word.raw, "")
    if "$" in version:
        return base._replace(specifier=f"@{version}", pinned=UNKNOWN)
    return base._replace(specifier=f"@{version}")
