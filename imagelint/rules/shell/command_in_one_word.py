"""The rule `command-in-one-word`."""

from __future__ import annotations

from imagelint.documents.runtime.oneword import joined_word
from imagelint.documents.runtime.probe import CheckCommand
from imagelint.documents.shared import JoinedCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((JoinedCommand, CheckCommand), Severity.HIGH)
def command_in_one_word(subject: JoinedCommand | CheckCommand, ctx: Context) -> Findings:
    """A program and its arguments are one item of a list, and no program is called so.

    No shell splits the items of a list: the first is the name of the program, blanks included. The
    container ends with `executable file not found`, a check fails for ever, a hook does nothing.

    Except:
        Paths of folders with blanks; words for an entry point that is not known, which may be a
        shell or a script that splits them; Ray's containers, whose words KubeRay hands to a shell.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              command: ["vllm serve Qwen/Qwen3-8B"]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              command: [vllm, serve, Qwen/Qwen3-8B]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: ["CMD", "curl -f http://localhost:8000/health"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: ["CMD", "curl", "-f", "http://localhost:8000/health"]

    Bad:
        FROM python:3.12.7-slim
        CMD ["python serve.py"]

    Good:
        FROM python:3.12.7-slim
        CMD ["python", "serve.py"]
    """
    if isinstance(subject, JoinedCommand):
        found = iter((subject,))
    else:
        found = joined_word(() if subject.in_shell else subject.words)
    for one in found:
        yield ctx.finding(
            one,
            f"`{one.program}` and its arguments are one word, and no program is called so",
            help="make an item of the list of each of its words",
            subject=one.program,
        )
