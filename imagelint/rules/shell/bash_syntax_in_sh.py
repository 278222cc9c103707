"""The rule `bash-syntax-in-sh`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import operands_of, run_scripts
from imagelint.documents.queries.stages import stages_where
from imagelint.documents.runtime.probe import CheckCommand
from imagelint.knowledge.globs import matches
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.shell.script import Command, Script

# Whose /bin/sh is dash: the official images upon Debian and Ubuntu, and NVIDIA's upon Ubuntu.
_DASH = (
    *("debian", "ubuntu", "buildpack-deps", "python", "node", "golang", "rust", "ruby", "php"),
    *("gcc", "openjdk", "eclipse-temurin", "nginx", "postgres", "redis"),
)
# Busybox's shell knows `[[` and `source`, but not the devices of bash.
_BUSYBOX = ("docker.io/library/alpine", "docker.io/library/busybox")
_OTHER_SHELL = (
    "*alpine*",
    "*ubi*",
    "*rockylinux*",
    "*almalinux*",
    "*centos*",
    "*fedora*",
    "*ol8*",
    "*rocm*",
)
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
    (Stage, CheckCommand),
    Severity.LOW,
    confidence=Confidence.LIKELY,
    references=(
        "ShellCheck SC3010",
        "ShellCheck SC3014",
        "ShellCheck SC3020",
        "ShellCheck SC3025",
        "ShellCheck SC3044",
        "ShellCheck SC3046",
        "droast DF066",
    ),
)
def bash_syntax_in_sh(one: Stage | CheckCommand, ctx: Context) -> Findings:
    """A script uses what only bash knows, and is run by another shell.

    RUN, and a health check by default, is run by `/bin/sh`, which is dash upon Debian and Ubuntu.
    `[[` is a program that there is not: a condition is false without a word. `&>` runs the command
    in the background.

    `/dev/tcp/HOST/PORT` is a connection in bash alone. A health check that opens it by `sh` fails
    for ever: the container is never healthy, and a liveness probe kills it again and again.

    Except:
        Stages that choose their shell, images whose `/bin/sh` is bash or is not known, and files in
        which `/bin/sh` is linked to another shell. In health checks what stands behind `||`, and
        images that another file builds.

    Bad:
        FROM debian:12.7
        RUN if [[ -f model.bin ]]; then rm model.bin; fi

    Good:
        FROM debian:12.7
        RUN if [ -f model.bin ]; then rm model.bin; fi

    Bad (compose.yaml):
        services:
          store:
            image: qdrant/qdrant:v1.15.4
            healthcheck:
              test: ["CMD-SHELL", "echo > /dev/tcp/localhost/6333"]

    Good (compose.yaml):
        services:
          store:
            image: qdrant/qdrant:v1.15.4
            healthcheck:
              test: ["CMD", "bash", "-c", "echo > /dev/tcp/localhost/6333"]
    """
    if isinstance(one, CheckCommand):
        yield from _of_check(one, ctx)
    else:
        yield from _of_stage(one, ctx)


def _of_stage(stage: Stage, ctx: Context) -> Findings:
    found = [
        (command, fault)
        for script in run_scripts(stage)
        for command in (script.commands if script.shell == "sh" else ())
        for fault in (() if command.nested else _faults(command))
    ]
    # Asked last: few stages have any, and what is known of images is imported for them alone.
    if (
        not found
        or not _is_dash(stage.root_image)
        or stage.index in ctx.document.derived(_relinking)
    ):
        return
    for command, fault in found:
        yield ctx.finding(
            fault.span,
            fault.message,
            help='write it as sh has it, or choose `SHELL ["/bin/bash", "-c"]`',
            subject=command.program,
            references=(f"ShellCheck {fault.code}", "droast DF066"),
        )


def _of_check(check: CheckCommand, ctx: Context) -> Findings:
    """What keeps a health check from ever telling that all is well."""
    # Few files have a check that is a script: what reads it is imported for them alone.
    from imagelint.documents.queries.health.asked import written_at
    from imagelint.documents.queries.health.outcomes import check_script
    from imagelint.documents.runtime.field import Place

    script = check_script(check)
    if script is None or check.image is None or not _is_run_by_sh(check, script, ctx.document):
        return
    dash, busybox = _is_dash(check.image), _is_busybox(check.image)
    first, _, _ = script.text.partition("||")
    for command in script.commands if dash or busybox else ():
        if command.nested or command.span.start > len(first):
            continue
        for fault in (*_devices(command), *(_faults(command) if dash else ())):
            text = script.text[fault.span.start : fault.span.end]
            yield ctx.finding(
                written_at(check.words, text, Place(check.span, check.path)),
                f"{fault.message}, and `sh` of {check.image.text} runs this {check.title}",
                help="run it by `bash`, which knows it",
                subject=check.owner,
                severity=Severity.HIGH,
                references=(f"ShellCheck {fault.code}",),
            )


def _is_run_by_sh(check: CheckCommand, script: Script, document: Document) -> bool:
    """Whether it is the `sh` of the image as it is published that runs a check."""
    if check.built or script.shell != "sh" or not script.readable:
        return False
    from imagelint.documents.queries.dockerfiles.startforms import final_stage
    from imagelint.documents.shell.shells import base_name

    stage = final_stage(document)
    if stage is None:
        return True
    chosen = check.in_shell and base_name("".join(stage.shell[:1])) != "sh"
    return not chosen and stage.index not in document.derived(_relinking)


def _is_dash(image: ImageUse | None) -> bool:
    if image is None or not isinstance(image.reference, Known):
        return False
    reference = image.reference.value
    if any(matches(f"{reference.repository}:{reference.tag}", glob) for glob in _OTHER_SHELL):
        return False
    name = f"{reference.registry}/{reference.repository}"
    official = any(name == f"docker.io/library/{one}" for one in _DASH)
    cuda = name == "docker.io/nvidia/cuda" and "ubuntu" in reference.tag
    if official or cuda:
        return True
    from imagelint.knowledge.containers.programs import has_dash

    return has_dash(name)


def _is_busybox(image: ImageUse) -> bool:
    if not isinstance(image.reference, Known):
        return False
    reference = image.reference.value
    name = f"{reference.registry}/{reference.repository}"
    official = any(name == f"docker.io/library/{one}" for one in _DASH)
    return name in _BUSYBOX or (official and "alpine" in reference.tag)


def _relinking(document: Document) -> frozenset[int]:
    return stages_where(document, lambda stage: any(map(_relinks, stage.scripts)))


def _relinks(script: Script) -> bool:
    return any(
        any(word.text == "/bin/sh" for word in operands_of(command)) for command in script.of("ln")
    )


def _devices(command: Command) -> Iterator[_Fault]:
    from imagelint.documents.queries.health.outcomes import CONNECTIONS

    for redirect in command.redirects:
        target = redirect.target
        if target is not None and target.text.startswith(CONNECTIONS):
            yield _Fault(target.span, f"`{target.text}` is a connection in bash alone", "SC3025")


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
