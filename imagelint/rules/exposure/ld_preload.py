"""The rule `ld-preload`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.rules.api import Context, Findings, Severity, rule

_SETS_CONTAINER = (EnvOrigin.ENV, EnvOrigin.POD, EnvOrigin.COMPOSE)
# Memory allocators, and what profilers and schedulers of GPUs are loaded as, by the project's name.
_KNOWN = pattern(
    r"(?:.*/)?lib(?:jemalloc|tcmalloc|mimalloc|iomp5|gomp|vgpu|nvidia-ml|asan|tsan|faketime)"
    r"(?:[_-][a-z]+)*[-.0-9a-z]*\.so[.0-9]*"
)


@rule(EnvVar, Severity.MEDIUM)
def ld_preload(variable: EnvVar, ctx: Context) -> Findings:
    """A library is loaded into every process of the container before all others.

    Also into the hooks of the container runtime where these inherit the image's variables: with
    toolkits before 1.17.8 an image with `LD_PRELOAD` takes over its host (CVE-2025-23266). What it
    replaces is not seen by whoever reads the code, and a library that is missing, or made for
    another architecture, breaks every program.

    Except:
        Allocators (jemalloc, tcmalloc, mimalloc), OpenMP, sanitizers and libraries that share
        GPUs are common: information only. Scripts that set it for one command.

    Bad:
        FROM vllm/vllm-openai:v0.32.0
        ENV LD_PRELOAD=/opt/site/libhooks.so

    Good:
        FROM vllm/vllm-openai:v0.32.0
        CMD ["--model", "/models/qwen3-8b"]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            environment: {LD_PRELOAD: /opt/site/libhooks.so}

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
    """
    if variable.name != "LD_PRELOAD" or variable.origin not in _SETS_CONTAINER:
        return
    if not isinstance(variable.value, Known):
        return
    libraries = variable.value.value.replace(":", " ").split()
    if not libraries:
        return
    known = all(_KNOWN.fullmatch(library) for library in libraries)
    yield ctx.finding(
        variable,
        f"`{libraries[0]}` is loaded into every process, hooks of the runtime among them",
        help="drop `LD_PRELOAD`, or set it for the one command that needs it",
        subject="LD_PRELOAD",
        severity=Severity.INFO if known else None,
    )
