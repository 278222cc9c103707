"""What Podman runs, builds and pulls as units of systemd, as lines of `podman`.

https://docs.podman.io/en/stable/markdown/podman-systemd.unit.5.html: `.container`, `.pod`, `.build`
and `.image` files, and drop-ins of theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.builds import BuildLine, argument
from imagelint.documents.runlines.line import Flag, RunLine, read_flags
from imagelint.documents.runlines.platform import QUADLET_KEYS
from imagelint.documents.runlines.units import settings, without_specifiers
from imagelint.documents.runlines.values import Value
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.startscript import read_mapped_script
from imagelint.documents.shared import ImageRole, image_use
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.runlines.units import UnitSetting
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.shell.script import Word

_FLAGS = {key: flag for flag, key in QUADLET_KEYS.items()}
_ASSIGNMENT = pattern(
    r"\"(?P<double>[^\"=\s]+=[^\"]*)\"|'(?P<single>[^'=\s]+=[^']*)'"
    r"|(?P<plain>[^\s\"'=]+=(?:\"[^\"]*\"|'[^']*'|[^\s\"'])*)"
)
_WORD = pattern(r"\S+")
_LISTS = frozenset({"cap-add", "cap-drop", "annotation", "label"})
_SWITCHED = {
    "SecurityLabelDisable": "label=disable",
    "NoNewPrivileges": "no-new-privileges",
}
_TRUE = frozenset({"true", "yes", "on", "1"})
# Units of their own, which say which image it is.
_OTHER_UNIT = (".build", ".image")


def quadlet_line(text: str, *, partial: bool = False) -> RunLine | None:
    """The line that a unit stands for; None where it names no image.

    Of a pod, and of one that is `partial` as drop-ins are, it is not known which image runs there.
    """
    image: Value | None = None
    span = Span(0, 0)
    flags: list[Flag] = []
    arguments: tuple[Word, ...] = ()
    complete = True
    for one in (each for each in settings(text) if each.section in ("Container", "Pod")):
        if image is None and (partial or one.section == "Pod"):
            image, span = Value(one.name_span, "$_", ""), one.name_span
            complete = False
        if one.name == "Image":
            image, span = _value(one), one.name_span
            if one.value.endswith(_OTHER_UNIT):
                image = image._replace(text="$_")
        elif one.name == "Exec":
            arguments = _words(one)
        elif one.name in ("PodmanArgs", "GlobalArgs"):
            told = read_flags(_words(one), "podman")
            complete = complete and told is not None
            flags += told or ()
        else:
            flags += _flags(one)
    if image is None or not image.text:
        return None
    return RunLine(
        span=span,
        program="podman",
        verb="run",
        flags=tuple(flags),
        image=image,
        arguments=arguments,
        complete=complete,
    )


def pulled_images(text: str) -> Iterator[ImageUse]:
    """The images that `.image` units pull."""
    for one in settings(text):
        if one.section == "Image" and one.name == "Image" and one.value:
            value = _value(one)
            place = Place(value.span, "Image.Image")
            yield image_use(place, ImageRole.COMPOSE, value.raw, value.known or value.raw)


def quadlet_build(text: str) -> BuildLine | None:
    """The build that a `.build` unit runs; None where the text has none.

    Its paths are relative to the folder of the unit.
    """
    found = [one for one in settings(text) if one.section == "Build"]
    if not found:
        return None
    said = {one.name: _value(one) for one in found}
    target = said.get("Target")
    file = said.get("File")
    context = said.get("SetWorkingDirectory")
    return BuildLine(
        span=found[0].name_span,
        names=tuple(_value(one) for one in found if one.name == "ImageTag"),
        context=None if context is not None and _is_elsewhere(context) else ".",
        dockerfile=None if file is not None and not file.known else (file.known if file else ""),
        target=None
        if target is not None and not target.known
        else (target.known if target else ""),
        arguments=tuple(argument(_value(one)) for one in found if one.name == "BuildArg"),
        target_span=target.span if target is not None and target.known else None,
        placed=True,
    )


def _is_elsewhere(folder: Value) -> bool:
    return folder.known not in ("unit", "file", "yaml", ".", "./")


def _value(one: UnitSetting, start: int = 0, end: int | None = None) -> Value:
    raw = one.value[start:end]
    text = without_specifiers(MappedText.verbatim(raw.replace("$", "$$"), 0)).text
    begin = one.start + start
    return Value(Span(begin, begin + len(raw)), text, raw)


def _flags(one: UnitSetting) -> Iterator[Flag]:
    name = _FLAGS.get(one.name)
    option = _security_option(one)
    if option:
        yield Flag(one.name_span, "security-opt", Value(_value(one).span, option, ""))
    elif name == "env":
        for match in _ASSIGNMENT.finditer(one.value):
            value = _value(one, *match.span(str(match.lastgroup)))
            quoted = value.text.partition("=")
            yield Flag(one.name_span, "env", value._replace(text=_bare(*quoted)))
    elif name in _LISTS:
        for match in _WORD.finditer(one.value):
            yield Flag(one.name_span, name, _value(one, *match.span()))
    elif name is not None:
        yield Flag(one.name_span, name, _value(one))


def _security_option(one: UnitSetting) -> str:
    """What keys of their own say of confinement; empty for all others."""
    if one.name == "SeccompProfile":
        return f"seccomp={_value(one).text}"
    return _SWITCHED.get(one.name, "") if one.value.strip().lower() in _TRUE else ""


def _bare(name: str, equals: str, text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return f"{name}{equals}{text[1:-1] if quoted else text}"


def _words(one: UnitSetting) -> tuple[Word, ...]:
    """The words of a command line."""
    mapped = without_specifiers(MappedText.verbatim(one.value, one.start))
    # Behind a program that takes anything: else `a=b` would be an assignment, `sudo` no word.
    behind = mapped.replaced(((0, 0, ": "),))
    script = read_mapped_script(behind, ScriptRole.START, shell="sh", variables={}, path="")  # noqa: S604 - nothing is run
    return script.commands[0].words[1:] if script.commands else ()
