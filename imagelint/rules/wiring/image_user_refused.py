"""The rule `image-user-refused`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.links.imageusers import is_given_user, user_of_image
from imagelint.documents.queries.privileges import unprivileged_user
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Container, Severity.HIGH, confidence=Confidence.LIKELY)
def image_user_refused(container: Container, ctx: Context) -> Findings:
    """A pod asks for a user that is not root, and its image ends as root, or with a user's name.

    The kubelet does not start the container (`CreateContainerConfigError`): it refuses root, and
    it cannot look up a name, so that `USER app` is refused as well. A number in the Dockerfile, or
    `runAsUser` in the pod, is what it can compare.

    Except:
        Pods that say `runAsUser`, images that are neither built by a file of the run nor known, and
        pods beside objects of OpenShift, which gives each a number.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/team/llm:1.4.0
              securityContext: {runAsNonRoot: true}
        === compose.yaml
        services:
          llm: {image: "registry.example.com/team/llm:1.4.0", build: app}
        === app/Dockerfile
        FROM python:3.12-slim
        RUN useradd --uid 10001 app
        USER app
        CMD ["python", "-m", "server"]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/team/llm:1.4.0
              securityContext: {runAsNonRoot: true, runAsUser: 10001}
        === compose.yaml
        services:
          llm: {image: "registry.example.com/team/llm:1.4.0", build: app}
        === app/Dockerfile
        FROM python:3.12-slim
        RUN useradd --uid 10001 app
        USER app
        CMD ["python", "-m", "server"]
    """
    refused = container.privileges.non_root
    if not refused.on or container.windows or container.partial:
        return
    user = user_of_image(container)
    if user is None or (user.name.isdecimal() is not user.root and user.name.isdecimal()):
        return
    if is_given_user(ctx.document, ctx.project):
        return
    what = "runs as root" if user.root else f"names its user `{user.name}`, not by its number"
    yield ctx.finding(
        refused,
        f"the image of `{container.name}` {what}, which `runAsNonRoot` refuses",
        help=f"say its number: `runAsUser: {unprivileged_user((container,))}`",
        subject=container.name,
    )
