"""The rule `service-link-variable`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, value_or
from imagelint.documents.queries.serving import setting, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_PORT = "_PORT"


@rule(ServingCommand, Severity.HIGH)
def service_link_variable(server: ServingCommand, ctx: Context) -> Findings:
    """A Service makes a variable that the server takes for a setting of its own.

    Kubernetes gives every container `<SERVICE>_PORT=tcp://…` for each Service of its namespace.
    Where the Service is called like the engine, that is a variable which the engine reads as a
    number: the server ends when it starts. It works until the first restart after the Service was
    made.

    Except:
        Pods with `enableServiceLinks: false`, and containers that set the variable themselves. A
        Service of another file in the same folder is only likely to be beside the pod.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: vllm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: vllm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          enableServiceLinks: false
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
    """
    runtime = server.launch.runtime
    names = server.facts.traits.linked_variables if server.facts else ()
    if not names or not value_or(runtime.details.service_links, default=False):
        return
    # Not above: servers in Dockerfiles never come so far, and need nothing that reads manifests.
    from imagelint.documents.queries.scaled import NameScope

    scope = NameScope(ctx.document, ctx.project)
    for variable in names:
        if setting(server, variable) is not ABSENT:
            continue
        service = variable.removesuffix(_PORT).lower().replace("_", "-")
        made = next(scope.services_called(service, runtime.namespace), None)
        if made is not None:
            here, _ = made
            yield ctx.finding(
                server,
                f"the Service `{service}` makes {variable}=tcp://…, which {title(server)} reads",
                help="write `enableServiceLinks: false` in the pod's spec, or rename the Service",
                subject=runtime.name,
                confidence=None if here else Confidence.LIKELY,
            )
