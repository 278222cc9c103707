"""The rule `flag-without-program`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.words import bare_flag
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def flag_without_program(server: ServingCommand, ctx: Context) -> Findings:
    """An image that starts nothing by itself is told flags and no program.

    The first flag is run as if it were one: `exec: "--model": executable file not found`. Images of
    SGLang, TensorRT-LLM, Triton and LMDeploy run what they are given, as do most that others build
    of vLLM.

    Except:
        Where the image is not the engine's own the finding is likely: it may have an entry point.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: lmsysorg/sglang:v0.5.2
              args: [--model-path, Qwen/Qwen3-8B]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: lmsysorg/sglang:v0.5.2
              command: [python3, -m, sglang.launch_server]
              args: [--model-path, Qwen/Qwen3-8B]
    """
    flag = bare_flag(server)
    if flag is None:
        return
    known = server.own_image and isinstance(server.engine_version, Known)
    yield ctx.finding(
        flag,
        f"`{flag.text}` is run as a program: the image of {title(server)} starts none by itself",
        help=f"write the whole command in `{server.launch.runtime.platform.entry_point}`",
        subject=server.launch.runtime.name,
        confidence=None if known else Confidence.LIKELY,
    )
