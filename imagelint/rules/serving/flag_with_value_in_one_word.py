"""The rule `flag-with-value-in-one-word`."""

from __future__ import annotations

from imagelint.documents.queries.start.words import joined_words
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def flag_with_value_in_one_word(server: ServingCommand, ctx: Context) -> Findings:
    """A flag and its value are one word, which the server, or what runs it, does not know.

    Each item of a list is one word, spaces included: no shell splits it. The server ends with
    `unrecognized arguments`, and nobody can tell what it would have been told.

    Except: images whose entry point is a script that splits its words.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              args: ["--model Qwen/Qwen3-8B"]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              args: ["--model", "Qwen/Qwen3-8B"]
    """
    for word, flag, reader in joined_words(server):
        yield ctx.finding(
            word,
            f"`{flag}` and its value are one word: {reader} does not know it",
            help=f"write them as two words, or as one with `{flag}=…`",
            subject=flag,
        )
