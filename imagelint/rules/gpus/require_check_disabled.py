"""The rule `require-check-disabled`."""

from __future__ import annotations

from posixpath import basename

from imagelint.core.fact import Known
from imagelint.documents.booleans import go_variable
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.rules.api import Context, Findings, Severity, rule

_VARIABLE = "NVIDIA_DISABLE_REQUIRE"
# What asks the driver through NVML only: the commands of NVIDIA's own images for nodes.
_NODE_AGENTS = frozenset(
    {"dcgm-exporter", "gpu-feature-discovery", "mps-control-daemon", "nv-hostengine"}
    | {"nvidia-device-plugin", "nvidia-mig-manager"}
)
_REACHING = (EnvOrigin.ENV, EnvOrigin.POD, EnvOrigin.COMPOSE)


@rule(EnvVar, Severity.MEDIUM)
def require_check_disabled(variable: EnvVar, ctx: Context) -> Findings:
    """The container starts on drivers which are too old for it.

    CUDA images say in `NVIDIA_REQUIRE_CUDA` which driver they need, and the container runtime
    refuses to start them on an older one. With `NVIDIA_DISABLE_REQUIRE` nobody asks: the container
    starts, and the first CUDA call fails instead, often minutes later and with a message that does
    not name the driver.

    Except:
        `false`, stages that are not shipped, and images of device plug-ins and exporters, which ask
        the driver and run nothing on a GPU.

    Bad:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        ENV NVIDIA_DISABLE_REQUIRE=1
        CMD ["server"]

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        CMD ["server"]

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              env: [{name: NVIDIA_DISABLE_REQUIRE, value: "true"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            environment: {NVIDIA_DISABLE_REQUIRE: "1"}

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
    """
    if variable.name != _VARIABLE or variable.origin not in _REACHING:
        return
    # What NVIDIA/nvidia-container-toolkit:internal/config/image/cuda_image.go takes for yes.
    value = variable.value
    if not (isinstance(value, Known) and go_variable(value.value) and variable.place.shipped):
        return
    if not _starts_node_agent(variable, ctx):
        yield ctx.finding(
            variable,
            f"{_VARIABLE}={value.value} lets the container start on a driver that is too old",
            help="drop it, and take an image whose CUDA release the driver can run",
            fix=ctx.dropped(_VARIABLE, variable),
            subject=_VARIABLE,
        )


def _starts_node_agent(variable: EnvVar, ctx: Context) -> bool:
    stage = enclosing_stage(ctx.document, variable.span)
    starts = (stage.entrypoint, stage.cmd) if stage is not None else ()
    words = [word.text for start in starts if start is not None for word in start.words]
    return any(basename(word) in _NODE_AGENTS for word in words)
