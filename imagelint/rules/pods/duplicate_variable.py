"""The rule `duplicate-variable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shared import EnvVar


@rule(
    Container,
    Severity.MEDIUM,
    references=("kube-linter duplicate-env-var", "kube-score environment-variable-key-duplication"),
)
def duplicate_variable(container: Container, ctx: Context) -> Findings:
    """A container sets the same variable twice.

    The last one counts, and who reads the first is misled; when the object is applied again, the
    two are merged by their name, and either may be lost.

    Except: what a template fills in, and patches, which hold only a part of a container.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              env: [{name: HF_HOME, value: /models}, {name: HF_HOME, value: /cache}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              env: [{name: HF_HOME, value: /cache}]
    """
    if container.partial:
        return
    seen: dict[str, EnvVar] = {}
    for variable in container.env:
        first = seen.setdefault(variable.name, variable)
        if first is not variable:
            yield ctx.finding(
                variable,
                f"the variable {variable.name} is set already",
                help="drop one of them",
                notes=(ctx.note("the first one", first),),
                subject=variable.name,
            )
