"""Questions about lock files that an installation demands, and that nobody has copied."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import islice
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.locknames import ELSEWHERE, MANIFESTS
from imagelint.documents.packages.lookup import manager_call
from imagelint.documents.queries.dockerfiles.folders import joined, lies_in, with_folders
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.documents.queries.stages import chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Flag, Instruction, Stage
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = ["MissingLock", "missing_locks"]

# What may bring or make a file of any name.
_BRINGING = frozenset(
    {"git", "tar", "unzip", "bsdtar", "7z", "cp", "mv", "ln", "rsync", "install", "make", "cmake"}
    | {"bash", "sh", "zsh", "source", ".", "eval", "python", "python3", "node", "ruby", "perl"}
    | {"patch", "touch", "tee", "gh", "hg", "svn", "aws", "gsutil", "gcloud", "docker", "xargs"}
)
_LOCKING = frozenset(
    {"lock", "init", "new", "generate-lockfile", "update", "import", "add", "upgrade", "create"}
)
_PACKED = (".tar", ".gz", ".tgz", ".zip", ".xz", ".bz2", ".zst")
# Installations of a stage that are looked at: for each, all of the stage is.
_MOST = 200
# Files without an ending that lie at the top of projects.
_PLAIN = frozenset({"Makefile", "LICENSE", "NOTICE", "Procfile", "README", "Justfile", "justfile"})


class MissingLock(NamedTuple):
    """An installation that demands a lock file: its name, and the word that copies its project."""

    install: PackageInstall
    file: str
    manifest: Word


class _Demand(NamedTuple):
    """What an installation looks for, in which folder, and which files tell of the project."""

    install: PackageInstall
    folder: str
    start: int
    manifests: tuple[str, ...]

    @property
    def locks(self) -> tuple[str, ...]:
        return self.install.manager.lock.files


def missing_locks(document: Document, stage: Stage) -> Iterator[MissingLock]:
    """The installations of a stage whose lock file nothing can have brought.

    Only where the file that lists what the project needs is copied by its name.
    """
    for demand in islice(_demands(stage), _MOST):
        word = _alone(document, stage, demand)
        if word is not None:
            yield MissingLock(demand.install, demand.locks[0], word)


def _demands(stage: Stage) -> Iterator[_Demand]:
    for script in own_scripts(stage):
        if not script.workdir or script.of("cd", "pushd"):
            continue
        for command in script.commands:
            for install in package_installs(command):
                manifests = _manifests(install) if command.unconditional else ()
                if manifests:
                    yield _Demand(install, script.workdir, script.span.start, manifests)


def _manifests(install: PackageInstall) -> tuple[str, ...]:
    """The files of a project that is installed as its lock file says; none for all else."""
    manager = install.manager
    if not install.locked or not manager.lock.files or install.packages or install.files:
        return ()
    if not install.complete or install.option(*ELSEWHERE) or install.command.wrappers:
        return ()
    return MANIFESTS.get(manager.name) or tuple(filter(None, (manager.project.file,)))


def _alone(document: Document, stage: Stage, demand: _Demand) -> Word | None:
    """The word that copies the project's file; None where something may bring its lock file."""
    found: Word | None = None
    for part in reversed(chain(document, stage)):
        if any(_may_make(script, demand) for script in part.scripts):
            return None
        for instruction, workdir in with_folders(document, part):
            if part is stage and instruction.span.start > demand.start:
                break
            if instruction.keyword in ("COPY", "ADD"):
                if _may_bring(instruction, workdir, demand):
                    return None
                found = found or _manifest(instruction, workdir, demand)
            elif instruction.keyword == "ONBUILD" or any(
                _shows(flag, workdir, demand) for flag in instruction.flags_named("mount")
            ):
                return None
    return found


def _manifest(instruction: Instruction, workdir: str | None, demand: _Demand) -> Word | None:
    """The word by which a COPY brings the project's file into the folder."""
    if not instruction.words or joined(instruction.words[-1].text, workdir) != demand.folder:
        return None
    names = (word for word in instruction.words[:-1] if basename(word.text) in demand.manifests)
    return next(names, None)


def _may_bring(instruction: Instruction, workdir: str | None, demand: _Demand) -> bool:
    """Whether a COPY or ADD may put the lock file into the folder."""
    if not instruction.words or instruction.flag("parents"):
        return True
    *taken, target = instruction.words
    if not isinstance(target.value, Known):
        return True
    place = joined(target.text, workdir)
    if place is None or basename(place) in demand.locks:
        return True
    bodies = {body.span: body.name for body in instruction.heredocs}
    return any(
        not isinstance(word.value, Known)
        or _is_or_holds(bodies.get(word.span, word.text), place, demand)
        for word in taken
    )


def _is_or_holds(source: str, place: str, demand: _Demand) -> bool:
    """Whether what is copied to a place may be the lock file, or hold it."""
    name = basename(source.rstrip("/"))
    if any(one in name for one in "*?["):
        return any(fnmatchcase(lock, name) for lock in demand.locks)
    if name in demand.locks or source.endswith(_PACKED) or "://" in source:
        return True
    is_file = not source.endswith("/") and "." in name.strip(".")
    if is_file or name in demand.manifests or name in _PLAIN:
        return False
    return lies_in(demand.folder, place)


def _shows(flag: Flag, workdir: str | None, demand: _Demand) -> bool:
    """Whether a mount may show the lock file to a RUN."""
    options = flag.options()
    if options.get("type", "bind") != "bind":
        return False
    target = options.get("target") or options.get("dst") or options.get("destination") or ""
    place = joined(target, workdir)
    source = options.get("source") or options.get("src") or "."
    if place is None or basename(place) in demand.locks:
        return True
    return _is_or_holds(source, place, demand)


def _may_make(script: Script, demand: _Demand) -> bool:
    """Whether a script may write the lock file, or fetch it, before it is demanded."""
    if script.span.start > demand.start:
        return False
    if not script.readable or any(lock in script.text for lock in demand.locks):
        return True
    until = demand.install.command.span.start
    return any(_makes(one, demand) for one in script.commands if one.span.start < until)


def _makes(command: Command, demand: _Demand) -> bool:
    call = manager_call(command)
    if call is not None and call.manager.name == demand.install.manager.name:
        verb = call.words.operands[0].text if call.words.operands else ""
        own = any(not one.packages for one in package_installs(command))
        return verb in _LOCKING or (
            own and not any(one.locked for one in package_installs(command))
        )
    if command.program == "" or command.program.endswith((".sh", ".py", ".bash")):
        return True
    if command.program not in _BRINGING or call is not None:
        return False
    # `curl … | sh` installs a program, `python -m venv` a folder of its own.
    return command.stage == 0 and [word.text for word in command.arguments[:1]] != ["-m"]
