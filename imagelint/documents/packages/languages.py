"""npm, yarn, pnpm, gem, cargo and go."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageInstall, Requirement
from imagelint.documents.packages.options import ParsedOptions, bare_text, is_open
from imagelint.documents.packages.packagemanager import (
    Cache,
    Ecosystem,
    Lock,
    Manager,
    Pin,
    ProjectFile,
    Run,
)

if TYPE_CHECKING:
    from re import Pattern

    from imagelint.documents.packages.packagemanager import Call
    from imagelint.documents.shell.script import Word

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
_GO_RUN = ("run",)
# What `go help packages` reserves, in the versions of go.mod or of the toolchain.
_GO_PATTERNS = frozenset({"all", "cmd", "std", "tool", "work"})
_EXACT = pattern(r"v?\d+\.\d+\.\d+[\w.+-]*")
_COMMIT = pattern(r"[0-9a-f]{40}", re.IGNORECASE)
# A tag can be moved, but hardly ever is one of a version; `#semver:^5.0` is a range.
_VERSION_TAG = pattern(r"[A-Za-z_-]*\d+\.\d[\w.+-]*")
# `1` of gem is exactly 1: https://guides.rubygems.org/specification-reference/#add_dependency
_GEM_EXACT = pattern(r"\d[\w.+-]*")
# https://docs.npmjs.com/cli/commands/npm-install: what ends so is a file, unless it is an address.
_TARBALLS = (".tar", ".tar.gz", ".tgz")


def _read_node(call: Call) -> tuple[PackageInstall, ...]:
    """`npm install`, `npm ci`, `pnpm add`, `yarn global add` and their kin."""
    lock, words, upgrades = call.manager.lock, call.words, call.manager.upgrades
    verb, operands = words.verb((*call.manager.installs, *upgrades, *lock.verbs, "install"))
    if not verb:
        return ()
    packages = tuple(map(_node_requirement, operands))
    locked = verb in lock.verbs or words.has(*lock.options)
    upgrade = verb in upgrades and not packages
    return (_install(call, verb, words, packages)._replace(locked=locked, upgrade=upgrade),)


def _read_yarn(call: Call) -> tuple[PackageInstall, ...]:
    """As npm; without a subcommand it installs what `package.json` asks for."""
    words = call.words
    if words.operands:
        return _read_node(call)
    locked = words.has(*call.manager.lock.options)
    return (_install(call, "install", words, ())._replace(locked=locked),)


def _read_gem(call: Call) -> tuple[PackageInstall, ...]:
    """`gem install`."""
    words = call.words
    verb, operands = words.verb(call.manager.installs)
    if not verb:
        return ()
    version = words.values("-v", "--version")
    own = {word.span for word in takewhile(_is_no_end, call.arguments)}
    packages = [_gem_requirement(word) for word in operands if word.span in own]
    if version:
        packages = [_with_version(package, version[0]) for package in packages]
    return (_install(call, verb, words, tuple(packages)),)


def _read_cargo(call: Call) -> tuple[PackageInstall, ...]:
    """`cargo install`, also of another toolchain (`cargo +nightly install`)."""
    words = call.words
    operands = tuple(w for w in words.operands if not w.text.startswith("+"))
    verb, operands = words._replace(operands=operands).verb(call.manager.installs)
    if not verb:
        return ()
    packages = [_split(word, "@") for word in operands]
    version = words.values("--version", "--vers")
    repository, path = words.values("--git"), words.values("--path")
    if repository:
        packages = [_from_git(repository[0], words)]
    elif path:
        word = path[0]
        packages = [Requirement(word.span, word.raw, "", pinned=Known(value=True), local=True)]
    elif version:
        packages = [_with_version(package, version[0]) for package in packages]
    found = _install(call, verb, words, tuple(packages))
    return (found._replace(locked=words.has(*call.manager.lock.options)),)


def _read_go(call: Call) -> tuple[PackageInstall, ...]:
    """`go install`, `go get`, and the module that `go run` fetches."""
    words = call.words
    verb, operands = words.verb((*call.manager.installs, *_GO_RUN))
    if not verb:
        return ()
    if verb in _GO_RUN:
        # What stands behind the package is the program's own.
        fetched = [_go_requirement(word) for word in operands[:1] if "@" in bare_text(word)]
        return (_install(call, verb, words, tuple(fetched)),) if fetched else ()
    return (_install(call, verb, words, tuple(map(_go_requirement, operands))),)


def _install(
    call: Call, verb: str, words: ParsedOptions, packages: tuple[Requirement, ...]
) -> PackageInstall:
    return PackageInstall(
        call.command.span,
        call.command,
        call.manager,
        verb,
        packages,
        options=words.options,
        assume_yes=True,
        complete=words.complete,
    )


def _node_requirement(word: Word) -> Requirement:
    text = bare_text(word)
    is_url = "://" in text
    if text.startswith((".", "/", "~", "file:")) or (text.endswith(_TARBALLS) and not is_url):
        return Requirement(word.span, word.raw, "", pinned=Known(value=True), local=True)
    if is_url or text.startswith("git"):
        revision = text.partition("#")[2]
        pinned = bool(_COMMIT.search(revision) or _VERSION_TAG.fullmatch(revision))
        return Requirement(word.span, word.raw, "", pinned=Known(value=pinned), url=text)
    scope, name = ("@", text[1:]) if text.startswith("@") else ("", text)
    found = _split(word._replace(raw=word.raw, value=Known(name)), "@")
    if is_open(word):
        return found._replace(name=scope + found.name, pinned=UNKNOWN)
    return found._replace(name=scope + found.name)


def _is_no_end(word: Word) -> bool:
    """What stands behind `--` is for the builds of gems."""
    return word.text != "--"


def _gem_requirement(word: Word) -> Requirement:
    if bare_text(word).endswith(".gem"):
        return Requirement(word.span, word.raw, "", pinned=Known(value=True), local=True)
    return _split(word, ":", _GEM_EXACT)


def _go_requirement(word: Word) -> Requirement:
    text = bare_text(word)
    if text.startswith((".", "/")) or text in _GO_PATTERNS:
        return Requirement(word.span, word.raw, "", pinned=Known(value=True), local=True)
    return _split(word, "@")


def _split(word: Word, mark: str, whole: Pattern[str] = _EXACT) -> Requirement:
    """`name@version`: pinned when the version is a whole one, or a commit."""
    name, found, version = bare_text(word).partition(mark)
    specifier = f"{mark}{version}" if found else ""
    if is_open(word):
        name = "" if "$" in name else name
        return Requirement(word.span, word.raw, name, specifier, pinned=UNKNOWN)
    exact = bool(whole.fullmatch(version) or _COMMIT.fullmatch(version))
    return Requirement(
        word.span, word.raw, name, specifier, version if exact else "", Known(value=exact)
    )


def _with_version(package: Requirement, word: Word) -> Requirement:
    text = bare_text(word).removeprefix("=").strip()
    if is_open(word):
        return package._replace(specifier=text, pinned=UNKNOWN)
    exact = bool(_GEM_EXACT.fullmatch(text))
    version = text if exact else ""
    return package._replace(specifier=text, version=version, pinned=Known(value=exact))


def _from_git(repository: Word, words: ParsedOptions) -> Requirement:
    revision = words.values("--rev")
    pinned = bool(revision) and bool(_COMMIT.fullmatch(revision[0].text))
    fact = UNKNOWN if revision and is_open(revision[0]) else Known(value=pinned)
    return Requirement(repository.span, repository.raw, "", pinned=fact, url=bare_text(repository))


_SEMVER = Pin("{name}@{version}", ("{name}@^{version}", "{name}@latest", "{name}@1"))
# https://docs.npmjs.com/cli/commands/npx, https://bun.com/docs/cli/bunx
_NPX = Run(
    "npx",
    fetches=True,
    read=_node_requirement,
    named_by=("-p", "--package"),
    valued=frozenset({"-p", "--package", "-c", "--call"}),
    never=("--no", "--no-install", "--offline"),
    installed_first=True,
)
# https://pnpm.io/cli/dlx, https://yarnpkg.com/cli/dlx: always from the registry
_DLX = _NPX._replace(program="pnpm", verb="dlx", never=(), installed_first=False)
# The package is called `create-…`, https://docs.npmjs.com/cli/commands/npm-init
_CREATE = Run("npm", "create", fetches=True, read=_node_requirement)


def _of_npm(run: Run, *verbs: str) -> tuple[Run, ...]:
    return tuple(run._replace(program="npm", verb=verb) for verb in verbs)


NPM = Manager(
    name="npm",
    programs=("npm",),
    ecosystem=Ecosystem.NPM,
    read=_read_node,
    pin=_SEMVER,
    source="https://docs.npmjs.com/cli/commands",
    # Each with its aliases, of which some are slips that npm understands.
    installs=(
        *("install", "i", "add", "in", "ins", "inst", "insta", "instal"),
        *("isnt", "isnta", "isntal", "isntall"),
    ),
    caches=(
        Cache(
            "npm",
            ("~/.npm",),
            variables=("npm_config_cache", "NPM_CONFIG_CACHE"),
            cleaned_by=("cache clean", "cache clear", "cache rm"),
            emptied_by="cache clean --force",
        ),
    ),
    upgrades=("update", "up", "upgrade", "udpate"),
    removes=("uninstall", "remove", "rm", "r", "un", "unlink"),
    valued=_NODE_VALUED,
    dry_run=("--dry-run",),
    insecure=("--no-strict-ssl", "--strict-ssl=false"),
    secure_variables=("NPM_CONFIG_STRICT_SSL", "npm_config_strict_ssl"),
    secure_settings=("strict-ssl", "enableStrictSsl"),
    index_variables=("NPM_CONFIG_REGISTRY", "npm_config_registry"),
    index_settings=("registry", "npmRegistryServer"),
    lock=Lock(
        ("package-lock.json", "npm-shrinkwrap.json"),
        verbs=("ci", "clean-install", "ic", "install-clean", "isntall-clean"),
    ),
    project=ProjectFile("package.json"),
    runs=(_NPX, *_of_npm(_NPX, "exec", "x"), *_of_npm(_CREATE, "create", "init", "innit")),
)
COREPACK = Manager(
    name="corepack",
    programs=("corepack",),
    ecosystem=Ecosystem.NPM,
    read=_read_node,
    pin=_SEMVER,
    source="https://github.com/nodejs/corepack#utility-commands",
    installs=("prepare", "use", "install"),
    valued=frozenset({"-o", "--output"}),
)
YARN = NPM._replace(
    name="yarn",
    programs=("yarn",),
    dry_run=(),
    read=_read_yarn,
    source="https://classic.yarnpkg.com/en/docs/cli/",
    installs=("add", "global add"),
    # https://yarnpkg.com/cli/up, https://classic.yarnpkg.com/en/docs/cli/upgrade
    upgrades=("up", "upgrade", "global upgrade"),
    caches=(
        Cache(
            "yarn",
            ("~/.cache/yarn", "/usr/local/share/.cache/yarn", "~/.yarn/berry/cache"),
            variables=("YARN_CACHE_FOLDER",),
            cleaned_by=("cache clean",),
        ),
    ),
    removes=("remove", "global remove"),
    # https://yarnpkg.com/cli/install: immutable by default in a CI environment
    lock=Lock(
        ("yarn.lock",),
        options=("--frozen-lockfile", "--immutable"),
        variables=("CI", "YARN_ENABLE_IMMUTABLE_INSTALLS"),
    ),
    runs=(_DLX._replace(program="yarn"), _CREATE._replace(program="yarn")),
)
PNPM = NPM._replace(
    name="pnpm",
    programs=("pnpm",),
    dry_run=(),
    source="https://pnpm.io/pnpm-cli",
    installs=("add", "install", "i"),
    upgrades=("update", "up", "upgrade"),
    caches=(Cache("pnpm", ("~/.local/share/pnpm/store",), cleaned_by=("store prune",)),),
    removes=("remove", "rm", "uninstall"),
    # https://pnpm.io/cli/install#--frozen-lockfile: the default in a CI environment
    lock=Lock(("pnpm-lock.yaml",), options=("--frozen-lockfile",), variables=("CI",)),
    runs=(_DLX, _DLX._replace(program="pnpx", verb=""), _CREATE._replace(program="pnpm")),
)
BUN = NPM._replace(
    name="bun",
    programs=("bun",),
    source="https://bun.com/docs/pm/cli/install",
    installs=("add", "a", "install", "i"),
    upgrades=("update",),
    caches=(
        Cache(
            "bun",
            ("~/.bun/install/cache",),
            variables=("BUN_INSTALL_CACHE_DIR",),
            cleaned_by=("pm cache rm",),
        ),
    ),
    removes=("remove", "rm"),
    insecure=(),
    secure_variables=(),
    secure_settings=(),
    lock=Lock(("bun.lock", "bun.lockb"), verbs=("ci",), options=("--frozen-lockfile",)),
    runs=(_NPX._replace(program="bunx"), _NPX._replace(program="bun", verb="x")),
)
GEM = Manager(
    name="gem",
    programs=("gem",),
    ecosystem=Ecosystem.GEM,
    read=_read_gem,
    pin=Pin("{name}:{version}", ("{name}:~>{version}",)),
    source="https://guides.rubygems.org/command-reference/",
    installs=("install", "i"),
    lists=Cache("gem", ("~/.local/share/gem/specs", "~/.gem/specs"), cleaned_by=("sources -c",)),
    removes=("uninstall",),
    valued=_GEM_VALUED,
    dry_run=("--explain",),
    lock=Lock(("Gemfile.lock",)),
)
CARGO = Manager(
    name="cargo",
    programs=("cargo",),
    ecosystem=Ecosystem.CARGO,
    read=_read_cargo,
    pin=Pin("{name}@{version}", ("{name}@^{version}", "{name}@1")),
    source="https://doc.rust-lang.org/cargo/commands/",
    installs=("install",),
    # CARGO_HOME holds installed programs beside the two.
    caches=(Cache("cargo", ("~/.cargo/registry", "~/.cargo/git")),),
    removes=("uninstall",),
    builds=("build", "install"),
    valued=_CARGO_VALUED,
    lock=Lock(("Cargo.lock",), options=("--locked", "--frozen"), of_local=True),
)
GO = Manager(
    name="go",
    programs=("go",),
    ecosystem=Ecosystem.GOLANG,
    read=_read_go,
    pin=Pin("{name}@v{version}", ("{name}@latest", "{name}@v1", "{name}@master")),
    source="https://go.dev/ref/mod",
    installs=("install", "get"),
    caches=(
        Cache(
            "go",
            ("~/go/pkg/mod", "~/.cache/go-build"),
            variables=("GOMODCACHE", "GOCACHE"),
            cleaned_by=("clean -modcache",),
        ),
    ),
    builds=("build", "install"),
    valued=_GO_VALUED,
    dry_run=("-n",),
    insecure_variables=("GOINSECURE", "GONOSUMDB"),
    index_variables=("GOPROXY",),
    index_settings=("GOPROXY",),
    lock=Lock(("go.sum",)),
    runs=(Run("go", "run", fetches=True),),
)
