"""The rule `selector-not-in-template`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.HIGH,
    references=(
        "kube-linter mismatching-selector",
        "kube-score deployment-pod-selector-labels-match-template-metadata-labels",
        "kube-score statefulset-pod-selector-labels-match-template-metadata-labels",
    ),
)
def selector_not_in_template(pod: Pod, ctx: Context) -> Findings:
    """A workload selects other pods than those that it makes.

    The API server, or the controller of a Rollout, refuses it: the labels of the template must have
    all that the selector asks for. Most often one of the two was renamed and the other was not.

    Except:
        Selectors and labels in which a template takes part, and patches.

    Bad (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm-server}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Good (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm-server}}
          template:
            metadata: {labels: {app: llm-server}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
    """
    selector = pod.selector
    if selector is None or pod.partial or not pod.settled:
        return
    differing = selector.differs(pod.labels)
    if differing is None:
        return
    name, asked, there = differing
    yield ctx.finding(
        selector.label(name),
        f"the selector asks for the label `{name}: {asked}`, which "
        + (f"is `{there}` in the pods" if there else "the pods do not have"),
        help=f"write `{name}: {there}`" if there else f"give the pods the label `{name}: {asked}`",
        subject=pod.owner.name,
    )
