"""Of which type the API server wants the fields of an object to be.

Only fields are here that every release has under that name and type, and that say what runs, and
how. What is not here is not judged. Source: `k8s.io/api`, core/v1/types.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, Union

FieldForms: TypeAlias = Mapping[str, "Form"]
"""Forms by key; `*` is any key."""
Form: TypeAlias = Union[str, tuple["Form"], FieldForms]  # noqa: UP007 - names itself at run time
"""`string`, `number`, `truth` or `mapping`; a list of a form; a mapping."""

_WORDS: Form = {"*": "string"}
_LIST: Form = ("mapping",)
_SECURITY: Form = {
    "privileged": "truth",
    "allowPrivilegeEscalation": "truth",
    "readOnlyRootFilesystem": "truth",
    "runAsNonRoot": "truth",
    "runAsUser": "number",
    "runAsGroup": "number",
    "capabilities": {"add": ("string",), "drop": ("string",)},
    "seccompProfile": "mapping",
}
_EXEC: Form = {"exec": {"command": ("string",)}, "httpGet": "mapping", "tcpSocket": "mapping"}
_CONTAINER: Form = {
    "name": "string",
    "image": "string",
    "workingDir": "string",
    "imagePullPolicy": "string",
    "command": ("string",),
    "args": ("string",),
    "env": ({"name": "string", "value": "string", "valueFrom": "mapping"},),
    "envFrom": _LIST,
    "ports": (
        {"name": "string", "protocol": "string", "containerPort": "number", "hostPort": "number"},
    ),
    "resources": {"limits": "mapping", "requests": "mapping", "claims": _LIST},
    "volumeMounts": ({"name": "string", "mountPath": "string", "readOnly": "truth"},),
    "securityContext": _SECURITY,
    "lifecycle": {"postStart": _EXEC, "preStop": _EXEC},
    "startupProbe": _EXEC,
    "livenessProbe": _EXEC,
    "readinessProbe": _EXEC,
}
METADATA: Form = {
    "name": "string",
    "generateName": "string",
    "namespace": "string",
    "labels": _WORDS,
    "annotations": _WORDS,
}
POD_SPEC: Form = {
    "containers": (_CONTAINER,),
    "initContainers": (_CONTAINER,),
    "ephemeralContainers": (_CONTAINER,),
    "volumes": ({"name": "string"},),
    "imagePullSecrets": _LIST,
    "tolerations": _LIST,
    "nodeSelector": _WORDS,
    "securityContext": _SECURITY,
    "hostNetwork": "truth",
    "hostPID": "truth",
    "hostIPC": "truth",
    "restartPolicy": "string",
    "serviceAccountName": "string",
    "runtimeClassName": "string",
    "terminationGracePeriodSeconds": "number",
}
DATA: Form = {"data": _WORDS, "stringData": _WORDS}
