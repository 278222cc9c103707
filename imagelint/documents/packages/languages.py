"""npm, yarn, pnpm, gem, cargo and go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageInstall, Requirement
from imagelint.documents.packages.options import ParsedOptions, bare_text, is_open, sort_words

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Word

_NODE_VALUED = frozenset(
    {"--registry", "--prefix", "--omit", "--loglevel", "--cache", "-w", "--workspace", "--tag"}
    | {"--include", "-C", "--dir", "--filter", "-F", "--cwd", "--store-dir", "--cache-folder"}
    | {"--network-timeout", "--modules-folder", "--mutex", "--userconfig", "--only"}
)
_GEM_VALUED = frozenset(
    {"-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source", "-P"}
    | {"--trust-policy", "--platform", "-p", "--http-proxy", "-g", "--file"}
)
_CARGO_VALUED = frozenset(
    {"--version", "--vers", "--git", "--rev", "--tag", "--branch", "--path", "--root", "-F"}
    | {"--features", "--bin", "--example", "--target", "--profile", "-j", "--jobs", "--index"}
    | {"--registry", "--target-dir", "--config", "-Z", "--color", "--message-format"}
)
_GO_VALUED = frozenset(
    {"-ldflags", "-tags", "-o", "-C", "-p", "-mod", "-modfile", "-gcflags", "-asmflags"}
    | {"-buildmode", "-overlay", "-pkgdir", "-toolexec", "-gccgoflags", "-installsuffix"}
)
_EXACT = pattern(r"v?\d+\.\d+\.\d+[\w.+-]*")
_COMMIT = pattern(r"[0-9a-f]{40}", re.IGNORECASE)
_LOCKING = ("--frozen-lockfile", "--immutable", "--locked")


def read_node(command: Command) -> tuple[PackageInstall, ...]:
    """`npm install`, `npm ci`, `yarn add`, `yarn install`, `pnpm add` and their kin."""
    words = sort_words(command.arguments, _NODE_VALUED)
    operands = words.operands
    if operands and operands[0].text == "global":
        operands = operands[1:]
    verb = operands[0].text if operands else ""
    if not verb and command.program == "yarn":
        verb = "install"
    if verb not in ("install", "i", "add", "ci", "clean-install"):
        return ()
    packages = tuple(map(_node_requirement, operands[1:]))
    locked = verb in ("ci", "clean-install") or words.has(*_LOCKING)
    return (_install(command, "npm", verb, words, packages)._replace(locked=locked),)


def read_gem(command: Command) -> tuple[PackageInstall, ...]:
    """`gem install`."""
    words = sort_words(command.arguments, _GEM_VALUED)
    if not words.operands or words.operands[0].text not in ("install", "i"):
        return ()
    version = words.values("-v", "--version")
    packages = [_split(word, ":") for word in words.operands[1:]]
    if version:
        packages = [_with_version(package, version[0]) for package in packages]
    return (_install(command, "gem", words.operands[0].text, words, tuple(packages)),)


def read_cargo(command: Command) -> tuple[PackageInstall, ...]:
    """`cargo install`."""
    words = sort_words(command.arguments, _CARGO_VALUED)
    operands = tuple(w for w in words.operands if not w.text.startswith("+"))
    if not operands or operands[0].text != "install":
        return ()
    packages = [_split(word, "@") for word in operands[1:]]
    version = words.values("--version", "--vers")
    repository, path = words.values("--git"), words.values("--path")
    if repository:
        packages = [_from_git(repository[0], words)]
    elif path:
        word = path[0]
        packages = [Requirement(word.span, word.raw, "", pinned=Known(value=True), local=True)]
    elif version:
        packages = [_with_version(package, version[0]) for package in packages]
    found = _install(command, "cargo", "install", words, tuple(packages))
    return (found._replace(locked=words.has("--locked", "--frozen")),)


def read_go(command: Command) -> tuple[PackageInstall, ...]:
    """`go install` and `go get`."""
    words = sort_words(command.arguments, _GO_VALUED)
    verb = words.operands[0].text if words.operands else ""
    if verb not in ("install", "get"):
        return ()
    packages = tuple(map(_go_requirement, words.operands[1:]))
    return (_install(command, "go", verb, words, packages),)


def _install(
    command: Command,
    ecosystem: str,
    verb: str,
    words: ParsedOptions,
    packages: tuple[Requirement, ...],
) -> PackageInstall:
    return PackageInstall(
        command.span,
        command,
        command.program,
        ecosystem,
        verb,
        packages,
        options=words.options,
        assume_yes=True,
        complete=words.complete,
    )


def _node_requirement(word: Word) -> Requirement:
    text = bare_text(word)
    if text.startswith((".", "/", "file:")):
        return Requirement(word.span, word.raw, "", pinned=Known(value=True), local=True)
    if "://" in text or text.startswith("git"):
        pinned = bool(_COMMIT.search(text.partition("#")[2]))
        return Requirement(word.span, word.raw, "", pinned=Known(value=pinned), url=text)
    scope, name = ("@", text[1:]) if text.startswith("@") else ("", text)
    found = _split(word._replace(raw=word.raw, value=Known(name)), "@")
    if is_open(word):
        return found._replace(name=scope + found.name, pinned=UNKNOWN)
    return found._replace(name=scope + found.name)


def _go_requirement(word: Word) -> Requirement:
    text = bare_text(word)
    if text.startswith((".", "/")):
        return Requirement(word.span, word.raw, "", pinned=Known(value=True), local=True)
    return _split(word, "@")


def _split(word: Word, mark: str) -> Requirement:
    """`name@version`: pinned when the version is a whole one, or a commit."""
    name, found, version = bare_text(word).partition(mark)
    specifier = f"{mark}{version}" if found else ""
    if is_open(word):
        name = "" if "$" in name else name
        return Requirement(word.span, word.raw, name, specifier, pinned=UNKNOWN)
    exact = bool(_EXACT.fullmatch(version) or _COMMIT.fullmatch(version))
    return Requirement(
        word.span, word.raw, name, specifier, version if exact else "", Known(value=exact)
    )


def _with_version(package: Requirement, word: Word) -> Requirement:
    text = bare_text(word).removeprefix("=").strip()
    if is_open(word):
        return package._replace(specifier=text, pinned=UNKNOWN)
    exact = bool(re.fullmatch(r"\d[\w.+-]*", text))
    version = text if exact else ""
    return package._replace(specifier=text, version=version, pinned=Known(value=exact))


def _from_git(repository: Word, words: ParsedOptions) -> Requirement:
    revision = words.values("--rev")
    pinned = bool(revision) and bool(_COMMIT.fullmatch(revision[0].text))
    fact = UNKNOWN if revision and is_open(revision[0]) else Known(value=pinned)
    return Requirement(repository.span, repository.raw, "", pinned=fact, url=bare_text(repository))
