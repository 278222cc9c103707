"""The rule `tp-vs-gpus`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known, value_or
from imagelint.documents.queries.devices import gpus_used, splits_otherwise
from imagelint.documents.queries.serving import (
    gpu_count,
    gpus_in_words,
    place_of,
    pods_of_server,
    processors,
    title,
)
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import (
    CONTEXT_PARALLEL,
    DATA_PARALLEL,
    DATA_PARALLEL_LOCAL,
    PIPELINE_PARALLEL,
)
from imagelint.rules.api import Confidence, Context, Finding, Findings, Note, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.queries.gpus.processes import Processes


@rule(ServingCommand, Severity.HIGH)
def tp_vs_gpus(server: ServingCommand, ctx: Context) -> Findings:
    """The server wants another number of GPUs than it is given.

    Tensor parallel times pipeline parallel times data parallel must be the number of GPUs: with
    fewer the server ends at once or waits for ever, with more the rest is reserved, paid for and
    idle. Several engines use one GPU unless they are told otherwise. Of a server that torchrun,
    DeepSpeed or Accelerate starts, each process takes a GPU of its own.

    Except:
        Servers across several machines whose number is not known, and servers of several stages
        (`vllm serve --omni`). Of devices with several cores, each number is right that their
        products have. GPUs that stay idle get a medium severity, and none where the engine starts
        copies of the model on them (DJL Serving).

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "4"]
              resources: {limits: {nvidia.com/gpu: 2}}

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-32B, -tp, "2"]
              resources: {limits: {nvidia.com/gpu: 2}}

    Bad (compose.yaml; gpus_per_node=4):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, -tp, "8"]
            gpus: all

    Good (compose.yaml; gpus_per_node=4):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, -tp, "4"]
            gpus: all
    """
    started = _started(server)
    if started is not None:
        yield from _of_processes(server, started, ctx)
        return
    runtime = server.launch.runtime
    wanted, pods = server.world_size(), pods_of_server(server)
    whole = wanted is not UNKNOWN
    # What of it is known may be too much already, whatever an operator adds to it.
    wanted = wanted if whole else server.least_world_size()
    given = gpu_count(server, ctx.environment.gpus_per_node)
    cluster = server.launch.cluster_gpus
    if isinstance(wanted, Known) and isinstance(cluster, Known) and wanted.value > cluster.value:
        yield _too_few_anywhere(server, wanted, cluster.value, ctx)
    if splits_otherwise(server):
        return
    if not (isinstance(wanted, Known) and isinstance(given, Known) and isinstance(pods, Known)):
        return
    total = given.value * pods.value
    each = processors(server, total)
    if wanted.value in each:
        return
    few = wanted.value > total
    fills = server.facts is not None and server.facts.traits.fills_gpus
    if not few and (fills or not whole):
        return
    asked = f"{given.value} * {pods.value} pods = {total}" if pods.value > 1 else f"{total}"
    if len(each) > 1:
        asked += f" with at most {each[-1]} cores"
    asked += " is" if total == 1 else " are"
    rest = "" if few else f": {gpus_in_words(total - wanted.value)} too many"
    yield ctx.finding(
        place_of(server, wanted),
        f"{title(server)} uses {gpus_used(server, wanted.value, copies=whole)}, "
        f"and {asked} requested{rest}",
        help=f"ask for {gpus_in_words(-(-wanted.value // pods.value))}"
        + (" per pod" if pods.value > 1 else "")
        + f", or split the model over {total}",
        subject=runtime.name,
        severity=None if few else Severity.MEDIUM,
        notes=(*_factors(server, wanted, ctx), *_requests(server, ctx)),
    )


def _factors(server: ServingCommand, wanted: Known[int], ctx: Context) -> Iterator[Note]:
    """Where the number is multiplied, besides the place of the finding."""
    for option in (PIPELINE_PARALLEL, CONTEXT_PARALLEL, DATA_PARALLEL, DATA_PARALLEL_LOCAL):
        told = server.option(option)
        if isinstance(told, Known) and told.value > 1 and told.span not in (None, wanted.span):
            # In a chart several flags may be filled in at one place.
            said = (
                one.written
                for one in server.switches
                if (one.value_span, value_or(one.value, "")) == (told.span, str(told.value))
            )
            place = place_of(server, told)
            yield from (ctx.note(f"`{flag}` multiplies it here", place) for flag in islice(said, 1))


def _started(server: ServingCommand) -> Processes | None:
    """The processes of a launcher; an engine that is named starts its own, whatever starts it."""
    if server.facts is not None and not server.concluded:
        return None
    from imagelint.documents.queries.gpus.processes import processes

    return processes(server.launch)


def _of_processes(server: ServingCommand, started: Processes, ctx: Context) -> Findings:
    """A launcher gives each process the GPU of its number, and NCCL takes none for two of them."""
    given = gpu_count(server, ctx.environment.gpus_per_node)
    if not isinstance(given, Known):
        return
    few = started.number > processors(server, given.value)[-1]
    if not few and not (started.hides and started.number < given.value):
        return
    asked = f"{given.value} {'is' if given.value == 1 else 'are'} requested"
    rest = "" if few else f": {gpus_in_words(given.value - started.number)} too many"
    yield ctx.finding(
        started.word,
        f"{started.launcher} starts {_processes(started.number)} of {title(server)}, one a GPU, "
        f"and {asked}{rest}",
        help=f"ask for {gpus_in_words(started.number)}, or start {_processes(given.value)}",
        subject=server.launch.runtime.name,
        severity=None if few else Severity.MEDIUM,
        confidence=Confidence.LIKELY,
        notes=_requests(server, ctx),
    )


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


def _too_few_anywhere(
    server: ServingCommand, wanted: Known[int], most: int, ctx: Context
) -> Finding:
    """What an engine of a cluster says that may never have so many: it waits for ever."""
    have = f"{gpus_in_words(most)}, however many pods there are" if most else "no GPU"
    return ctx.finding(
        place_of(server, wanted),
        f"{title(server)} uses {gpus_used(server, wanted.value)}, and its cluster has {have}",
        help=f"let the groups of workers have {gpus_in_words(wanted.value)} in all, "
        "or split the model over fewer",
        subject=server.launch.runtime.name,
    )


def _requests(server: ServingCommand, ctx: Context) -> tuple[Note, ...]:
    """Where GPUs are requested, if that may be in another file than what is served."""
    gpus = server.launch.runtime.gpus
    if not ctx.document.attached or not isinstance(gpus, Known):
        return ()
    return (ctx.note("they are requested here", gpus.value),)
