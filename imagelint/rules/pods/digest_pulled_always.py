"""The rule `digest-pulled-always`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.deployment.podfields import pull_policy
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(Container, Severity.INFO)
def digest_pulled_always(container: Container, ctx: Context) -> Findings:
    """An image that cannot change is asked for at every start.

    Behind a digest is the same image for ever. With `Always` each start waits for the registry, and
    fails while that is down, though the node has the image: also the restart of a server in
    the middle of a night.

    Except:
        Tags, which may have moved.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx@sha256:0bc3a5b5b0b0c4e5f9c1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7
              imagePullPolicy: Always

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx@sha256:0bc3a5b5b0b0c4e5f9c1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7
              imagePullPolicy: IfNotPresent
    """
    policy = pull_policy(container)
    said = policy.value
    if container.image is None or not isinstance(said, Known) or said.value != "Always":
        return
    reference = container.image.reference
    if isinstance(reference, Known) and reference.value.digest:
        rendered = ctx.document.rendered
        edit = ctx.edit(policy.span, "IfNotPresent")
        yield ctx.finding(
            policy,
            f"the image of `{container.name}` is pulled always, and never changes",
            help="write `imagePullPolicy: IfNotPresent`",
            subject=container.name,
            fix=None if rendered else Fix("write IfNotPresent", (edit,)),
        )
