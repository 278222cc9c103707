"""The rule `pickle-weights`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.context import sources
from imagelint.documents.queries.downloads import FILE_DOWNLOADERS, downloads
from imagelint.documents.queries.fetched import address
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shell.script import Command
from imagelint.knowledge.serving.pickles import is_pickled
from imagelint.rules.api import Confidence, Context, Finding, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node

_FLAG = "load-format"
_PICKLED = ("pt", "npcache")
_HELP = "take the weights as safetensors or GGUF, or convert them where they are trusted"


@rule(
    (ServingCommand, Instruction, Command),
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    keywords=("ADD", "COPY"),
    programs=FILE_DOWNLOADERS,
)
def pickle_weights(subject: ServingCommand | Instruction | Command, ctx: Context) -> Findings:
    """The weights are pickled: to load them is to run what is in the file.

    `.ckpt`, `.pth`, `.pt` and `pytorch_model.bin` are pickles of Python, which may call anything
    while they are read. `weights_only=True` kept that back only from torch 2.6.0 on
    (CVE-2025-32434). safetensors and GGUF hold numbers and nothing else.

    Except:
        `.bin` of other names (tokenizers, GGML), optimizers and other states of a training.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, /models/old, --load-format, pt]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, /models/old, --load-format, safetensors]

    Bad:
        FROM python:3.13-slim
        COPY pytorch_model.bin /models/old/

    Good:
        FROM python:3.13-slim
        COPY model.safetensors /models/old/
    """
    if isinstance(subject, ServingCommand):
        fact = subject.switch(_FLAG)
        if isinstance(fact, Known) and fact.value in _PICKLED:
            what = f"`--{_FLAG} {fact.value}` makes {title(subject)} load pickled weights"
            yield ctx.finding(place_of(subject, fact), what, help=_HELP, subject=_FLAG)
        return
    if isinstance(subject, Instruction):
        for word in sources(subject):
            if is_pickled(word.text):
                yield _finding(ctx, word, word.text)
        return
    for download in downloads(subject):
        name = address(ctx.document, download)
        if download.kind == "file" and is_pickled(name):
            yield _finding(ctx, download, name)


def _finding(ctx: Context, at: Node, path: str) -> Finding:
    name = path.rpartition("/")[2]
    return ctx.finding(
        at, f"`{name}` is pickled: to load it is to run it", help=_HELP, subject=name
    )
