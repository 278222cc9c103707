"""The rule `search-path-lost`."""

from __future__ import annotations

import re

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_SYSTEM = frozenset(("/bin", "/usr/bin"))
_FOLDERS = pattern(r"/[\w./+@-]*(?::/[\w./+@-]*)*:?", re.ASCII)
# Images without such folders, and those whose programs lie elsewhere.
_WITHOUT = pattern(r".*(?:distroless|chainguard|nix|/static|busybox|scratch).*")


@rule((Instruction, ServingCommand), Severity.HIGH, confidence=Confidence.LIKELY, keywords=("ENV",))
def search_path_lost(subject: Instruction | ServingCommand, ctx: Context) -> Findings:
    """The PATH is replaced, and the folders of the system are not in it any more.

    Neither `python3` nor `sh`, `ls` or `curl` is found from there on: the next RUN fails, or the
    server's script does when the container starts. In the variables of a container `$PATH` is no
    more than these five letters, and nothing continues what the image has.

    Except:
        Values that continue the former one (`/opt/venv/bin:$PATH`), images that have no such
        folders (`scratch`, distroless, Nix), Windows; containers of other images than an engine's.

    Bad:
        FROM python:3.12-slim
        ENV PATH=/opt/venv/bin
        CMD ["gunicorn"]

    Good:
        FROM python:3.12-slim
        ENV PATH=/opt/venv/bin:$PATH
        CMD ["gunicorn"]

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: PATH, value: "/opt/tools/bin:$PATH"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: PATH, value: "/opt/tools/bin:/usr/local/bin:/usr/bin:/bin"}]
    """
    if isinstance(subject, ServingCommand):
        yield from _of_container(subject, ctx)
        return
    instruction = subject
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is None or stage.root_image is None or _WITHOUT.match(stage.root_image.text):
        return
    for word in instruction.words:
        name, equals, value = word.raw.partition("=")
        value = value.strip("\"'")
        if name != "PATH" or not equals or not _FOLDERS.fullmatch(value):
            continue
        if _is_lost(value):
            yield ctx.finding(
                word,
                "the PATH has none of the system's folders any more",
                help=f"write `PATH={value.rstrip(':')}:$PATH`",
                subject="PATH",
            )


def _of_container(server: ServingCommand, ctx: Context) -> Findings:
    """The variable of a container, where its image certainly has those folders."""
    told = server.launch.env if server.own_image and server.launch.runtime.kind != "image" else ()
    for variable in told:
        value = variable.value.value if isinstance(variable.value, Known) else ""
        if variable.name == "PATH" and value.startswith("/") and _is_lost(value):
            yield ctx.finding(
                Place(variable.value_span, variable.path),
                "the PATH has none of the system's folders any more",
                help="write those of the image as well: `…:/usr/local/bin:/usr/bin:/bin`",
                subject="PATH",
            )


def _is_lost(value: str) -> bool:
    return not {folder.rstrip("/") for folder in value.split(":")} & _SYSTEM
