"""The rule `bash-syntax-in-sh`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import operands_of, run_scripts
from imagelint.documents.queries.stages import stages_where
from imagelint.knowledge.globs import matches
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.shell.script import Command, Script

# Whose /bin/sh is dash: the official images upon Debian and Ubuntu, and NVIDIA's upon Ubuntu.
_DASH = (
    *("debian", "ubuntu", "buildpack-deps", "python", "node", "golang", "rust", "ruby", "php"),
    *("gcc", "openjdk", "eclipse-temurin", "nginx", "postgres", "redis"),
)
_OTHER_SHELL = ("*alpine*", "*ubi*", "*rockylinux*", "*almalinux*", "*centos*", "*fedora*", "*ol8*")
_COMMANDS = {
    "[[": ("`[[` is no command of sh", "SC3010"),
    "declare": ("`declare` is no command of sh", "SC3044"),
    "mapfile": ("`mapfile` is no command of sh", "SC3044"),
    "popd": ("`popd` is no command of sh", "SC3044"),
    "pushd": ("`pushd` is no command of sh", "SC3044"),
    "readarray": ("`readarray` is no command of sh", "SC3044"),
    "shopt": ("`shopt` is no command of sh", "SC3044"),
    "source": ("`source` is no command of sh", "SC3046"),
}
_TESTS = ("[", "test")


class _Fault(NamedTuple):
    span: Span
    message: str
    code: str


@rule(
    Stage,
    Severity.LOW,
    confidence=Confidence.LIKELY,
    references=(
        "ShellCheck SC3010",
        "ShellCheck SC3014",
        "ShellCheck SC3020",
        "ShellCheck SC3044",
        "ShellCheck SC3046",
        "droast DF066",
    ),
)
def bash_syntax_in_sh(stage: Stage, ctx: Context) -> Findings:
    """A script uses what only bash knows, and is run by another shell.

    RUN is run by `/bin/sh`, which is dash upon Debian and Ubuntu. `[[` is a program that there is
    not: a condition is false without a word. `&>` runs the command in the background.

    Except:
        Stages that choose their shell, images whose `/bin/sh` is bash or is not known, and files in
        which `/bin/sh` is linked to another shell.

    Bad:
        FROM debian:12.7
        RUN if [[ -f model.bin ]]; then rm model.bin; fi

    Good:
        FROM debian:12.7
        RUN if [ -f model.bin ]; then rm model.bin; fi
    """
    if not _is_dash(stage) or stage.index in ctx.document.derived(_relinking):
        return
    for script in run_scripts(stage):
        if script.shell != "sh":
            continue
        for command in script.commands:
            for fault in () if command.nested else _faults(command):
                yield ctx.finding(
                    fault.span,
                    fault.message,
                    help='write it as sh has it, or choose `SHELL ["/bin/bash", "-c"]`',
                    subject=command.program,
                    references=(f"ShellCheck {fault.code}", "droast DF066"),
                )


def _is_dash(stage: Stage) -> bool:
    image = stage.root_image
    if image is None or not isinstance(image.reference, Known):
        return False
    reference = image.reference.value
    if any(matches(f"{reference.repository}:{reference.tag}", glob) for glob in _OTHER_SHELL):
        return False
    name = f"{reference.registry}/{reference.repository}"
    official = any(name == f"docker.io/library/{one}" for one in _DASH)
    return official or (name == "docker.io/nvidia/cuda" and "ubuntu" in reference.tag)


def _relinking(document: Document) -> frozenset[int]:
    return stages_where(document, lambda stage: any(map(_relinks, stage.scripts)))


def _relinks(script: Script) -> bool:
    return any(
        any(word.text == "/bin/sh" for word in operands_of(command)) for command in script.of("ln")
    )


def _faults(command: Command) -> Iterator[_Fault]:
    known = _COMMANDS.get(command.program)
    if known is not None and command.words[0].raw == command.program:
        yield _Fault(command.words[0].span, *known)
    if command.program in _TESTS:
        for word in command.arguments:
            if word.raw == "==":
                yield _Fault(word.span, "`==` is no comparison of sh: it is `=`", "SC3014")
    for redirect in command.redirects:
        if redirect.operator == "&>":
            message = "`&>` runs the command in the background, and empties the file"
            yield _Fault(redirect.span, message, "SC3020")
