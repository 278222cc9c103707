"""The rule `unused-shell-arguments`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import StartCommand
from imagelint.documents.queries.start.arguments import unused_arguments, unused_command
from imagelint.documents.shell.script import Command, Script
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((Script, Command, StartCommand), Severity.HIGH)
def unused_shell_arguments(subject: Script | Command | StartCommand, ctx: Context) -> Findings:
    """A shell is given words behind its script, which the script does not use.

    `sh -c` takes one word as the script. What follows becomes `$0`, `$1` and so on: of
    `sh -c vllm serve` the shell runs `vllm`, without any arguments. The words of CMD stand behind
    those of an ENTRYPOINT.

    Except: one further word behind a script of several words, which is a name by custom.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              command: [/bin/sh, -c]
              args: [vllm, serve, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              command: [/bin/sh, -c]
              args: [exec vllm serve Qwen/Qwen3-8B]

    Bad:
        FROM debian:12.7
        RUN ["bash", "-c", "make", "install"]

    Good:
        FROM debian:12.7
        RUN ["bash", "-c", "make install"]
    """
    if isinstance(subject, StartCommand):
        found = unused_command(subject, ctx.document)
    else:
        found = unused_arguments(subject)
    if found is None:
        return
    # Compose reads a dollar by itself.
    words = '"$$@"' if ctx.document.kind == "compose" else '"$@"'
    what = f"runs `{found.text}` alone" if found.bare else "does not use what follows it"
    yield ctx.finding(
        found.lost,
        f"`{found.lost.text}` is no part of the script: the shell {what}",
        help=f"write the script as one word, or `{words}` where it shall use the words behind it",
        subject=found.lost.text,
        severity=None if found.bare else Severity.MEDIUM,
        confidence=None if found.bare else Confidence.LIKELY,
    )
