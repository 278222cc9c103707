"""The rule `secret-in-args`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.documents.booleans import is_boolean_word
from imagelint.documents.queries.serving import variable_of
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.secrets.values import is_counted_key, is_placeholder, secret_kind
from imagelint.documents.secrets.written import written_secrets
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import CommandLine
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document

_FLAGS = frozenset(
    (
        "admin-api-key",
        "api-key",
        "api-keys",
        "auth-token",
        "hf-api-token",
        "hf-token",
        "huggingface-token",
        "ssl-keyfile-password",
        "token",
    )
)
# Values that the engines' own documentation shows, and that people copy.
_DOCUMENTED = frozenset(("token-abc123", "sk-1234", "test", "key", "secret"))
_NONE = frozenset(("EMPTY", "empty", "none", "None"))


@rule((ServingCommand, CommandLine), Severity.HIGH)
def secret_in_args(node: ServingCommand | CommandLine, ctx: Context) -> Findings:
    """A key, token or password stands on the command line.

    Arguments are in the manifest and its history, in the image's configuration, in the process
    list of the node, and in what the engine logs when it starts. An environment variable from a
    Secret stays out of all of them.

    Except:
        `$(VAR)` and `${VAR}`, `EMPTY`. Values that are keys by their looks are reported by
        `secret-value`.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: api
        spec:
          containers:
            - name: api
              image: vllm/vllm-openai:v0.11.0
              args: ["--model", "Qwen/Qwen3-8B", "--api-key", "correct-horse-battery"]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: api
        spec:
          containers:
            - name: api
              image: vllm/vllm-openai:v0.11.0
              args: ["--model", "Qwen/Qwen3-8B"]
              env:
                - name: VLLM_API_KEY
                  valueFrom:
                    secretKeyRef:
                      name: vllm
                      key: api-key
    """
    if isinstance(node, ServingCommand):
        yield from _switches(node, ctx)
    else:
        yield from _words(node, ctx)


def _words(line: CommandLine, ctx: Context) -> Findings:
    """What any command is told by options, addresses and headers."""
    switches = ctx.document.derived(_switch_spans)
    for secret in written_secrets(ctx.text(line.span), line.span.start):
        if any(span.start <= secret.span.start < span.end for span in switches):
            continue
        yield ctx.finding(
            line._replace(span=secret.span),
            f"{secret.what} is given to the {line.place.title} in plain text",
            help=line.place.secret_advice("<variable>"),
            subject=secret.name or line.name,
            severity=Severity.MEDIUM if secret.counted else None,
            confidence=None if secret.certain else Confidence.LIKELY,
        )


def _switch_spans(document: Document) -> tuple[Span, ...]:
    return tuple(
        switch.span
        for server in document.nodes_of(ServingCommand)
        for switch in server.switches
        if switch.name in _FLAGS and not switch.variable
    )


def _switches(server: ServingCommand, ctx: Context) -> Findings:
    platform = server.launch.runtime.platform
    for switch in server.switches:
        if switch.variable or switch.name not in _FLAGS or not isinstance(switch.value, Known):
            continue
        value = switch.value.value
        if not value or value in _NONE or is_boolean_word(value) or value.startswith("$"):
            continue
        counted = is_counted_key(value)
        if secret_kind(value) and not counted:
            continue
        if _comes_from_variable(server, value, ctx.text(switch.value_span)):
            continue
        documented = value in _DOCUMENTED
        if is_placeholder(value) and not documented:
            continue
        yield ctx.finding(
            switch,
            f"`--{switch.name}` is given in plain text"
            + (", and everybody knows this value from the documentation" if documented else ""),
            help=platform.secret(variable_of(server, switch.name), switch.name),
            subject=f"--{switch.name}",
            severity=Severity.MEDIUM if documented or counted else None,
            confidence=Confidence.LIKELY if counted else None,
        )


def _comes_from_variable(server: ServingCommand, value: str, text: str) -> bool:
    """Whether a variable of the container that is reported itself fills the value in."""
    return "$" in text and any(
        is_secret_name(one.name) and one.name in text and value_or(one.value, "") == value
        for one in server.launch.env
    )
