"""The rule `secret-in-build`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.source import is_within, outermost
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.kinds import kind_named
from imagelint.documents.locate import hinted_secrets, may_name_secret
from imagelint.documents.queries.secrets.arguments import is_before_run, takes_argument
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.secrets.values import is_counted_key, is_placeholder, secret_kind
from imagelint.documents.secrets.written import written_secrets
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_BUILD = frozenset((EnvOrigin.ENV, EnvOrigin.ARG, EnvOrigin.SHELL, EnvOrigin.BUILD_ARG))

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document


@dataclass(frozen=True)
class Options:
    """Names beyond those that are known."""

    names: tuple[str, ...] = field(
        default=(), metadata={"doc": "further variables that hold secrets, by their exact names"}
    )


# Others go by the names of variables.
_BY_VALUE = ("Trivy DS-0031", "Dockle CIS-DI-0010")


@rule(
    (EnvVar, Instruction),
    Severity.HIGH,
    options=Options,
    references=(
        "hadolint DL3064",
        "BuildKit SecretsUsedInArgOrEnv",
        *_BY_VALUE,
    ),
)
def secret_in_build(node: EnvVar | Instruction, ctx: Context, options: Options) -> Findings:
    """A secret is baked into the image or its history.

    ENV is part of the image's configuration, and the value of every ARG is part of the history of
    each RUN behind it: `docker history` and `docker inspect` show both to everyone who can pull.
    A secret mount gives it to one RUN and leaves nothing behind. The password of an address
    (`https://user:password@host`), of a header or of a login command is one whatever it is called.

    Except:
        Empty values and placeholders, paths, switches, names that only look like secrets
        (`MAX_TOKENS`, `TOKENIZERS_PARALLELISM`, `HF_TOKEN_PATH`), an ARG without a default and
        without a RUN behind it in its stage, whose history would hold it (hadolint and BuildKit
        go by names alone, and tell of `GPG_KEY`, which is public, of `USERNAME`, of
        `AWS_ACCESS_KEY_ID`, which is a name, and of an ARG before the first FROM, which is in no
        stage: https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact).
        Values that are keys by their looks are reported by `secret-value`; one that counts up
        (`hf_abcdefgh…`) is likely made up, and reported here with less weight.

    Bad:
        FROM python:3.12.7-slim
        ENV DB_PASSWORD=correct-horse-battery
        RUN python -m migrate

    Good:
        FROM python:3.12.7-slim
        RUN --mount=type=secret,id=db,env=DB_PASSWORD python -m migrate

    Bad:
        FROM python:3.12.7-slim
        ARG HF_TOKEN
        RUN hf download --token $HF_TOKEN meta-llama/Llama-3.1-8B

    Good:
        FROM python:3.12.7-slim
        RUN --mount=type=secret,id=hf,env=HF_TOKEN hf download meta-llama/Llama-3.1-8B
    """
    if isinstance(node, Instruction):
        yield from _within(node, ctx)
    else:
        yield from _set(node, ctx, options)


def _set(variable: EnvVar, ctx: Context, options: Options) -> Findings:
    if variable.origin not in _BUILD:
        return
    if not is_secret_name(variable.name) and variable.name not in options.names:
        yield from _address(variable, ctx)
        return
    value = variable.value.value if isinstance(variable.value, Known) else None
    if value is not None and not _is_asked_for(variable, value):
        yield from _literal(variable, value, ctx)
    elif variable.origin is EnvOrigin.BUILD_ARG and kind_named(ctx.document.kind).builds_by_line:
        yield ctx.finding(
            variable,
            f"the build argument `{variable.name}` stays in the history of the image",
            help=_MOUNT % variable.name,
            subject=variable.name,
            severity=Severity.MEDIUM,
            confidence=Confidence.LIKELY,
        )
    elif variable.origin is EnvOrigin.ENV and takes_argument(ctx.document, variable):
        yield ctx.finding(
            variable,
            f"ENV keeps the build argument behind `{variable.name}` in the image's configuration",
            help=_MOUNT % variable.name + ", and give it to the container when it starts",
            subject=variable.name,
        )
    elif variable.origin is EnvOrigin.ARG and is_before_run(ctx.document, variable):
        stage = enclosing_stage(ctx.document, variable.span)
        yield ctx.finding(
            variable,
            f"the build argument `{variable.name}` stays in the history of each RUN behind it",
            help=_MOUNT % variable.name,
            subject=variable.name,
            severity=Severity.MEDIUM if stage and stage.shipped else Severity.LOW,
            confidence=Confidence.LIKELY,
        )


def _is_asked_for(variable: EnvVar, default: str) -> bool:
    """Whether an ARG has an empty default, or none in earnest, so that builds give it a value."""
    return variable.origin is EnvOrigin.ARG and (not default or is_placeholder(default))


def _within(instruction: Instruction, ctx: Context) -> Findings:
    """What is written into the middle of an instruction, and belongs to no variable or flag."""
    if instruction.onbuild is not None:
        return  # what stands behind ONBUILD is asked about itself
    if not may_name_secret(ctx.document, instruction.span):
        return
    text, hints = ctx.text(instruction.span), ctx.document.derived(hinted_secrets)
    for secret in written_secrets(text, instruction.span.start, hints):
        if is_within(secret.span, ctx.document.derived(_reported_elsewhere)):
            continue
        yield ctx.finding(
            secret.span,
            f"{secret.what} is written into {instruction.keyword}",
            help=_MOUNT % (secret.name or "…") + "; and replace the secret, it is known now",
            subject=secret.name or instruction.keyword,
            references=_BY_VALUE,
            severity=Severity.MEDIUM if secret.counted else None,
            confidence=None if secret.certain else Confidence.LIKELY,
        )


def _reported_elsewhere(document: Document) -> tuple[Span, ...]:
    variables = tuple(
        variable.value_span
        for variable in document.nodes_of(EnvVar)
        if is_secret_name(variable.name)
    )
    switches = tuple(
        switch.span for server in document.nodes_of(ServingCommand) for switch in server.switches
    )
    return outermost((*variables, *switches))


def _address(variable: EnvVar, ctx: Context) -> Findings:
    """Of what is no part of an instruction: a build argument of compose, an image's variable."""
    if variable.origin is EnvOrigin.BUILD_ARG or not ctx.source.text:
        text = ctx.text(variable.value_span) if ctx.source.text else value_or(variable.value, "")
        for secret in written_secrets(text, variable.value_span.start):
            yield ctx.finding(
                secret.span if ctx.source.text else variable,
                f"{secret.what} is written into the value of `{variable.name}`",
                help=_MOUNT % variable.name + "; and replace the secret, it is known now",
                subject=variable.name,
            )


_MOUNT = "give it to the step that needs it: `RUN --mount=type=secret,id=…,env=%s …`"
_WHERE = {EnvOrigin.SHELL: "a script", EnvOrigin.BUILD_ARG: "a build argument"}


def _literal(variable: EnvVar, value: str, ctx: Context) -> Findings:
    if not value or value.startswith(("/", "./", "file:")):
        return
    counted = is_counted_key(value)
    if is_placeholder(value) or (secret_kind(value) and not counted):
        return
    where = _WHERE.get(variable.origin, variable.origin.value.upper())
    yield ctx.finding(
        variable.value_span,
        f"the value of `{variable.name}` is written into {where}",
        help=_MOUNT % variable.name + "; and replace the secret, it is known now",
        subject=variable.name,
        severity=Severity.MEDIUM if counted else None,
        confidence=Confidence.LIKELY if counted else None,
    )
