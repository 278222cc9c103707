"""pip, uv, pipx and poetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.model import PackageIndex, PackageInstall, Requirement
from imagelint.documents.packages.options import (
    ParsedOptions,
    bare_text,
    listed_files,
    parts_at_commas,
)
from imagelint.documents.packages.packagemanager import (
    Cache,
    Ecosystem,
    Lock,
    Manager,
    Pin,
    ProjectFile,
    Run,
    writes_nothing,
)
from imagelint.documents.packages.pep508 import is_folder, is_path, read_requirement
from imagelint.documents.packages.pythonoptions import (
    OF_PDM,
    OF_PIPX,
    OF_UV,
    OTHERWISE_IN_PDM,
    VALUED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.documents.packages.packagemanager import Call
    from imagelint.documents.shell.script import Word

_PYTHON = pattern(r"python(?:\d(?:\.\d+)?)?|pypy\d?")
_PROJECT = "pyproject.toml"
# What makes uv and poetry install something else than what the project needs to run, or elsewhere.
_NOT_OF_UV = ("--only-group", "--only-dev", "--project", "--directory", "--package", "--script")
_NOT_OF_POETRY = ("--only-root", "--project", "--directory", "-P", "-C", "--dry-run")
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


def is_python(program: str) -> bool:
    """Whether a program is a Python interpreter: `python3.12`."""
    return _PYTHON.fullmatch(program) is not None


def _read_pip(call: Call) -> tuple[PackageInstall, ...]:
    """`pip install`, `pip download` and `pip wheel`."""
    words = call.words
    verb, operands = words.verb(call.manager.installs)
    return (_install(call, verb, words, operands),) if verb else ()


def _read_uv(call: Call) -> tuple[PackageInstall, ...]:
    """`uv pip install`, `uv pip sync`, `uv add`, `uv sync`, `uv tool install`."""
    words = call.words
    verb, operands = words.verb(("pip sync", "sync", *call.manager.installs))
    if not verb:
        return ()
    if verb == "pip sync":
        return (_install(call, verb, words, ())._replace(files=operands, locked=True),)
    found = _install(call, verb, words, operands)
    if verb == "tool install":
        named = (*map(_poetry_requirement, words.values("--from") or operands),)
        others = words.values("-w", "--with", "--with-executables-from")
        found = found._replace(
            packages=(*named, *filter(None, map(_requirement, _apart(others)))),
            files=words.values("--with-requirements"),
            projects=(),
        )
    if verb == "sync" and not words.has(*_NOT_OF_UV):
        found = found._replace(projects=(".",))
    listed = [word for word in found.files if bare_text(word).endswith(_PROJECT)]
    if listed:
        folders = (bare_text(word).removesuffix(_PROJECT) or "." for word in listed)
        files = tuple(word for word in found.files if word not in listed)
        found = found._replace(files=files, projects=(*found.projects, *folders))
    return (found._replace(locked=words.has(*call.manager.lock.options)),)


def _read_pipx(call: Call) -> tuple[PackageInstall, ...]:
    """`pipx install` and `pipx inject`."""
    words = call.words
    verb, operands = words.verb(("install", "inject"))
    if not verb:
        return ()
    operands = operands[1:] if verb == "inject" else operands
    return (_install(call, verb, words, words.values("--spec") or operands),)


def _read_poetry(call: Call) -> tuple[PackageInstall, ...]:
    """`poetry add`, and `poetry install` and `poetry sync`, which obey the lock file."""
    words, manager = call.words, call.manager
    verb, operands = words.verb((*manager.installs, *manager.upgrades, *manager.lock.verbs))
    if not verb:
        return ()
    found = _install(call, verb, words, ())
    if verb in manager.installs:
        return (found._replace(packages=tuple(map(_poetry_requirement, operands))),)
    locked = verb in manager.lock.verbs
    projects = (".",) if locked and _installs_main(words) else ()
    return (found._replace(locked=locked, upgrade=not locked and not operands, projects=projects),)


def _installs_main(words: ParsedOptions) -> bool:
    """Whether poetry installs what the project needs to run, which it calls the group `main`.

    https://python-poetry.org/docs/cli/#install
    """
    only = [name for word in words.values("--only") for name in bare_text(word).split(",")]
    without = [name for word in words.values("--without") for name in bare_text(word).split(",")]
    return not words.has(*_NOT_OF_POETRY) and "main" in (only or ["main"]) and "main" not in without


def _read_pdm(call: Call) -> tuple[PackageInstall, ...]:
    """`pdm add`, and `pdm install` and `pdm sync`, which obey the lock file."""
    words, manager = call.words, call.manager
    verb, operands = words.verb((*manager.installs, *manager.upgrades, *manager.lock.verbs))
    if not verb or words.has(*manager.dry_run):
        return ()
    found = _install(call, verb, words, operands if verb in manager.installs else ())
    locked = verb in manager.lock.verbs
    return (found._replace(locked=locked, upgrade=verb in manager.upgrades and not operands),)


def _install(
    call: Call, verb: str, words: ParsedOptions, operands: Sequence[Word]
) -> PackageInstall:
    packages = [found for word in operands if (found := _requirement(word))]
    for word in words.values("-e", "--editable"):
        found = _requirement(word)
        if found:
            packages.append(found._replace(editable=True))
    return PackageInstall(
        call.command.span,
        call.command,
        call.manager,
        verb,
        tuple(sorted(packages, key=lambda package: package.span)),
        files=words.values("-r", "--requirement", "--requirements"),
        constraints=words.values("-c", "--constraint", "--constraints"),
        listed=tuple(listed_files(call.command, operands)),
        projects=() if words.has("--no-deps") else tuple(_folders(operands, words)),
        indexes=tuple(_indexes(words)),
        trusted_hosts=words.values(*call.manager.insecure),
        options=words.options,
        assume_yes=True,
        no_cache=any(writes_nothing(call, words, cache) for cache in call.manager.caches),
        require_hashes=words.has("--require-hashes"),
        complete=words.complete,
    )


def _folders(operands: Sequence[Word], words: ParsedOptions) -> Iterator[str]:
    """The folders that are named to be installed."""
    for word in (*operands, *words.values("-e", "--editable")):
        folder = bare_text(word).partition("[")[0]
        if isinstance(word.value, Known) and is_folder(folder):
            yield folder


def _apart(words: Iterable[Word]) -> Iterator[Word]:
    return (part for word in words for part in parts_at_commas(word))


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


# https://peps.python.org/pep-0440/#version-specifiers
_PEP440 = Pin(
    "{name}=={version}",
    ("{name}>={version}", "{name}~={version}", "{name}=={version}.*", "{name}!={version}"),
)
PIP = Manager(
    name="pip",
    programs=("pip",),
    ecosystem=Ecosystem.PYPI,
    read=_read_pip,
    pin=_PEP440,
    source="https://pip.pypa.io/en/stable/cli/",
    installs=("install", "download", "wheel"),
    modules=("pip",),
    caches=(
        Cache(
            "pip",
            ("~/.cache/pip",),
            variables=("PIP_CACHE_DIR",),
            off_options=("--no-cache-dir", "--no-cache"),
            off_variables=("PIP_NO_CACHE_DIR",),
            # By tradition every word that means no as well:
            # https://github.com/pypa/pip/blob/main/src/pip/_internal/cli/cmdoptions.py
            off_by_any_value=True,
            off_setting="no-cache-dir",
            cleaned_by=("cache purge",),
        ),
    ),
    removes=("uninstall",),
    valued=VALUED - {"-p", "-P", "-b", "-m", "-E"},
    dry_run=("--dry-run",),
    insecure=("--trusted-host",),
    insecure_variables=("PIP_TRUSTED_HOST",),
    insecure_settings=("trusted-host",),
    index_variables=("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"),
    index_settings=("index-url", "extra-index-url", "find-links"),
    ignores_locks=True,
    own=frozenset(("pip", "setuptools", "wheel")),
)
# https://docs.astral.sh/uv/concepts/projects/run/: beside the project, for this command alone
_UV_RUN = Run(
    "uv",
    "run",
    read=_poetry_requirement,
    besides=("--with", "-w"),
    files=("--with-requirements",),
    indexes=_indexes,
    valued=frozenset({"-w"}),
)
# https://docs.astral.sh/uv/guides/tools/
_UVX = _UV_RUN._replace(
    program="uvx",
    verb="",
    fetches=True,
    named_by=("--from",),
    constraints=("-c", "--constraints"),
    valued=frozenset({"--from", "-w"}),
    pin=Pin("{name}@{version}"),
)
UV = Manager(
    name="uv",
    programs=("uv",),
    ecosystem=Ecosystem.PYPI,
    read=_read_uv,
    pin=_PEP440,
    source="https://docs.astral.sh/uv/reference/cli/",
    installs=("pip install", "tool install", "add"),
    modules=("uv",),
    caches=(
        Cache(
            "uv",
            ("~/.cache/uv",),
            variables=("UV_CACHE_DIR",),
            off_options=("--no-cache", "--no-cache-dir", "-n"),
            off_variables=("UV_NO_CACHE",),
            cleaned_by=("cache clean", "cache prune", "clean"),
        ),
    ),
    removes=("pip uninstall", "tool uninstall", "remove"),
    valued=(VALUED - {"-d", "-E", "-t"}).union(OF_UV.split()),
    dry_run=("--dry-run",),
    insecure=("--allow-insecure-host", "--trusted-host"),
    insecure_variables=("UV_INSECURE_HOST",),
    index_variables=(
        *("UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_INDEX", "UV_INDEX_URL"),
        "UV_TORCH_BACKEND",
    ),
    lock=Lock(
        ("uv.lock",),
        options=("--frozen", "--locked"),
        variables=("UV_FROZEN", "UV_LOCKED"),
        read_by=("sync",),
    ),
    project=ProjectFile(
        "pyproject.toml", ("sync",), ("--no-install-project", "--no-install-workspace")
    ),
    ignores_locks=True,
    environments=("venv",),
    runs=(
        _UV_RUN,
        _UVX,
        _UVX._replace(program="uv", verb="tool run"),
    ),
    own=frozenset(("pip", "setuptools", "uv", "wheel")),
)
PIPX = Manager(
    name="pipx",
    programs=("pipx",),
    ecosystem=Ecosystem.PYPI,
    read=_read_pipx,
    pin=_PEP440,
    source="https://pipx.pypa.io/stable/docs/",
    installs=("install", "inject app"),
    modules=("pipx",),
    removes=("uninstall",),
    valued=(VALUED - {"-e", "-f"}).union(OF_PIPX.split(), ("--python-args",)),
    runs=(Run("pipx", "run", fetches=True, read=_requirement, named_by=("--spec",)),),
    own=frozenset(("pipx",)),
)
POETRY = Manager(
    name="poetry",
    programs=("poetry",),
    ecosystem=Ecosystem.PYPI,
    read=_read_poetry,
    pin=Pin("{name}=={version}", ("{name}>={version}", "{name}@^{version}", "{name}@latest")),
    source="https://python-poetry.org/docs/cli/",
    installs=("add",),
    modules=("poetry",),
    upgrades=("update",),
    caches=(
        Cache(
            "poetry",
            ("~/.cache/pypoetry",),
            variables=("POETRY_CACHE_DIR",),
            cleaned_by=("cache clear",),
        ),
    ),
    removes=("remove",),
    valued=(VALUED - {"-e", "-f", "-i"}) | {"-G", "--markers"},
    dry_run=("--dry-run",),
    lock=Lock(("poetry.lock",), verbs=("install", "sync")),
    project=ProjectFile("pyproject.toml", ("install", "sync"), ("--no-root",)),
    index_verbs=("source add",),
    runs=(Run("poetry", "run"),),
    own=frozenset(("poetry",)),
)
PDM = Manager(
    name="pdm",
    programs=("pdm",),
    ecosystem=Ecosystem.PYPI,
    read=_read_pdm,
    pin=_PEP440,
    source="https://pdm-project.org/latest/reference/cli/",
    installs=("add",),
    modules=("pdm",),
    upgrades=("update",),
    caches=(
        Cache(
            "pdm",
            ("~/.cache/pdm",),
            variables=("PDM_CACHE_DIR",),
            off_options=("--no-cache",),
            off_variables=("PDM_NO_CACHE",),
            # Any word does: src/pdm/cli/options.py
            off_by_any_value=True,
            cleaned_by=("cache clear",),
        ),
    ),
    removes=("remove",),
    valued=(VALUED - OTHERWISE_IN_PDM).union(OF_PDM.split()),
    dry_run=("--dry-run",),
    lock=Lock(("pdm.lock",), verbs=("install", "sync")),
    project=ProjectFile("pyproject.toml", ("install", "sync"), ("--no-self",)),
    index_settings=("url",),
    runs=(Run("pdm", "run"),),
    own=frozenset(("pdm",)),
)
