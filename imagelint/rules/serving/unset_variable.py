"""The rule `unset-variable`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.words import likely_variable, unset_variables
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def unset_variable(server: ServingCommand, ctx: Context) -> Findings:
    """A word of the command names a variable that the container does not have.

    Kubernetes leaves `$(NAME)` as it is where no variable of that name is set in `env`: the server
    looks for a host or a model that is called so, and ends. Variables of the image do not count.

    Except:
        Containers with variables from elsewhere (`envFrom`, operators), and what Kubernetes itself
        sets for Services (`NAME_SERVICE_HOST`).

    Bad (group.yaml):
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        metadata: {name: llm}
        spec:
          leaderWorkerTemplate:
            size: 2
            workerTemplate:
              spec:
                containers:
                  - name: server
                    image: lmsysorg/sglang:v0.5.9
                    command: [python3, -m, sglang.launch_server, --model-path, Qwen/Qwen3-8B]
                    args: [--nnodes, "2", --dist-init-addr, "$(LWS_LEADER_ADRESS):5000"]

    Good (group.yaml):
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        metadata: {name: llm}
        spec:
          leaderWorkerTemplate:
            size: 2
            workerTemplate:
              spec:
                containers:
                  - name: server
                    image: lmsysorg/sglang:v0.5.9
                    command: [python3, -m, sglang.launch_server, --model-path, Qwen/Qwen3-8B]
                    args: [--nnodes, "2", --dist-init-addr, "$(LWS_LEADER_ADDRESS):5000"]
    """
    for word, text, name, _ in unset_variables(server):
        near = likely_variable(server, name)
        yield ctx.finding(
            word,
            f"`{text}` reaches {title(server)} as it is: no variable `{name}` is set",
            help=f"write `$({near})`" if near else "set it in `env`, or write the value itself",
            subject=name,
        )
