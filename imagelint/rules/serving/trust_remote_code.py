"""The rule `trust-remote-code`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.documents.queries.serving import is_commit, is_offline, spelling, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import REVISION
from imagelint.knowledge.versions import at_least
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_FLAG = "trust-remote-code"
_DROP = "drop it if the architecture is built in; else review the code"


@rule(ServingCommand, Severity.HIGH)
def trust_remote_code(server: ServingCommand, ctx: Context) -> Findings:
    """The server runs Python code that comes with the model.

    With the switch on, files of the model's repository are imported when it is loaded. As long as
    the revision is a branch, whoever owns or takes over that repository decides at the next
    restart what runs in the pod, with its GPUs, its tokens and its network.

    Except:
        A revision that is a whole commit can be reviewed and gets a medium severity, and so does a
        model that is not known; one that is a path or kept offline gets a low one.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, --trust-remote-code]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Bad (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            environment: {MODEL_ID: Qwen/Qwen3-8B, TRUST_REMOTE_CODE: "true"}

    Good (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            environment: {MODEL_ID: Qwen/Qwen3-8B}
    """
    switch, on = server.find_switch(_FLAG), server.enabled(_FLAG)
    if switch is None or not isinstance(on, Known) or not on.value:
        return
    severity, state, certain = _judged(server)
    since = _late_pins(server)
    note = ctx.note(f"{title(server)} applies the revision everywhere only since {since}")
    yield ctx.finding(
        switch,
        f"`{switch.written}` lets {title(server)} run code from the model's repository{state}",
        help=_advice(server),
        notes=(note,) if since else (),
        subject=server.launch.runtime.name,
        severity=severity,
        confidence=None if certain else Confidence.LIKELY,
    )


def _advice(server: ServingCommand) -> str:
    flag = server.flag(REVISION)
    if not flag or server.is_local_path or is_commit(server.option(REVISION)):
        return f"{_DROP} that it runs, and allow this"
    written = spelling(server, flag, "<40 hex digits>")
    return f"{_DROP} of one commit, write `{written}`, and allow this"


def _judged(server: ServingCommand) -> tuple[Severity, str, bool]:
    if server.is_local_path or is_offline(server):
        return Severity.LOW, ", as far as it is in place", True
    revision = server.option(REVISION)
    if is_commit(revision):
        return Severity.MEDIUM, " at a fixed commit", True
    if server.is_remote_model and isinstance(revision, Known):
        return Severity.HIGH, f", whatever `{revision.value}` will be", True
    if server.is_remote_model and revision is ABSENT:
        return Severity.HIGH, ", at no fixed commit", True
    return Severity.MEDIUM, "", False


def _late_pins(server: ServingCommand) -> str:
    """The version that first holds to a pinned revision for code, where this one is older."""
    since = server.facts.traits.revision_holds_since if server.facts else ""
    version = value_or(server.engine_version, "")
    old = since and is_commit(server.option(REVISION)) and at_least(version, since) is False
    return since if old else ""
