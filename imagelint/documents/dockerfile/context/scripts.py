"""The scripts that stand in files which an image runs when it is built or started."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import islice
from posixpath import join
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Source, Span
from imagelint.documents.dockerfile.context.image import ImageFiles
from imagelint.documents.dockerfile.document import InstalledFiles, RunFiles, UnreadStart
from imagelint.documents.dockerfile.execution import BuildStep
from imagelint.documents.mapped import MappedText
from imagelint.documents.parts import Attachments, TextPart
from imagelint.documents.project import beside
from imagelint.documents.serving.launchers import launcher
from imagelint.documents.shell.inner import may_install_files, script_file
from imagelint.documents.shell.script import Exports, ScriptRole
from imagelint.documents.shell.shells import POSIX_SHELLS, shebang_shell
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imagelint.core.fact import Fact
    from imagelint.documents.dockerfile.context.image import FileText
    from imagelint.documents.dockerfile.context.services import ServiceFiles
    from imagelint.documents.dockerfile.model import Stage, StartCommand
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.kinds import Beside
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command, Script, Word
    from imagelint.documents.yaml.nodes import YamlNode

_MOST_FILES = 20  # of one Dockerfile
_MOST_NAMES = 100  # in one folder of services
_DEEPEST = 3  # scripts that run scripts
_NAMES = pattern(r"\$\{?([A-Za-z_]\w*)")
_DEFAULTS = pattern(r"\$\{([A-Za-z_]\w*):?[-=]")
_OTHER_LANGUAGES = (".py", ".pl", ".rb", ".js", ".mjs", ".ts", ".php", ".lua", ".ps1", ".fish")


class _Run(NamedTuple):
    """What runs a file: where, as what, and with which variables."""

    stage: Stage
    before: int
    role: ScriptRole
    place: ExecutionPlace
    mounts: tuple[str, ...] = ()
    environment: tuple[EnvVar, ...] = ()


class _Words(NamedTuple):
    """The words of a command, and what its script sets for it."""

    words: Sequence[Word]
    environment: tuple[EnvVar, ...] = ()


def _of_command(command: Command) -> _Words:
    return _Words(command.words, command.environment)


class _Reader:
    """Reads the files that commands run, each once for a role."""

    def __init__(self, files: ImageFiles, source: Source) -> None:
        self._files = files
        self._source = source
        self._parts: list[TextPart] = []
        self._owners: list[tuple[int, int]] = []
        self._scripts: dict[tuple[str, int, ScriptRole], Script] = {}
        self._unread: dict[str, UnreadStart] = {}

    def result(self, started: Mapping[str, Script], stages: Sequence[Stage]) -> RunFiles:
        scripts = tuple(self._scripts.values())
        installed = self._installed(stages)
        settings = self._settings(started, _final(stages))
        parts, asked = tuple(self._parts), tuple(self._files.asked)
        attachments = Attachments(parts, asked, installed.allowances)
        owners = tuple(self._owners)
        return RunFiles(
            scripts,
            started,
            attachments,
            owners,
            installed=installed.files,
            missing=installed.missing,
            unnamed=installed.unnamed,
            settings=settings,
            unread=tuple(self._unread.values()),
        )

    def _settings(self, started: Mapping[str, Script], stage: Stage) -> dict[str, YamlNode]:
        """The settings in copied files that the server of the last stage reads."""
        from imagelint.documents.dockerfile.start import launch_of
        from imagelint.documents.serving.configfiles import named_configs, read_config

        before = stage.instructions[-1].span.end
        found: dict[str, YamlNode] = {}
        for path in named_configs(launch_of(stage, started)):
            file = self._files.lone_file(path, stage, before)
            if file is not None:
                start = self._attach(file, before).start
                node = read_config(MappedText.verbatim(file.text, start), path)
                found |= {path: node} if node is not None else {}
        return found

    def _installed(self, stages: Sequence[Stage]) -> InstalledFiles:
        if not any(may_install_files(one) for stage in stages for one in stage.scripts):
            return InstalledFiles()
        from imagelint.documents.dockerfile.context.requirements import read_installed_files

        return read_installed_files(stages, self._files, self._attach)

    def _attach(self, found: FileText, before: int) -> TextPart:
        """Make the text of a file a part of the document, unless it stands in the Dockerfile."""
        if not found.name:
            return TextPart(found.start, Source(self._source.origin, found.text))
        origin = beside(self._source.origin, found.name)
        start = (self._parts[-1] if self._parts else TextPart(0, self._source)).next_start
        part = TextPart(start, Source(origin, found.text))
        self._parts.append(part)
        self._owners.append((start, before))
        return part

    def run(self, commands: Iterable[_Words], run: _Run) -> dict[str, Script]:
        """The scripts that commands run, and those that these run, by the words that name them."""
        found: dict[str, Script] = {}
        pending = [(one, 0) for one in commands]
        while pending and len(self._scripts) < _MOST_FILES:
            (words, environment), depth = pending.pop(0)
            word = script_file(words)
            started = launcher(words) if run.role is ScriptRole.START else None
            if started is not None and started.text not in found:
                services = self._read_services(words, run)
                if services is not None:
                    found[started.text] = services
                    pending += [(one, depth + 1) for one in map(_of_command, services.commands)]
                    continue
            if word is None or word.text in found:
                continue
            by_shell = word is not words[unwrap(words).start]
            if not (by_shell or "/" in word.text) and (depth or run.role is ScriptRole.RUN):
                continue  # most are programs of the base image
            told = run._replace(environment=(*run.environment, *environment))
            script = self._read(word, told, by_shell=by_shell)
            if script is not None:
                found[word.text] = script
                if depth < _DEEPEST:
                    pending += [(one, depth + 1) for one in map(_of_command, script.commands)]
        return found

    def _read(self, word: Word, run: _Run, *, by_shell: bool) -> Script | None:
        name = word.text
        find = self._files.file if by_shell else self._files.program
        self._files.sought, self._files.hidden = "", False
        found = find(name, run.stage, run.before)
        if found is None or _is_other_language(name, found.text):
            there = found is not None or self._files.sought or self._files.hidden
            if run.role is ScriptRole.START and there and launcher((word,)) is None:
                self._unread.setdefault(name, self._unknown(word, self._files.sought))
            return None
        key = (found.name, found.start, run.role)
        if key not in self._scripts:
            self._scripts[key] = self._script(found, run)
        return self._scripts[key]

    def _read_services(self, words: Sequence[Word], run: _Run) -> Script | None:
        """What a launcher starts, as one script; None where its files are not there."""
        from imagelint.documents.dockerfile.context.services import service_files

        services = service_files(words)
        if services is None:
            return None
        named = list(self._first_of(services, run))
        paths = dict.fromkeys(self._matching(services.paths, run.stage))
        named += [text for one in paths if (text := self._files.file(one, run.stage, run.before))]
        scripts = [self._of_service(file, services, run) for file in named]
        read = [one for one in scripts if one is not None and one.commands]
        if not read:
            return None
        commands = tuple(command for one in read for command in one.commands)
        readable = len(read) == len(scripts) and all(one.readable for one in read)
        return read[0]._replace(commands=commands, readable=readable)

    def _first_of(self, services: ServiceFiles, run: _Run) -> Iterator[FileText]:
        """The file that a launcher reads first, and those that it includes.

        Where one of them is not seen, it is not known what is started.
        """
        for path in services.one_of:
            file = self._files.file(path, run.stage, run.before)
            if file is None:
                continue
            yield file
            for named in services.includes(file.text, path) if services.includes else ():
                others = list(dict.fromkeys(self._matching((named,), run.stage)))
                texts = [self._files.file(one, run.stage, run.before) for one in others]
                if not any(texts):
                    self._unread.setdefault(services.word.text, UnreadStart(services.word, ""))
                yield from filter(None, texts)
            return

    def _matching(self, wanted: Sequence[str], stage: Stage) -> Iterator[str]:
        """The paths of files of the image for some patterns, as far as the context tells them."""
        from imagelint.documents.dockerfile.context.services import beginnings, matching

        yield from (one for one in wanted if one and "*" not in one)
        yield from matching(self._files.named_paths(stage), wanted)
        for folder, name, behind in beginnings(wanted):
            for one in islice(self._files.folder(folder, stage), _MOST_NAMES):
                if fnmatchcase(one, name) and "*" not in behind:
                    yield join(folder, one, behind).rstrip("/")

    def _of_service(self, file: FileText, services: ServiceFiles, run: _Run) -> Script | None:
        from imagelint.documents.dockerfile.context.services import script_text

        key = (file.name, file.start, run.role)
        if key in self._scripts:
            return self._scripts[key]
        if services.read is not None:
            start = self._attach(file, run.before).start
            whole = file.written or MappedText.verbatim(file.text, start)
            told = script_text(whole, services.read(file.text, services.chosen))
            file = file._replace(text=told.text, written=told)
        elif _is_other_language(file.name or "run", file.text):
            return None
        self._scripts[key] = self._script(file, run)
        return self._scripts[key]

    def _unknown(self, word: Word, sought: str) -> UnreadStart:
        return UnreadStart(word, sought if sought and self._files.lacks(sought) else "")

    def _script(self, found: FileText, run: _Run) -> Script:
        script = self._of_text(found, run)
        # What runs it has exported to it what it got itself.
        told = tuple(
            command._replace(exported=Exports.of((*run.environment, *command.exported.variables())))
            for command in (script.commands if run.environment else ())
        )
        script = script._replace(commands=told or script.commands)
        return script.standing_in(run.place)

    def _of_text(self, found: FileText, run: _Run) -> Script:
        variables = _variables(found.text, run)
        if found.written is not None:
            from imagelint.documents.serving.startscript import read_mapped_script

            shell = shebang_shell(found.text) or "sh"
            return read_mapped_script(
                found.written, run.role, shell=shell, variables=variables, path=""
            )._replace(mounts=run.mounts)
        from imagelint.documents.shell.read import read_script

        start = self._attach(found, run.before).start
        return read_script(
            found.text.replace("\r\n", " \n"),
            Span(start, start + len(found.text)),
            run.role,
            variables=variables,
            mounts=run.mounts,
        )


def read_run_files(stages: Sequence[Stage], source: Source, read: Beside) -> RunFiles:
    """The scripts in files that the RUNs of the stages and the start of the last one run."""
    reader = _Reader(ImageFiles(stages, source.text, read), source)
    for stage in stages:
        for script in stage.scripts:
            place = script.place
            if script.role is ScriptRole.RUN and isinstance(place, BuildStep) and place.position:
                named = [one for one in script.commands if script_file(one.words)]
                if named:  # most commands are programs of the base image
                    run = _Run(stage, place.position, ScriptRole.RUN, place, script.mounts)
                    reader.run(map(_of_command, named), run)
    return reader.result(_started(_final(stages), reader), stages)


def _final(stages: Sequence[Stage]) -> Stage:
    return next(stage for stage in reversed(stages) if stage.final)


def _started(stage: Stage, reader: _Reader) -> dict[str, Script]:
    first = stage.start
    if first is None or first.script is None:
        return {}
    run = _Run(stage, stage.instructions[-1].span.end, ScriptRole.START, first.script.place)
    return reader.run(tuple(_start_words(stage.entrypoint, stage.cmd)), run)


def _start_words(*starts: StartCommand | None) -> Iterator[_Words]:
    """Entry point and command behind one another as Docker runs them, and each by itself."""
    forms = [start.words for start in starts if start is not None and start.json and start.words]
    if len(forms) > 1:
        yield _Words(tuple(word for form in forms for word in form))
    for start in starts:
        if start is not None and start.json:
            yield _Words(start.words)
        if start is not None and start.script is not None:
            yield from map(_of_command, start.script.commands)


def _is_other_language(name: str, text: str) -> bool:
    shell = shebang_shell(text)
    return shell not in POSIX_SHELLS if shell else name.lower().endswith(_OTHER_LANGUAGES)


def _variables(text: str, run: _Run) -> dict[str, Fact[str]]:
    """What a script knows at its start about the variables that it names.

    Where it has a default of its own, that counts for what the image does not set.
    """
    told = {one.name: one.value for one in run.environment}
    names = set(_NAMES.findall(text))
    known = {name: told.get(name) or run.place.setting(name) for name in names}
    for name in names_with_default(text):
        if known[name] is UNKNOWN:
            known[name] = ABSENT
    return known


def names_with_default(text: str) -> set[str]:
    """The variables that have a default in a script wherever it uses them."""
    return {name for name in _DEFAULTS.findall(text) if _has_default(name, text)}


def _has_default(name: str, text: str) -> bool:
    """Whether a variable has a default wherever it is used, or is set to it before."""
    if re.search(rf"(?:^|[\s;&|])(?:export\s+|readonly\s+)?{name}=|\{{{name}:?=", text):
        return True
    return re.search(rf"\$(?:{name}\b|\{{{name}\}})", text) is None
