"""Questions about files of settings that reach none of the programs they are for."""

from __future__ import annotations

from itertools import islice
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import names_root
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import manager_call
from imagelint.documents.packages.settingfiles import setting_file, setting_id, unfit_name
from imagelint.documents.queries.context import sources
from imagelint.documents.queries.dockerfiles.accounts import accounts
from imagelint.documents.queries.dockerfiles.folders import joined, with_folders
from imagelint.documents.queries.packages.unread import Unread, UnreadFile
from imagelint.documents.queries.stages import chain, is_windows, last_set_before, stages
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.base import Document, Node
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.packages.settingfiles import SettingFile
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = ["unread_files"]

_HOMES = ("/root/", "/home/")
# Files and mounts of a stage that are looked at: for each, all of the stage is.
_MOST = 200
# Users of known images whose homes are where one looks for them.
_OF_BASES = frozenset(("bun", "jovyan", "mambauser", "node", "pwuser", "ubuntu", "vscode"))
_WRITING = frozenset((">", ">>", ">|", "&>"))
# Programs of which nobody knows what they run.
_OPAQUE = frozenset(
    {"bash", "sh", "zsh", "make", "cmake", "ninja", "source", ".", "python", "python3", "tox"}
    | {"ansible-playbook", "bazel", "just", "nox", "task", "turbo", "nx", "lerna", "rush", "docker"}
    | {"su", "runuser", "gosu", "su-exec", "chroot", "cp", "mv", "ln", "install", "rsync", "tee"}
    | {"git", "node", "ruby", "perl", "xargs", "eval"}
)
_SHELLS = frozenset(
    {"bash", "sh", "zsh", "ash", "fish", "sleep", "tail", "sshd", "jupyter", "jupyter-lab", ""}
    | {"supervisord", "start-notebook.py", "start-notebook.sh", "tini", "code-server"}
)


class _Install(NamedTuple):
    """An installation of a build: the stage, where it stands, its script, and who runs it.

    `home` is the home folder of who does; None where nobody knows.
    """

    stage: int
    start: int
    script: Script
    install: PackageInstall
    home: str | None


def unread_files(document: Document, stage: Stage) -> Iterator[UnreadFile]:
    """The files of settings that a stage copies, writes or mounts, and that nothing there reads."""
    if is_windows(stage):
        return
    for found in _put(document, stage):
        if isinstance(found, UnreadFile):
            yield found
    puts = (one for one in _put(document, stage) if isinstance(one, _Put))
    for put in islice(puts, _MOST):
        yield from _unread(document, stage, put)
    mounting = (one for one in stage.of("RUN") if one.flags)
    for instruction in islice(mounting, _MOST):
        yield from _mounted(document, stage, instruction)
    for script in stage.scripts:
        yield from _written(script)


def _put(document: Document, stage: Stage) -> Iterator[UnreadFile | _Put]:
    """The files of settings that a stage copies, and those whose names alone tell that none is."""
    for instruction, workdir in with_folders(document, stage):
        if instruction.keyword in ("COPY", "ADD"):
            yield from _copied(stage, instruction, workdir)


def _written(script: Script) -> Iterator[UnreadFile]:
    """What a script writes into a folder of settings under a name that does not fit."""
    for command in script.commands:
        words = [
            one.target
            for one in command.redirects
            if one.operator in _WRITING and one.target is not None
        ]
        words += command.arguments if command.program == "tee" else ()
        for word in words:
            better = unfit_name(word.text) if isinstance(word.value, Known) else ""
            if better and basename(word.text) not in _renamed(script):
                yield UnreadFile(word, word.text, Unread.NAME, better=better)


def _renamed(script: Script) -> frozenset[str]:
    """The files that a script moves or removes afterwards, by their base names."""
    moving = script.of("mv", "cp", "rm", "ln")
    return frozenset(basename(word.text) for command in moving for word in command.arguments)


def _copied(
    stage: Stage, instruction: Instruction, workdir: str | None
) -> Iterator[UnreadFile | _Put]:
    taken = sources(instruction)
    target = instruction.words[-1] if taken else None
    if target is None or not isinstance(target.value, Known) or instruction.flag("parents"):
        return
    into = len(taken) > 1 or target.text.endswith("/") or basename(target.text) in (".", "")
    bodies = {body.span: body.name for body in instruction.heredocs}
    for word in taken:
        if not isinstance(word.value, Known):
            continue
        name = basename(bodies.get(word.span, word.text).rstrip("/"))
        if not name or "*" in name or (name not in target.text and not into and "." not in name):
            continue  # a folder
        paths = _paths(target.text, name, workdir, into=into)
        better = unfit_name(paths[0]) if len(paths) == 1 else ""
        if better:
            if not any(name in _renamed(script) for script in stage.scripts):
                yield UnreadFile(word, paths[0], Unread.NAME, better=better)
            continue
        kind = next(filter(None, map(setting_file, paths)), None)
        if kind is not None and paths:
            yield _Put(word, tuple(paths), kind)


def _paths(target: str, name: str, workdir: str | None, *, into: bool) -> list[str]:
    """Where a file may come to lie: a target may be a folder that is there."""
    place = joined(target, workdir)
    if place is None:
        return []
    within = f"{place.rstrip('/')}/{name}"
    if into:
        return [within]
    plain = basename(place) == name or "." in basename(place).strip(".")
    return [place] if plain else [place, within]


class _Put(NamedTuple):
    """A file of settings that is put at one of some paths, by a word or a flag."""

    place: Node
    paths: tuple[str, ...]
    kind: SettingFile


def _unread(document: Document, stage: Stage, put: _Put) -> Iterator[UnreadFile]:
    """The file, where none of its readers that can see it looks there."""
    upon = _upon(document, stage)
    every = [
        one
        for one in document.derived(_installs)
        if one.install.manager.name in put.kind.readers and not one.install.run
    ]
    if not every or _is_handled(document, upon, put):
        return
    start = put.place.span.start
    behind = [one for one in every if one.stage in upon and one.start > start]
    if behind:
        yield from _passed_over(put, behind)
    elif not _is_run_behind(document, upon, put) and not _for_later(stage, document, upon):
        below = {part.index for part in chain(document, stage)}
        before = [one for one in every if one.stage in below]
        nearest = before[-1] if before else every[0]
        if before or not _leaves(document, upon, put):
            yield UnreadFile(
                put.place,
                put.paths[0],
                Unread.LATE if before else Unread.ELSEWHERE,
                nearest.install.manager.name,
                nearest.install.command,
            )


def _is_run_behind(document: Document, upon: frozenset[int], put: _Put) -> bool:
    """Whether a reader is called there for something else: `npm run build` obeys the file, too."""
    return any(
        call.manager.name in put.kind.readers
        for index in upon
        for script in stages(document)[index].scripts
        if script.role is ScriptRole.RUN and script.span.start > put.place.span.start
        for command in script.commands
        if (call := manager_call(command)) is not None
    )


def _upon(document: Document, stage: Stage) -> frozenset[int]:
    """The indexes of a stage and of those that are built upon it."""
    found = {stage.index}
    for one in stages(document)[stage.index :]:
        if one.base_stage in found:
            found.add(one.index)
    return frozenset(found)


def _installs(document: Document) -> tuple[_Install, ...]:
    """All installations of a Dockerfile's builds, in order."""
    found: list[_Install] = []
    for stage in stages(document):
        created = {one.name: one.home for one in accounts(document, stage)}
        for script in stage.scripts:
            if script.role is not ScriptRole.RUN:
                continue
            home = _home(document, stage, script, created)
            found += [
                _Install(stage.index, script.span.start, script, install, home)
                for command in script.commands
                for install in package_installs(command)
            ]
    return tuple(found)


def _home(
    document: Document, stage: Stage, script: Script, created: Mapping[str, str]
) -> str | None:
    """The home of who runs a script; None where nobody knows. `created` has users and homes."""
    told = last_set_before(document, stage, "HOME", script.span)
    if told is not None:
        return told.value.value if isinstance(told.value, Known) else None
    if script.place.root == Known(value=True):
        return "/root"
    word = _user(document, stage, script.span.start)
    if word is None or not isinstance(word.value, Known):
        return None
    name = word.text.partition(":")[0]
    if names_root(name):
        return "/root"
    if any("usermod" in one.text for one in stage.scripts):
        return None
    return created.get(name) or (f"/home/{name}" if name in _OF_BASES else None)


def _user(document: Document, stage: Stage, before: int) -> Word | None:
    """What the last USER before an offset names; None where the base image decides."""
    for part in chain(document, stage):
        users = [one for one in part.of("USER") if part is not stage or one.span.start < before]
        if users:
            return users[-1].words[0] if users[-1].words else None
    return None


def _passed_over(put: _Put, behind: list[_Install]) -> Iterator[UnreadFile]:
    """The file, where all that install behind it look elsewhere."""
    if any(_may_read(put, one) for one in behind):
        return
    first = behind[0]
    at_home = any(path.startswith(_HOMES) for path in put.paths)
    home = first.home or "~"
    yield UnreadFile(
        put.place,
        put.paths[0],
        Unread.HOME if at_home else Unread.PLACE,
        first.install.manager.name,
        first.install.command,
        better=f"{home.rstrip('/')}/{put.kind.homes[0]}" if first.home else "",
    )


def _may_read(put: _Put, one: _Install) -> bool:
    """Whether an installation reads the file at one of its paths, as far as anybody knows."""
    kind, install, script = put.kind, one.install, one.script
    if install.option(*kind.options) or not script.readable or install.command.wrappers:
        return True
    names = frozenset(name.upper() for name in kind.variables)
    if any(variable.name.upper() in names for variable in install.command.environment):
        return True
    folder: str | None = None
    if install.option(*kind.without_project):
        folder = ""
    elif script.workdir and not script.of("cd", "pushd"):
        folder = script.workdir
    homes = None if one.home is None else (one.home,)
    return any(kind.is_read_at(path, homes, folder) for path in put.paths)


def _is_handled(document: Document, upon: frozenset[int], put: _Put) -> bool:
    """Whether something else may bring the file to where it is read, or say where it lies."""
    names = frozenset(name.upper() for name in put.kind.variables)
    words = {basename(path) for path in put.paths}
    for stage in stages(document):
        if any(name.upper() in names for name in stage.variables):
            return True
        if stage.index not in upon:
            continue
        for script in stage.scripts:
            if script.role is not ScriptRole.RUN:
                continue
            if not script.readable or any(_hides(command, words) for command in script.commands):
                return True
    return False


def _hides(command: Command, names: set[str]) -> bool:
    """Whether a command may move the file, or runs what nobody sees."""
    if command.program == "" or command.program.endswith((".sh", ".py", ".bash")):
        return True
    if command.program == "rm":
        return False
    if any(name in word.raw for name in names for word in command.arguments):
        return True
    return command.program in _OPAQUE and manager_call(command) is None


def _leaves(document: Document, upon: frozenset[int], put: _Put) -> bool:
    """Whether another stage takes the file, or what holds it, out of these."""
    every = stages(document)
    names = {name for index in upon for name in (every[index].name.lower(), str(index)) if name}
    for stage in every:
        for instruction in stage.of("COPY", "ADD", "RUN"):
            flags = (instruction.flag("from"), *instruction.flags_named("mount"))
            for flag in filter(None, flags):
                origin = flag.options().get("from", "") if flag.name == "mount" else flag.text
                if origin.lower() in names and _holds(instruction, put):
                    return True
    return False


def _holds(instruction: Instruction, put: _Put) -> bool:
    """Whether one of the words of a COPY is the file or lies above it; a mount may be."""
    if instruction.keyword == "RUN":
        return True
    taken = [word.text.rstrip("/") for word in instruction.words[:-1]]
    return any(f"{path}/".startswith(f"{one}/") for one in taken for path in put.paths)


def _for_later(stage: Stage, document: Document, upon: frozenset[int]) -> bool:
    """Whether the file may be for what is installed when a container or another build starts."""
    for index in upon:
        part = stages(document)[index]
        if part.of("ONBUILD"):
            return True
        if not part.delivered:
            continue
        start = part.start
        script = start.script if start is not None else None
        if script is None or not script.commands:
            return True
        for command in script.commands:
            if command.program in _SHELLS or command.program.endswith((".sh", ".bash")):
                return True
            if manager_call(command) is not None:
                return True
    return not stage.delivered and not stage.used and not upon - {stage.index}


def _mounted(document: Document, stage: Stage, instruction: Instruction) -> Iterator[UnreadFile]:
    """The secrets and files that a RUN mounts where its programs do not look for settings."""
    flags = [one for one in instruction.flags_named("mount") if isinstance(one.value, Known)]
    if not flags:
        return
    inside = [
        one for one in document.derived(_installs) if instruction.span.covers(one.script.span)
    ]
    for flag in flags:
        options = flag.options()
        kind, path = _mount(options, inside[0].script.workdir or None if inside else None)
        if kind is None or not path:
            continue
        installs = [one for one in inside if one.install.manager.name in kind.readers]
        put = _Put(flag, (path,), kind)
        if not installs or _is_handled(document, frozenset((stage.index,)), put):
            continue
        if any(_SECRETS in one.script.text or options.get("env") for one in installs):
            continue
        for found in _passed_over(put, installs):
            yield found._replace(why=Unread.MOUNTED if path.startswith(_SECRETS) else found.why)


_SECRETS = "/run/secrets"


def _mount(options: dict[str, str], workdir: str | None) -> tuple[SettingFile | None, str]:
    """The kind of settings file that a mount is, and its path; None for other mounts.

    https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
    """
    target = options.get("target") or options.get("dst") or options.get("destination") or ""
    if options.get("type", "bind") == "bind" and target:
        return setting_file(target), joined(target, workdir) or ""
    if options.get("type") != "secret":
        return None, ""
    if target:
        return setting_file(target), joined(target, workdir) or ""
    name = options.get("id") or basename(options.get("source") or options.get("src") or "")
    return setting_id(name), f"{_SECRETS}/{name}"
