"""What launchers of an image start: supervisord's programs, a Procfile, a makefile, run scripts.

Their commands become one script, a line each, every character of which knows where it is written.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.quoted import SUBSTITUTED
from imagelint.documents.shell.shells import base_name
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imagelint.documents.shell.script import Word

_SECTION = pattern(r"\[(?P<name>[^\]\n]*)\]")
_KEY = pattern(r"(?P<key>[A-Za-z_]+)[ \t]*[=:][ \t]*")
_PROGRAMS = ("program:", "fcgi-program:", "eventlistener:")
_COMMENT = pattern(r"[ \t];.*")
# http://supervisord.org/configuration.html: `%(ENV_X)s` is a variable of the supervisor.
_EXPANSION = pattern(r"%\(ENV_(?P<name>\w+)\)s|%\([^)\n]*\)[sd]|%%")
_PAIR = pattern(r"([A-Za-z_]\w*=(?:\"[^\"\n]*\"|'[^'\n]*'|[^,\s\"']*))[ \t]*(?:,|$|\n)")
_PROCESS = pattern(r"^(?P<name>[A-Za-z0-9_-]+):[ \t]*(?P<command>\S.*)$", 8)  # re.MULTILINE
_SUPERVISOR_FILES = (
    "supervisord.conf",
    "etc/supervisord.conf",
    "/etc/supervisord.conf",
    "/etc/supervisor/supervisord.conf",
)
_INCLUDED = (
    "/etc/supervisor/conf.d/*.conf",
    "/etc/supervisord.d/*.ini",
    "/etc/supervisord.d/*.conf",
)
_S6_RUNS = (
    "/etc/services.d/*/run",
    "/etc/s6-overlay/s6-rc.d/*/run",
    "/etc/cont-init.d/*",
)


class ServiceFiles(NamedTuple):
    """The files that a launcher reads, and how its commands stand in them.

    `paths` may be patterns; the first of `one_of` that is there counts, and may name others, which
    `includes` finds in it. Without a reader they are scripts themselves. `chosen` are the names of
    what is started; none: all.
    """

    word: Word
    one_of: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    read: Callable[[str, Sequence[str]], Iterator[Commands]] | None = None
    chosen: tuple[str, ...] = ()
    includes: Callable[[str, str], Iterator[str]] | None = None


class Commands(NamedTuple):
    """A command: the ranges of the file that it consists of, each with what stands for it."""

    pieces: tuple[tuple[int, int, str], ...]


def service_files(words: Sequence[Word]) -> ServiceFiles | None:
    """The files in which stands what a launcher starts; None: it is none that is known."""
    words = words[unwrap(words).start :]
    if not words or not all(isinstance(word.value, Known) for word in words):
        return None
    reader = _LAUNCHERS.get(base_name(words[0].text))
    if words[0].text == "/init":
        return ServiceFiles(words[0], paths=_S6_RUNS)
    return reader(words) if reader is not None else None


def matching(paths: Iterable[str], wanted: Sequence[str]) -> Iterator[str]:
    """Those of some paths that a pattern stands for."""
    for path in paths:
        if any(fnmatchcase(path, one) and path.count("/") == one.count("/") for one in wanted):
            yield path


def beginnings(wanted: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Patterns in three: the folder, a name in it that may be many, and what is behind it."""
    for one in wanted:
        parts = one.split("/")
        at = next((at for at, part in enumerate(parts) if "*" in part), 0)
        if at:
            yield "/".join(parts[:at]) or "/", parts[at], "/".join(parts[at + 1 :])


def script_text(file: MappedText, commands: Iterable[Commands]) -> MappedText:
    """The commands of a file, one a line."""
    text = file.text
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for command in commands:
        for begin, end, stands_for in command.pieces:
            parts.append(stands_for)
            same = stands_for == text[begin:end]
            starts += range(begin, end) if same else [begin] * len(stands_for)
            ends += range(begin + 1, end + 1) if same else [end] * len(stands_for)
        parts.append("\n")
        starts.append(max(0, ends[-1] - 1) if ends else 0)
        ends.append(starts[-1] + 1)
    inner = MappedText("".join(parts), Span(0, len(text)), tuple(starts), tuple(ends))
    return inner.within(file)


def supervised(text: str, _chosen: Sequence[str]) -> Iterator[Commands]:
    """The commands of supervisord's programs that it starts by itself."""
    for section in _sections(text):
        _, starts = section.get("autostart", [(0, "")])[0]
        if "command" not in section or starts.lower() in ("false", "0", "no", "off"):
            continue
        pieces: list[tuple[int, int, str]] = []
        for begin, line in section.get("environment", ()):
            for pair in _PAIR.finditer(line):
                pieces += _expanded(begin + pair.start(1), pair[1])
                pieces.append((begin + pair.end(1), begin + pair.end(1), " "))
        for number, (begin, line) in enumerate(section["command"]):
            pieces += [(begin, begin, " ")] if number else []
            pieces += _expanded(begin, line)
        yield Commands(tuple(pieces))


def included(text: str, path: str) -> Iterator[str]:
    """The files that a file of supervisord includes, as patterns; one that cannot be told: empty.

    `files` of `[include]` are relative to the file itself: http://supervisord.org/configuration.html
    """
    here = dirname(path) or "/"
    for section in _sections(text, ("include",)):
        for _, line in section.get("files", ()):
            for word in line.replace("%(here)s", here).split():
                yield "" if "%(" in word else normpath(join(here, word))


def _sections(
    text: str, names: tuple[str, ...] = _PROGRAMS
) -> Iterator[dict[str, list[tuple[int, str]]]]:
    """The keys of some sections with the lines of their values and where these begin."""
    found: list[dict[str, list[tuple[int, str]]]] = []
    value: list[tuple[int, str]] = []
    wanted = False
    for start, line in _lines(text):
        section = _SECTION.match(line)
        match = _KEY.match(line)
        if section is not None:
            wanted, value = section["name"].startswith(names), []
            found += [{}] if wanted else []
        elif line[0] in " \t":  # it goes on
            value.append((start, line))
        elif wanted and match is not None:
            value = [(start + match.end(), line[match.end() :])]
            found[-1][match["key"].lower()] = value
    yield from found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, without their comments, and where each begins."""
    at = 0
    for line in text.split("\n"):
        kept = _COMMENT.sub("", line).rstrip()
        if kept and not kept.lstrip().startswith((";", "#")):
            yield at, kept
        at += len(line) + 1


def _expanded(begin: int, told: str) -> Iterator[tuple[int, int, str]]:
    """A value as the shell would read it: its expansions are variables."""
    at = 0
    for match in _EXPANSION.finditer(told):
        if match.start() > at:
            yield begin + at, begin + match.start(), told[at : match.start()]
        name = match["name"]
        meant = "%" if match[0] == "%%" else f"${{{name}}}" if name else SUBSTITUTED
        yield begin + match.start(), begin + match.end(), meant
        at = match.end()
    if at < len(told):
        yield begin + at, begin + len(told), told[at:]


def processes(text: str, chosen: Sequence[str]) -> Iterator[Commands]:
    """The commands of a Procfile, or those of the processes that are chosen."""
    for match in _PROCESS.finditer(text):
        if not chosen or match["name"] in chosen:
            yield Commands(((match.start("command"), match.end("command"), match["command"]),))


def recipes(text: str, chosen: Sequence[str]) -> Iterator[Commands]:
    """The recipes of the targets that a makefile is told to make, and of what they need."""
    from imagelint.documents.runlines.makefiles import target_recipes

    for mapped in target_recipes(text, chosen):
        pieces = (
            (*mapped.place(at, at + 1), character) for at, character in enumerate(mapped.text)
        )
        yield Commands(tuple(pieces))


def _option(words: Sequence[Word], *names: str) -> str:
    """The value of an option: behind it, behind `=`, or glued to its letter."""
    for at, word in enumerate(words):
        for name in names:
            if word.text == name:
                return words[at + 1].text if at + 1 < len(words) else ""
            if name.startswith("--") and word.text.startswith(f"{name}="):
                return word.text[len(name) + 1 :]
            if not name.startswith("--") and word.text.startswith(name):
                return word.text[len(name) :]
    return ""


def _operands(words: Sequence[Word], valued: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    skip = False
    for word in words:
        if skip or word.text in valued:
            skip = not skip and word.text in valued
        elif not word.text.startswith("-"):
            found.append(word.text)
    return tuple(found)


def _supervisord(words: Sequence[Word]) -> ServiceFiles:
    named = _option(words[1:], "-c", "--configuration")
    return ServiceFiles(
        words[0],
        (named,) if named else _SUPERVISOR_FILES,
        () if named else _INCLUDED,
        supervised,
        includes=included,
    )


def _procfile(words: Sequence[Word]) -> ServiceFiles | None:
    valued = ("-f", "-d", "-e", "-p", "-m", "-c", "-l", "--procfile", "--env", "--root", "--port")
    verb, *chosen = _operands(words[1:], valued) or ("",)
    if verb not in ("start", "run", "s"):
        return None
    file = _option(words[1:], "-f", "--procfile") or "Procfile"
    folder = _option(words[1:], "-d", "--root")
    return ServiceFiles(words[0], (join(folder, file),), read=processes, chosen=tuple(chosen))


def _make(words: Sequence[Word]) -> ServiceFiles:
    file = _option(words[1:], "-f", "--file", "--makefile")
    folder = _option(words[1:], "-C", "--directory")
    names = (file,) if file else ("GNUmakefile", "makefile", "Makefile")
    told = _operands(words[1:], ("-f", "-C", "-j", "-I", "--file", "--makefile", "--directory"))
    chosen = tuple(one for one in told if "=" not in one)
    return ServiceFiles(words[0], tuple(join(folder, one) for one in names), (), recipes, chosen)


def _folder(words: Sequence[Word]) -> ServiceFiles:
    folder = (_operands(words[1:], ()) or ("/etc/service",))[0].rstrip("/")
    folders = (folder, "/etc/sv") if folder in ("/etc/service", "/var/service") else (folder,)
    return ServiceFiles(words[0], paths=tuple(f"{one}/*/run" for one in folders))


_LAUNCHERS: Mapping[str, Callable[[Sequence[Word]], ServiceFiles | None]] = {
    "supervisord": _supervisord,
    **dict.fromkeys(("honcho", "foreman", "forego", "goreman", "overmind"), _procfile),
    **dict.fromkeys(("make", "gmake"), _make),
    **dict.fromkeys(("runsvdir", "s6-svscan", "svscan"), _folder),
}
