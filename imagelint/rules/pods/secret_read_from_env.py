"""The rule `secret-read-from-env`."""

from __future__ import annotations

from imagelint.deployment.podfields import secret_variables
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Container,
    Severity.INFO,
    references=(
        "Checkov CKV_K8S_35",
        "kube-linter read-secret-from-env-var",
        "Kyverno disallow-secrets-from-env-vars",
    ),
)
def secret_read_from_env(container: Container, ctx: Context) -> Findings:
    """A secret is handed over in a variable.

    Every process of the container inherits it, crash reports and debug pages print it, and it stays
    as it was when the Secret is changed. A file is read by who opens it, and follows. Many
    servers take their key from a variable only, so this is a wish and no fault.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1
              env: [{name: KEY, valueFrom: {secretKeyRef: {name: gateway, key: key}}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1
              volumeMounts: [{name: secrets, mountPath: /run/secrets, readOnly: true}]
          volumes: [{name: secrets, secret: {secretName: gateway}}]
    """
    for one in secret_variables(container):
        message = f"the variable {one.name} holds a secret"
        if one.whole:
            message = f"all keys of the Secret {one.name} become variables"
        yield ctx.finding(one.place, message, help=_HELP, subject=one.name)


_HELP = "mount the Secret as a volume, where the program can read a file"
