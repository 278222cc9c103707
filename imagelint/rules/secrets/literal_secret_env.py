"""The rule `literal-secret-env`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.execution import Phase
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.secrets.values import is_counted_key, is_path, is_placeholder, secret_kind
from imagelint.documents.secrets.written import written_secrets
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    EnvVar,
    Severity.HIGH,
    references=("kube-linter env-var-secret", "Polaris sensitiveContainerEnvVar"),
)
def literal_secret_env(variable: EnvVar, ctx: Context) -> Findings:
    """A pod or service gets a secret as plain text.

    Whoever can read the file, its history, or the object in the cluster has the key: manifests
    are copied, logged and shown in dashboards. A Secret can be rotated and is read only by those
    who may.

    The password of an address (`postgresql://user:password@host`) is one whatever the variable is
    called.

    Except:
        References (`secretKeyRef`, `${VAR}`), empty values, placeholders, paths of files that hold
        the secret, names that only look like secrets (`MAX_TOKENS`, `HF_TOKEN_PATH`). Values that
        are keys by their looks are reported by `secret-value`, those that count up
        (`hf_abcdefgh…`) here, with less weight.

    Bad (compose.yaml):
        services:
          api:
            image: vllm/vllm-openai:v0.11.0
            environment:
              VLLM_API_KEY: correct-horse-battery

    Good (compose.yaml):
        services:
          api:
            image: vllm/vllm-openai:v0.11.0
            environment:
              VLLM_API_KEY: ${VLLM_API_KEY:?}

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: api
        spec:
          containers:
            - name: api
              image: vllm/vllm-openai:v0.11.0
              env:
                - name: VLLM_API_KEY
                  value: correct-horse-battery

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: api
        spec:
          containers:
            - name: api
              image: vllm/vllm-openai:v0.11.0
              env:
                - name: VLLM_API_KEY
                  valueFrom: {secretKeyRef: {name: vllm, key: api-key}}
    """
    place = variable.place
    if variable.origin is EnvOrigin.SHELL or place.phase is not Phase.START:
        return
    if not is_secret_name(variable.name):
        yield from _addresses(variable, ctx)
        return
    if not isinstance(variable.value, Known):
        return
    value = variable.value.value
    counted = is_counted_key(value)
    if not value or is_path(value) or (secret_kind(value) and not counted):
        return
    # `HF_TOKEN: HF_TOKEN` waits for somebody to fill it in.
    if is_placeholder(value) or value == variable.name:
        return
    yield ctx.finding(
        variable._replace(span=variable.value_span),
        f"`{variable.name}` of the {place.title} is written in plain text",
        help=place.secret_advice(variable.name),
        subject=variable.name,
        severity=Severity.MEDIUM if counted else None,
        confidence=Confidence.LIKELY if counted else None,
    )


def _addresses(variable: EnvVar, ctx: Context) -> Findings:
    """Passwords in addresses and headers, whatever the variable is called."""
    if variable.value is ABSENT or variable.reference:
        return
    for secret in written_secrets(ctx.text(variable.value_span), variable.value_span.start):
        yield ctx.finding(
            variable._replace(span=secret.span),
            f"`{variable.name}` of the {variable.place.title} holds {secret.what} in plain text",
            help=variable.place.secret_advice(variable.name),
            subject=variable.name,
        )
