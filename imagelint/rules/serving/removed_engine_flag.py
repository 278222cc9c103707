"""The rule `removed-engine-flag`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.serving import title, variable
from imagelint.documents.queries.start.flags import removed_flags
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.versions import at_least, hinted_version
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.knowledge.engines import RemovedFlag


@rule(ServingCommand, Severity.HIGH)
def removed_engine_flag(server: ServingCommand, ctx: Context) -> Findings:
    """The server is told something that its engine no longer understands.

    An unknown argument ends the server at once: the pod restarts for ever after what looked like
    a mere change of version. An environment variable that is gone is worse to find, because
    nothing reads it and nothing says so.

    Except:
        Switches that are deprecated, but still there, get a low severity. Where the image does not
        tell the version of its engine, the finding is only likely, and there is none where the tag
        of a mirror, or of a build that is named after the engine, hints at an older version.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.17.1
              args: [--model, Qwen/Qwen3-8B, --disable-log-requests]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.17.1
              args: [--model, Qwen/Qwen3-8B]

    Bad:
        FROM vllm/vllm-openai:v0.30.0
        ENV VLLM_ATTENTION_BACKEND=FLASHINFER
        CMD ["--model", "Qwen/Qwen3-8B"]

    Good:
        FROM vllm/vllm-openai:v0.30.0
        CMD ["--model", "Qwen/Qwen3-8B", "--attention-backend", "FLASHINFER"]
    """
    for gone in removed_flags(server):
        places = tuple(_places(server, gone))
        judged = _judged(server, gone) if places else None
        if judged is None:
            continue
        severity, confidence, when = judged
        for at, written in places:
            yield ctx.finding(
                at,
                f"`{written}` {when}",
                help=_advice(gone),
                subject=written,
                severity=severity,
                confidence=confidence,
                fix=_fix(at, written, gone, ctx),
            )


def _advice(gone: RemovedFlag) -> str:
    if not gone.advice and not gone.replacement:
        return "drop it"
    if not gone.advice:
        return f"use `--{gone.replacement}`"
    return gone.advice if gone.advice.startswith("use ") else f"drop it: {gone.advice}"


def _fix(at: Node, written: str, gone: RemovedFlag, ctx: Context) -> Fix | None:
    """Another name where the flag has one; without it where there is nothing to write instead."""
    if gone.replacement:
        # The keys of a file of settings have no dashes before them.
        dashes = "" if gone.flag and not written.startswith("-") else "--"
        other = f"{dashes}{gone.replacement}"
        return ctx.reworded(at, written, other) if not gone.advice else None
    return None if gone.advice.startswith("use ") else ctx.dropped(written, at)


def _places(server: ServingCommand, gone: RemovedFlag) -> Iterator[tuple[Node, str]]:
    found = variable(server, gone.variable) if gone.variable else None
    if found is not None:
        yield found, found.name
    for switch in server.switches:
        if gone.flag and switch.name == gone.flag and not switch.variable:
            yield switch, switch.written


def _judged(server: ServingCommand, gone: RemovedFlag) -> tuple[Severity, Confidence, str] | None:
    """How bad it is and what to say; None while the version still takes it."""
    name = title(server)
    effect = "is ignored by" if gone.variable else "ends"
    worst = Severity.MEDIUM if gone.variable else Severity.HIGH
    version = server.engine_version
    if not isinstance(version, Known):
        hint = _hint(server)
        if hint and gone.removed and not at_least(hint, gone.removed):
            return None
        since = f" from {gone.removed} on" if gone.removed else ""
        told = f"the image's tag says {hint}" if hint else "the image tells no version"
        likely = Severity.LOW if gone.variable else Severity.MEDIUM
        return likely, Confidence.LIKELY, f"{effect} {name}{since}; {told}"
    if gone.removed and at_least(version.value, gone.removed):
        return (
            worst,
            Confidence.CERTAIN,
            f"{effect} {name} {version.value}: it is gone since {gone.removed}",
        )
    if not gone.removed:
        return Severity.LOW, Confidence.LIKELY, f"{effect} newer releases of {name}"
    if gone.deprecated and at_least(version.value, gone.deprecated):
        until = f", gone in {gone.removed}" if gone.removed else ""
        message = f"is deprecated in {name} since {gone.deprecated}{until}"
        return Severity.LOW, Confidence.CERTAIN, message
    return None


def _hint(server: ServingCommand) -> str:
    image = server.launch.image
    known = image.known if image is not None else None
    return hinted_version(server.engine, known) if known is not None else ""
